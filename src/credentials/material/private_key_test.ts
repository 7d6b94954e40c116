import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import fc from "fast-check";
import { pem } from "../../../scripts/control_plane/certificates.ts";
import * as der from "../../../scripts/control_plane/der.ts";
import { type PemBlock, readPem } from "./pem.ts";
import { readPemKey, readPrivateKeyBlock } from "./private_key.ts";

function blockOf(label: string, bytes: Uint8Array): PemBlock {
  const blocks = readPem(pem(label, bytes));
  assert.ok(blocks.ok);
  return blocks.value[0]!;
}

const exported = (key: KeyObject, type: "pkcs1" | "pkcs8" | "sec1") =>
  Uint8Array.from(key.export({ type, format: "der" }));

const RSA = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
const EC = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const ED25519 = generateKeyPairSync("ed25519").privateKey;

Deno.test("a key is read in each of its formats", () => {
  const pkcs1 = readPemKey(blockOf("RSA PRIVATE KEY", exported(RSA, "pkcs1")));
  assert.ok(pkcs1?.equals(RSA));
  assert.ok(readPemKey(blockOf("PRIVATE KEY", exported(RSA, "pkcs8")))?.equals(RSA));
  assert.ok(readPemKey(blockOf("EC PRIVATE KEY", exported(EC, "sec1")))?.equals(EC));
  assert.ok(readPemKey(blockOf("PRIVATE KEY", exported(EC, "pkcs8")))?.equals(EC));
  assert.ok(readPemKey(blockOf("PRIVATE KEY", exported(ED25519, "pkcs8")))?.equals(ED25519));
});

/** In PKCS#8, the bytes before those of PKCS#1 encode the type, in more than one way. */
const bytesBefore = exported(RSA, "pkcs8").length - exported(RSA, "pkcs1").length;

const DAMAGED: [what: string, label: string, bytes: Uint8Array, from: number][] = [
  ["RSA key in PKCS#1", "RSA PRIVATE KEY", exported(RSA, "pkcs1"), 0],
  ["RSA key in PKCS#8", "PRIVATE KEY", exported(RSA, "pkcs8"), bytesBefore],
];

for (const [what, label, bytes, from] of DAMAGED) {
  Deno.test(`an ${what} with any flipped bit is rejected`, () => {
    fc.assert(
      fc.property(fc.integer({ min: from, max: bytes.length - 1 }), fc.nat(7), (at, bit) => {
        const flipped = bytes.slice();
        flipped[at]! ^= 1 << bit;
        assert.equal(readPemKey(blockOf(label, flipped)), undefined);
      }),
      { numRuns: 500 },
    );
  });
}

Deno.test("an ECDSA key in SEC1 with any flipped bit is rejected, or is the same key", () => {
  const bytes = exported(EC, "sec1");
  fc.assert(fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
    const flipped = bytes.slice();
    flipped[at]! ^= 1 << bit;
    const key = readPemKey(blockOf("EC PRIVATE KEY", flipped));
    assert.ok(key === undefined || key.equals(EC));
  }));
});

const decoded = (member: string | undefined) =>
  Uint8Array.fromBase64(String(member), { alphabet: "base64url" });

Deno.test("an Ed25519 key is read in the version of PKCS#8 that OpenSSL reads, and in no other version", () => {
  const { d, x } = ED25519.export({ format: "jwk" });
  const version = (number: number, ...publicKey: Uint8Array<ArrayBuffer>[]) =>
    der.sequence(
      der.integer(Uint8Array.of(number)),
      der.sequence(der.oid("1.3.101.112")),
      der.octets(der.octets(decoded(d))),
      ...publicKey,
    );
  assert.ok(readPemKey(blockOf("PRIVATE KEY", version(0)))?.equals(ED25519));
  const publicKey = der.value(0x81, Uint8Array.of(0, ...decoded(x)));
  assert.equal(readPemKey(blockOf("PRIVATE KEY", version(1, publicKey))), undefined);
});

Deno.test("only an unencrypted private key is read from a block", () => {
  const LABELS: [label: string, is: boolean][] = [
    ["PRIVATE KEY", true],
    ["RSA PRIVATE KEY", true],
    ["EC PRIVATE KEY", true],
    ["OPENSSH PRIVATE KEY", true],
    ["ENCRYPTED PRIVATE KEY", false],
    ["PUBLIC KEY", false],
    ["CERTIFICATE", false],
    ["EC PARAMETERS", false],
    ["X509 CRL", false],
  ];
  for (const [label, is] of LABELS) {
    const block = readPrivateKeyBlock(pem(label, new Uint8Array(9)));
    assert.equal(block.ok && block.value.label, is && label);
  }
});
