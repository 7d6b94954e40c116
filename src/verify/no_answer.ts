import { TLS_WORDS, tlsFailure } from "../net/tls_failure.ts";

/** A request without a usable response. The message never quotes the server. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";

  /**
   * @param kind `elsewhere`: the server redirects to another one; `unread`: the response could not be read completely
   * @param status HTTP status of a proxy's refusal
   */
  constructor(
    why: string,
    readonly kind: "elsewhere" | "unread" | "none" = "none",
    readonly status?: number,
  ) {
    super(why);
  }
}

const NOT_PERMITTED = "argocd-configurer has no permission to connect to it";

/** Messages for Node's error codes, as curl and Go word them. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "temporary failure in name resolution",
  EHOSTUNREACH: "no route to host",
  ENETUNREACH: "network is unreachable",
  EADDRNOTAVAIL: "host is unreachable",
  ETIMEDOUT: "connection timed out",
  EPERM: NOT_PERMITTED,
  ERR_ACCESS_DENIED: NOT_PERMITTED,
};

/** Why a connection or a request failed; the error's own message is not used. */
export function whyFailed(error: unknown): string {
  const { code = "", message = "" } = (error ?? {}) as { code?: string; message?: string };
  const known = WORDS[error instanceof Deno.errors.NotCapable ? "EPERM" : code];
  if (known) return known;
  const failure = tlsFailure({ code, message });
  return failure ? TLS_WORDS[failure] : "the connection was closed unexpectedly";
}
