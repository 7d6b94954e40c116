import assert from "node:assert/strict";
import { whyFailed } from "./no_answer.ts";

const CANARY = `canary-${crypto.randomUUID()}`;
const coded = (code: string, message = CANARY) => Object.assign(new Error(message), { code });

const ROWS: [error: unknown, why: string][] = [
  [coded("ECONNREFUSED"), "connection refused"],
  [coded("ENOTFOUND"), "no such host"],
  [coded("ENETUNREACH"), "network is unreachable"],
  [coded("EPERM"), "argocd-configurer has no permission to connect to it"],
  [new Deno.errors.NotCapable(CANARY), "argocd-configurer has no permission to connect to it"],
  [coded("ERR_TLS_CERT_ALTNAME_INVALID"), "its certificate is for another host name"],
  [coded("CERT_HAS_EXPIRED"), "its certificate has expired"],
  [
    coded("SELF_SIGNED_CERT_IN_CHAIN"),
    "its certificate is not trusted (x509: certificate signed by unknown authority)",
  ],
  [
    coded("DEPTH_ZERO_SELF_SIGNED_CERT"),
    "its certificate is not trusted (x509: certificate signed by unknown authority)",
  ],
  [
    coded("UNABLE_TO_GET_ISSUER_CERT_LOCALLY"),
    "its certificate is not trusted (x509: certificate signed by unknown authority)",
  ],
  [
    new Error("received fatal alert: CertificateRequired"),
    "it rejected the client certificate, or requires one (tls: bad certificate)",
  ],
  [
    coded("ERR_SSL_WRONG_VERSION_NUMBER"),
    "it does not speak TLS; its URL must start with http://",
  ],
  [coded("ECONNRESET"), "the connection was closed unexpectedly"],
  [new Error(CANARY), "the connection was closed unexpectedly"],
  [undefined, "the connection was closed unexpectedly"],
];

for (const [error, why] of ROWS) {
  const { code, name } = (error ?? {}) as { code?: string; name?: string };
  Deno.test(`the reason for ${code ?? name ?? "nothing"} is: ${why}`, () => {
    assert.equal(whyFailed(error), why);
  });
}
