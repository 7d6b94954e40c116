import { createApp } from "../../server/app.ts";
import type { UseCases } from "../../server/endpoint.ts";
import { VERSION } from "../version.ts";
import { answerOf, type Api, type ApiAnswer, type ApiRequest, httpRequest } from "./request.ts";
import { withoutSecrets } from "./without_secrets.ts";

/**
 * Takes requests up to where a cluster would be asked, by the same routes and schemas: what is
 * wrong with one is answered as ever, and what is not with the request itself, less its secrets.
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
      let isSent = false;
      const reached = () => {
        isSent = true;
        return Promise.resolve({ kind: "cluster_not_found", cluster: "", file: "" } as const);
      };
      const useCases: UseCases = {
        clusterNames: () => Promise.resolve([]),
        listSecrets: reached,
        showSecret: reached,
        addDocker: reached,
        addRepo: reached,
        removeSecrets: reached,
        verifyDocker: () => Promise.resolve([]),
        verifyRepo: () => Promise.resolve([]),
      };
      const app = createApp({
        useCases,
        version: VERSION,
        argocdNamespace: argocdNamespace ?? "",
        allowedHosts: [],
        corsOrigins: [],
      });
      const sent = httpRequest("http://localhost", request, { Host: "localhost" });
      const answer = (await answerOf(await app.fetch(sent, () => "command line")))!;
      if (!isSent) return answer;
      const body = withoutSecrets(request);
      return { status: 200, text: JSON.stringify(body, null, 2) + "\n", body };
    },
    close: () => Promise.resolve(),
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
