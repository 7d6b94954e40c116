import { TLS_WORDS, tlsFailure } from "../net/tls_failure.ts";

/** A question without an answer that can be used. The message is of our own words. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";

  /**
   * @param kind `elsewhere`: the server answered, and points to another one; `unread`: it answered,
   * but the answer could not be read to its end
   * @param status of a proxy that refuses: of an answer that is not the server's
   */
  constructor(
    why: string,
    readonly kind: "elsewhere" | "unread" | "none" = "none",
    readonly status?: number,
  ) {
    super(why);
  }
}

/** Node's error codes in our words. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ENOTFOUND: "its host cannot be found",
  EAI_AGAIN: "its host cannot be found at the moment",
  EHOSTUNREACH: "its host cannot be reached",
  ENETUNREACH: "its host cannot be reached",
  EADDRNOTAVAIL: "its host cannot be reached",
  ETIMEDOUT: "its host cannot be reached",
  EPERM: "this program may not use the network there",
  ERR_ACCESS_DENIED: "this program may not use the network there",
};

/** Why a connection or a request failed; the error's own text goes nowhere. */
export function whyFailed(error: unknown): string {
  const { code = "", message = "" } = (error ?? {}) as { code?: string; message?: string };
  const known = WORDS[error instanceof Deno.errors.NotCapable ? "EPERM" : code];
  if (known) return known;
  const failure = tlsFailure({ code, message });
  return failure ? TLS_WORDS[failure] : "the connection broke";
}
