import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { rsaKeys } from "../../../tests/support/rsa_keys.ts";
import { makeAuthority, pem } from "../../../scripts/control_plane/certificates.ts";
import { checkAppPrivateKey } from "./rsa_key.ts";

const APP = rsaKeys();
const pkcs1 = APP.privateKey.export({ type: "pkcs1", format: "pem" }).toString();
const pkcs8 = APP.privateKey.export({ type: "pkcs8", format: "pem" }).toString();

for (const [form, text] of [["PKCS#1", pkcs1], ["PKCS#8", pkcs8]] as const) {
  Deno.test(`a GitHub App key in ${form} is accepted, and its line breaks are repaired`, () => {
    for (const given of [text, text.replaceAll("\n", "\r\n"), text.trim(), `\n ${text}\n`]) {
      const checked = checkAppPrivateKey(given);
      assert.ok(checked.ok, checked.ok ? "" : checked.why);
      assert.equal(checked.value.text.reveal(), text);
      assert.equal(checked.value.bits, 2048);
    }
  });
}

const encrypted = APP.privateKey.export({
  type: "pkcs8",
  format: "pem",
  cipher: "aes-256-cbc",
  passphrase: crypto.randomUUID(),
}).toString();
const short = () => generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
const curve = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

const REFUSED: [what: string, text: string, why: RegExp][] = [
  ["nothing", "", /^must not be empty/],
  ["the App's client secret", "0123456789abcdef", /^must be a private key: a text with a line/],
  ["a key with a passphrase", encrypted, /^must be a private key without a passphrase/],
  [
    "a short key",
    short().export({ type: "pkcs1", format: "pem" }).toString(),
    /^must be an RSA key with at least 2048 bits/,
  ],
  [
    "an ECDSA key in SEC1",
    curve().export({ type: "sec1", format: "pem" }).toString(),
    /^must be an RSA key, but is of another type/,
  ],
  [
    "an ECDSA key in PKCS#8",
    curve().export({ type: "pkcs8", format: "pem" }).toString(),
    /^must be an RSA key, but is of another type/,
  ],
  ["an OpenSSH key", pem("OPENSSH PRIVATE KEY", new Uint8Array(9)), /^is in OpenSSH's format/],
  [
    "the public key",
    APP.publicKey.export({ type: "spki", format: "pem" }).toString(),
    /^is a public key/,
  ],
  ["a certificate", makeAuthority("a").certificate, /^is a certificate/],
  ["half a key", pkcs1.slice(0, 800), /^is incomplete: the /],
  ["a key with lost lines", pkcs1.replace(/\n.{64}\n.{64}\n/, "\n"), /that cannot be parsed/],
];

for (const [what, text, why] of REFUSED) {
  Deno.test(`${what} instead of a GitHub App key is rejected with the reason`, () => {
    const checked = checkAppPrivateKey(text);
    assert.match(checked.ok ? "" : checked.why, why);
  });
}
