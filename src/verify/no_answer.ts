/** A question without an answer that can be used. The message is of our own words. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";

  /**
   * @param kind `elsewhere`: the server answered, and points to another one; `unread`: it answered,
   * but the answer could not be read to its end
   */
  constructor(why: string, readonly kind: "elsewhere" | "unread" | "none" = "none") {
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
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is another host's",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  ERR_SSL_WRONG_VERSION_NUMBER:
    "it does not speak TLS there, as one that is asked by http:// does not",
};

/** Codes of a certificate that does not verify, as OpenSSL names them. */
const CERTIFICATE = /CERT|UNABLE_TO_|SELF_SIGNED|ISSUER/;

/** Why a connection or a request failed; the error's own text goes nowhere. */
export function whyFailed(error: unknown): string {
  const { code = "", message = "" } = (error ?? {}) as { code?: string; message?: string };
  const known = WORDS[error instanceof Deno.errors.NotCapable ? "EPERM" : code];
  if (known) return known;
  if (/alert|bad certificate|certificate required/i.test(message)) {
    return "it does not agree on a certificate";
  }
  return CERTIFICATE.test(code) ? "its certificate is not trusted" : "the connection broke";
}
