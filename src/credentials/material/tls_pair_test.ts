import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { makeAuthority, pem } from "../../../scripts/control_plane/certificates.ts";
import * as der from "../../../scripts/control_plane/der.ts";
import { checkTlsPair, type TlsPair } from "./tls_pair.ts";

const authority = makeAuthority("some authority");
const issue = (commonName: string, more: { notBefore?: Date; notAfter?: Date } = {}) =>
  authority.issue({ commonName, organization: "some team", for: "client", ...more });
const PAIR = issue("argocd");
const OTHER = issue("other");

function accepted(cert: string, key: string, now?: Date): TlsPair {
  const checked = checkTlsPair(cert, key, now);
  assert.ok(checked.ok, checked.ok ? "" : `${checked.of} ${checked.why}`);
  return checked.value;
}

Deno.test("a certificate and its key are accepted, with expiry and subject", () => {
  const notAfter = new Date("2031-02-03T04:05:06Z");
  const { certificate, key } = issue("argocd", { notAfter });
  const value = accepted(certificate, key);
  assert.equal(value.key.reveal(), key);
  assert.deepEqual({ ...value, key: "" }, {
    cert: certificate,
    key: "",
    notAfter: "2031-02-03T04:05:06.000Z",
    subject: "O=some team, CN=argocd",
    warnings: [],
  });
});

Deno.test("the line breaks of a certificate and its key are repaired", () => {
  for (
    const mangle of [(text: string) => text.replaceAll("\n", "\r\n"), (text: string) => text.trim()]
  ) {
    const value = accepted(mangle(PAIR.certificate), mangle(PAIR.key));
    assert.deepEqual([value.cert, value.key.reveal()], [PAIR.certificate, PAIR.key]);
  }
});

Deno.test("a certificate chain is accepted whole, without openssl's notes", () => {
  const chain = `subject=CN = argocd\n${PAIR.certificate}\nissuer=CN = x\n${authority.certificate}`;
  assert.equal(accepted(chain, PAIR.key).cert, PAIR.certificate + authority.certificate);
});

/** A self-signed certificate for a key. */
function selfSigned(key: KeyObject, publicKey: KeyObject): string {
  const ed25519 = key.asymmetricKeyType === "ed25519";
  const algorithm = der.sequence(der.oid(ed25519 ? "1.3.101.112" : "1.2.840.10045.4.3.4"));
  const name = der.sequence(der.set(der.sequence(der.oid("2.5.4.3"), der.utf8("self"))));
  const day = 86_400_000;
  const content = der.sequence(
    der.explicit(0, der.integer(Uint8Array.of(2))),
    der.integer(Uint8Array.of(1)),
    algorithm,
    name,
    der.sequence(der.time(new Date(Date.now() - day)), der.time(new Date(Date.now() + day))),
    name,
    Uint8Array.from(publicKey.export({ type: "spki", format: "der" })),
  );
  const signature = Uint8Array.from(sign(ed25519 ? null : "sha512", content, key));
  return pem("CERTIFICATE", der.sequence(content, algorithm, der.bits(signature)));
}

const KINDS: [kind: string, make: () => { privateKey: KeyObject; publicKey: KeyObject }][] = [
  ["Ed25519", () => generateKeyPairSync("ed25519")],
  ["P-256", () => generateKeyPairSync("ec", { namedCurve: "P-256" })],
  ["P-384", () => generateKeyPairSync("ec", { namedCurve: "P-384" })],
  ["P-521", () => generateKeyPairSync("ec", { namedCurve: "P-521" })],
];

for (const [kind, make] of KINDS) {
  Deno.test(`a pair of kind ${kind} is accepted, and another key of this kind is rejected`, () => {
    const [own, other] = [make(), make()];
    const certificate = selfSigned(own.privateKey, own.publicKey);
    const text = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }).toString();
    assert.equal(accepted(certificate, text(own.privateKey)).subject, "CN=self");
    const checked = checkTlsPair(certificate, text(other.privateKey));
    assert.equal(!checked.ok && checked.why, "is not the private key of the certificate");
    if (kind === "Ed25519") return;
    const sec1 = own.privateKey.export({ type: "sec1", format: "pem" }).toString();
    assert.equal(accepted(certificate, sec1).key.reveal(), sec1);
  });
}

Deno.test("a pair of kind RSA is accepted, and a key of another kind is rejected", () => {
  const { certificate, key } = authority.issue({ commonName: "a", for: "client", keyType: "RSA" });
  assert.equal(accepted(certificate, key).subject, "CN=a");
  assert.match(why(certificate, PAIR.key), /^key is not the private key of the certificate/);
});

function why(cert: string, key: string): string {
  const checked = checkTlsPair(cert, key);
  return checked.ok ? "" : `${checked.of} ${checked.why}`;
}

const NOW = new Date("2026-06-01T00:00:00Z");
const [earlier, past, future, later] = ["2026-01-01", "2026-05-31", "2026-06-02", "2026-12-31"]
  .map((date) => new Date(date));

