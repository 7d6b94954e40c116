import assert from "node:assert/strict";
import { assertTakesLess } from "../../tests/support/takes_less.ts";
import { TLS_WORDS, type TlsFailure, tlsFailure } from "./tls_failure.ts";

const CODES: [code: string, failure: TlsFailure | undefined][] = [
  ["CERT_HAS_EXPIRED", "expired"],
  ["CERT_NOT_YET_VALID", "not_yet_valid"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "other_host"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "no_tls"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "untrusted"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "untrusted"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "untrusted"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "untrusted"],
  ["CERT_REVOKED", "untrusted"],
  ["ECONNREFUSED", undefined],
  ["ECONNRESET", undefined],
  ["", undefined],
];

for (const [code, failure] of CODES) {
  Deno.test(`the code ${code || "(none)"} is ${failure ?? "no TLS failure"}`, () => {
    assert.equal(tlsFailure({ code, message: "canary" }), failure);
  });
}

const RUSTLS = "client error (Connect): invalid peer certificate: ";
const GO = "Unable to connect to the server: tls: failed to verify certificate: x509: ";
const NOT_IN_TIME =
  "certificate has expired or is not yet valid: current time 2026-11-30T01:00:00Z";

const MESSAGES: [message: string, failure: TlsFailure | undefined][] = [
  [
    `${RUSTLS}certificate expired: verification time 1796001381 (UNIX), but certificate is not ` +
    "valid after 1795997781 (3600 seconds ago)",
    "expired",
  ],
  [
    `${RUSTLS}certificate not valid yet: verification time 1796001381 (UNIX), but certificate is ` +
    "not valid before 1796004981 (3600 seconds in future)",
    "not_yet_valid",
  ],
  [
    `${RUSTLS}certificate not valid for name "127.0.0.1"; certificate is only valid for ` +
    'DnsName("localhost")',
    "other_host",
  ],
  [`${RUSTLS}UnknownIssuer`, "untrusted"],
  [`${RUSTLS}Other(OtherError(CaUsedAsEndEntity))`, "authority"],
  [`${RUSTLS}certificate does not allow extended key usage for server authentication`, "untrusted"],
  ["client error (Connect): received fatal alert: CertificateRequired", "disagrees"],
  ["received fatal alert: CertificateExpired", "disagrees"],
  ["received corrupt message of type InvalidContentType", "no_tls"],
  [`${GO}${NOT_IN_TIME} is after 2026-11-29T00:00:00Z`, "expired"],
  [`${GO}${NOT_IN_TIME} is before 2026-12-01T00:00:00Z`, "not_yet_valid"],
  [`${GO}certificate is valid for a.example, not b.example`, "other_host"],
  [`${GO}certificate is not valid for any names, but wanted to match b.example`, "other_host"],
  [
    `${GO}cannot validate certificate for 192.0.2.1 because it doesn't contain any IP SANs`,
    "other_host",
  ],
  [`${GO}certificate signed by unknown authority`, "untrusted"],
  [`${GO}certificate relies on legacy Common Name field, use SANs instead`, "untrusted"],
  ["x509: certificate has expired or is not yet valid", "untrusted"],
  ["remote error: tls: bad certificate", "disagrees"],
  ["remote error: tls: certificate required", "disagrees"],
  ["tls: first record does not look like a TLS handshake", "no_tls"],
  ["Connection refused (os error 111)", undefined],
  ["tls handshake eof", undefined],
];

for (const [message, failure] of MESSAGES) {
  Deno.test(`'${message.slice(-60)}' is ${failure ?? "no TLS failure"}`, () => {
    assert.equal(tlsFailure({ message }), failure);
  });
}

Deno.test("each TLS failure is described in its own words", () => {
  const words = Object.values(TLS_WORDS);
  assert.equal(new Set(words).size, words.length);
  for (const each of words) assert.match(each, /^its? [a-z]/);
});

Deno.test("a long message is read quickly", () =>
  assertTakesLess(1000, () => {
    for (const part of ["x509: ", "current time ", "certificate ", "a", "valid for "]) {
      tlsFailure({ message: part.repeat(50_000) });
    }
  }));
