import type { KubeconfigState } from "../../clusters/vet.ts";
import { PREFIX } from "../../operations/routes.ts";

/** One request to the API, whichever way it is carried out. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below `/api/v1`: `/docker`. */
  readonly path: string;
  /** What is `undefined` is left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Its answer. */
export interface ApiAnswer {
  readonly status: number;
  /** The body, byte for byte. */
  readonly text: string;
  /** The same, parsed. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What the user can do about it that the API does not know of. */
  readonly advice?: string;
}

/** What carries requests out. */
export interface Api {
  /** Where it looks, for messages. */
  readonly place: string;
  /** Why its fingerprints compare within this run only; absent where they do for longer. */
  readonly passing?: string;
  /** Of a cluster, without asking that; absent where a server has the files. */
  kubeconfig?(cluster: string): Promise<KubeconfigState>;
  /** @throws {Failure} when there is no answer */
  ask(request: ApiRequest): Promise<ApiAnswer>;
  close(): Promise<void>;
}

/** Path from the root, and query. */
export function target({ path: below, query = {} }: ApiRequest): string {
  const path = PREFIX + below;
  const given = Object.entries(query)
    .filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

/** @param base URL without a slash at its end */
export function httpRequest(
  base: string,
  request: ApiRequest,
  headers: Readonly<Record<string, string>>,
): Request {
  const { method, body } = request;
  return new Request(base + target(request), {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
    // A body with a password goes nowhere but where it was sent.
    redirect: "manual",
  });
}

/** The answer in a response; `undefined` when it is none of the API's. */
export async function answerOf(response: Response): Promise<ApiAnswer | undefined> {
  const text = await response.text();
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== "object" || body === null || Array.isArray(body)) return undefined;
    return { status: response.status, text, body: body as ApiAnswer["body"] };
  } catch {
    return undefined;
  }
}
