/** Why the TLS handshake with a server failed, as reported by Node, rustls or Go. */
export type TlsFailure =
  | "expired"
  | "not_yet_valid"
  | "other_host"
  /** The server's certificate is a CA certificate, which rustls does not accept. */
  | "authority"
  /** The certificate's authority is not trusted, or there is another problem without details. */
  | "untrusted"
  /** The server rejects the client's certificate, or requires one. */
  | "disagrees"
  | "no_tls";

/** The failures in words, for messages about a server; "its" is the server's. */
export const TLS_WORDS: Readonly<Record<TlsFailure, string>> = {
  expired: "its certificate has expired",
  not_yet_valid: "its certificate is not yet valid",
  other_host: "its certificate is for another host name",
  authority: "its certificate is a CA certificate (CA:TRUE), which a server must not use",
  untrusted: "its certificate is not trusted (x509: certificate signed by unknown authority)",
  disagrees: "it rejected the client certificate, or requires one (tls: bad certificate)",
  no_tls: "it does not speak TLS; its URL must start with http://",
};

/** By Node's error codes. For most failures Deno reports only UNABLE_TO_VERIFY_LEAF_SIGNATURE. */
const CODES: Readonly<Record<string, TlsFailure>> = {
  CERT_HAS_EXPIRED: "expired",
  CERT_NOT_YET_VALID: "not_yet_valid",
  ERR_TLS_CERT_ALTNAME_INVALID: "other_host",
  ERR_SSL_WRONG_VERSION_NUMBER: "no_tls",
};

/** OpenSSL's codes for a certificate that cannot be verified. */
const CERTIFICATE = /CERT|UNABLE_TO_|SELF_SIGNED|ISSUER/;

/**
 * By the messages of rustls (tested with Deno 2.9.6) and Go; the first match decides.
 * @see https://pkg.go.dev/crypto/x509#CertificateInvalidError
 * @see https://pkg.go.dev/crypto/x509#HostnameError
 */
const MESSAGES: readonly (readonly [pattern: RegExp, failure: TlsFailure])[] = [
  [/CaUsedAsEndEntity/, "authority"],
  [
    /certificate expired|has expired or is not yet valid: current time \S{1,40} is after /,
    "expired",
  ],
  [
    /certificate not valid yet|has expired or is not yet valid: current time \S{1,40} is before /,
    "not_yet_valid",
  ],
  [/certificate not valid for name|x509: certificate is (not )?valid for /, "other_host"],
  [/x509: cannot validate certificate for \S{1,64} because it doesn't contain/, "other_host"],
  [/x509: |failed to verify certificate|invalid peer certificate/, "untrusted"],
  [/InvalidContentType|first record does not look like a TLS handshake/, "no_tls"],
  [/alert|bad certificate|certificate required/i, "disagrees"],
];

/**
 * The TLS failure that an error reports; `undefined` when it reports none.
 * @param error with a message that does not contain the request's URL. The message is never shown
 */
export function tlsFailure(error: { code?: string; message?: string }): TlsFailure | undefined {
  const { code = "", message = "" } = error;
  return CODES[code] ?? MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ??
    (CERTIFICATE.test(code) ? "untrusted" : undefined);
}
