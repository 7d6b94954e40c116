/** Why no TLS connection to a server comes about, whoever says it: Node, rustls or Go. */
export type TlsFailure =
  | "expired"
  | "not_yet_valid"
  | "other_host"
  /** Its certificate is an authority's, which rustls takes for no server's. */
  | "authority"
  /** Its authority is not one that is trusted, or something else is wrong that is not told. */
  | "untrusted"
  /** It does not take the client's certificate, or wants one. */
  | "disagrees"
  | "no_tls";

/** In words; of the server it is said as "its". */
export const TLS_WORDS: Readonly<Record<TlsFailure, string>> = {
  expired: "its certificate has expired",
  not_yet_valid: "its certificate is not valid yet",
  other_host: "its certificate is another host's",
  authority: "its certificate is marked as an authority's (CA:TRUE), which no server's may be",
  untrusted: "its certificate is not trusted",
  disagrees: "it does not agree on a certificate",
  no_tls: "it does not speak TLS: its URL would have to begin with http://",
};

/** By Node's error codes. Deno tells no more than UNABLE_TO_VERIFY_LEAF_SIGNATURE of most. */
const CODES: Readonly<Record<string, TlsFailure>> = {
  CERT_HAS_EXPIRED: "expired",
  CERT_NOT_YET_VALID: "not_yet_valid",
  ERR_TLS_CERT_ALTNAME_INVALID: "other_host",
  ERR_SSL_WRONG_VERSION_NUMBER: "no_tls",
};

/** Codes of a certificate that does not verify, as OpenSSL names them. */
const CERTIFICATE = /CERT|UNABLE_TO_|SELF_SIGNED|ISSUER/;

/**
 * By what rustls (tried on Deno 2.9.6) and Go say; the first that matches decides.
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
 * What kept a connection from being made, or `undefined` when that was not TLS.
 * @param error its message without the URL that was asked; it is not to be shown, and is not here
 */
export function tlsFailure(error: { code?: string; message?: string }): TlsFailure | undefined {
  const { code = "", message = "" } = error;
  return CODES[code] ?? MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ??
    (CERTIFICATE.test(code) ? "untrusted" : undefined);
}
