import assert from "node:assert/strict";
import { whyFailed } from "./no_answer.ts";

const CANARY = `canary-${crypto.randomUUID()}`;
const coded = (code: string, message = CANARY) => Object.assign(new Error(message), { code });

const ROWS: [error: unknown, why: string][] = [
  [coded("ECONNREFUSED"), "the connection was refused"],
  [coded("ENOTFOUND"), "its host cannot be found"],
  [coded("ENETUNREACH"), "its host cannot be reached"],
  [coded("EPERM"), "this program may not use the network there"],
  [new Deno.errors.NotCapable(CANARY), "this program may not use the network there"],
  [coded("ERR_TLS_CERT_ALTNAME_INVALID"), "its certificate is another host's"],
  [coded("CERT_HAS_EXPIRED"), "its certificate has expired"],
  [coded("SELF_SIGNED_CERT_IN_CHAIN"), "its certificate is not trusted"],
  [coded("DEPTH_ZERO_SELF_SIGNED_CERT"), "its certificate is not trusted"],
  [coded("UNABLE_TO_GET_ISSUER_CERT_LOCALLY"), "its certificate is not trusted"],
  [new Error("received fatal alert: CertificateRequired"), "it does not agree on a certificate"],
  [
    coded("ERR_SSL_WRONG_VERSION_NUMBER"),
    "it does not speak TLS: its URL would have to begin with http://",
  ],
  [coded("ECONNRESET"), "the connection broke"],
  [new Error(CANARY), "the connection broke"],
  [undefined, "the connection broke"],
];

for (const [error, why] of ROWS) {
  const { code, name } = (error ?? {}) as { code?: string; name?: string };
  Deno.test(`of ${code ?? name ?? "nothing"} it is said that ${why}`, () => {
    assert.equal(whyFailed(error), why);
  });
}
