import { errorBody, OperationError } from "../../operations/errors.ts";
import { PREFIX, routesOf } from "../../operations/routes.ts";
import { OPERATIONS } from "../../operations/table.ts";
import type { Api, ApiAnswer, ApiRequest } from "./request.ts";
import { withoutSecrets } from "./without_secrets.ts";

/**
 * Takes requests up to where they would be carried out: what is wrong with one is answered as ever,
 * and what is not with the request itself, less its secrets.
 * @param argocdNamespace `undefined` where it is a server's and not known
 * @param open what tells the clusters' names, where they are asked for; `place` is its own
 */
export function checked(
  argocdNamespace: string | undefined,
  { place, open }: { readonly place: string; readonly open: () => Promise<Api> },
): Api {
  return {
    place,
    async ask(request) {
      if (request.path === "/clusters") return await once(open, request);
      try {
        await understood(request, argocdNamespace);
      } catch (error) {
        if (!(error instanceof OperationError)) throw error;
        return answerWith(error.status, errorBody(error, "v1"));
      }
      return answerWith(200, withoutSecrets(request));
    },
    close: () => Promise.resolve(),
  };
}

/** @throws {OperationError} says what is wrong with a request */
async function understood(request: ApiRequest, argocdNamespace = ""): Promise<void> {
  const { method, path, query = {}, body } = request;
  const route = routesOf(OPERATIONS).find((each) =>
    each.path === PREFIX + path && each.operation.method === method.toLowerCase()
  )!;
  const { take } = await route.operation.load();
  const given = Object.entries(query)
    .filter((entry): entry is [string, string] => entry[1] !== undefined);
  take({
    face: route.face,
    method,
    query: new URLSearchParams(given),
    path: {},
    body: new TextEncoder().encode(body === undefined ? "" : JSON.stringify(body)),
  }, { argocdNamespace });
}

function answerWith(status: number, body: object): ApiAnswer {
  return {
    status,
    text: JSON.stringify(body, null, 2) + "\n",
    body: body as ApiAnswer["body"],
  };
}

async function once(open: () => Promise<Api>, request: ApiRequest): Promise<ApiAnswer> {
  const api = await open();
  try {
    return await api.ask(request);
  } finally {
    await api.close();
  }
}