const WARNINGS: [what: string, cert: () => { certificate: string; key: string }, said: string[]][] =
  [
    ["valid", () => issue("a", { notBefore: past, notAfter: future }), []],
    [
      "expired",
      () => issue("a", { notBefore: earlier, notAfter: past }),
      ["The certificate expired on 2026-05-31T00:00:00.000Z"],
    ],
    [
      "not yet valid",
      () => issue("a", { notBefore: future, notAfter: later }),
      ["The certificate is not valid before 2026-06-02T00:00:00.000Z"],
    ],
    [
      "followed by an expired one",
      () => {
        const { certificate, key } = issue("a", { notBefore: past, notAfter: later });
        const { certificate: above } = issue("b", { notBefore: earlier, notAfter: past });
        return { certificate: certificate + above, key };
      },
      ["Certificate 2 of the chain expired on 2026-05-31T00:00:00.000Z"],
    ],
  ];

for (const [what, make, said] of WARNINGS) {
  Deno.test(`a certificate that is ${what} is accepted with ${said.length} warnings`, () => {
    const { certificate, key } = make();
    assert.deepEqual(accepted(certificate, key, NOW).warnings, said);
  });
}

const CUT = PAIR.certificate.slice(0, 300);
const spki = () =>
  generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }).toString();
const secp256k1 = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
const encrypted = () =>
  generateKeyPairSync("ed25519").privateKey.export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: crypto.randomUUID(),
  }).toString();

const REFUSED: [what: string, cert: string, key: string, why: RegExp][] = [
  [
    "a certificate and another's key",
    PAIR.certificate,
    OTHER.key,
    /^key is not the private key of/,
  ],
  ["key and certificate", PAIR.key, PAIR.certificate, /^cert is the private key: .* are swapped$/],
  ["two keys", PAIR.key, PAIR.key, /^cert is a private key$/],
  [
    "two certificates",
    PAIR.certificate,
    PAIR.certificate,
    /^key is a certificate; the matching private key/,
  ],
  [
    "a certificate with its key, and the key",
    PAIR.certificate + PAIR.key,
    PAIR.key,
    /^cert must not hold the private key/,
  ],
  [
    "a certificate, and both",
    PAIR.certificate,
    PAIR.key + PAIR.certificate,
    /^key must hold one priv/,
  ],
  [
    "a chain that starts with the authority",
    authority.certificate + PAIR.certificate,
    PAIR.key,
    /^cert must start with the certificate of the key, which is number 2 of 2$/,
  ],
  ["nothing and a key", "", PAIR.key, /^cert must be a certificate in PEM/],
  ["a sentence and a key", "my certificate", PAIR.key, /^cert must be a certificate in PEM/],
  [
    "a megabyte and a key",
    "x".repeat(1 << 20),
    PAIR.key,
    /^cert must be at most 131072 characters/,
  ],
  ["a certificate and nothing", PAIR.certificate, "", /^key must not be empty$/],
  [
    "a certificate and a sentence",
    PAIR.certificate,
    "my key",
    /^key must be a private key: a text/,
  ],
  ["half a certificate", CUT, PAIR.key, /^cert is incomplete: the last line, /],
  [
    "a damaged certificate",
    PAIR.certificate + authority.certificate.replace(/\n.{64}\n/, "\n"),
    PAIR.key,
    /^cert has a damaged certificate, number 2 of 2$/,
  ],
  ["noise as certificate", pem("CERTIFICATE", new Uint8Array(9)), PAIR.key, /number 1 of 1/],
  [
    "a request",
    pem("CERTIFICATE REQUEST", new Uint8Array(9)),
    PAIR.key,
    /^cert is a certificate signing request; /,
  ],
  ["a public key", spki(), PAIR.key, /^cert must hold certificates only$/],
  ["a certificate and a public key", PAIR.certificate, spki(), /^key is a public key/],
  [
    "a certificate and a locked key",
    PAIR.certificate,
    encrypted(),
    /^key must be .* without a passph/,
  ],
  [
    "a certificate and an OpenSSH key",
    PAIR.certificate,
    pem("OPENSSH PRIVATE KEY", new Uint8Array(9)),
    /^key is in OpenSSH's format, but must be in PKCS#8/,
  ],
  [
    "a certificate and a damaged key",
    PAIR.certificate,
    pem("PRIVATE KEY", new Uint8Array(9)),
    /^key is a private key that cannot be parsed/,
  ],
  [
    "a pair on a curve that TLS lacks",
    PAIR.certificate,
    secp256k1.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    /^key must be an RSA, ECDSA or Ed25519 key/,
  ],
];

for (const [what, cert, key, expected] of REFUSED) {
  Deno.test(`${what} instead of a certificate and its key is rejected, with the field and the reason`, () => {
    assert.match(why(cert, key), expected);
  });
}
