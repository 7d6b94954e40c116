import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { rsaKeys } from "../../../tests/support/rsa_keys.ts";
import { checkGcpKey } from "./gcp_service_account_key.ts";

const pkcs8 = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }).toString();
const rsa = (modulusLength: number) =>
  pkcs8(generateKeyPairSync("rsa", { modulusLength }).privateKey);

const EMAIL = "argocd@some-project.iam.gserviceaccount.com";
const PRIVATE_KEY = pkcs8(rsaKeys().privateKey);
const KEY = {
  type: "service_account",
  project_id: "some-project",
  private_key_id: "0123456789abcdef",
  private_key: PRIVATE_KEY,
  client_email: EMAIL,
  client_id: "123456789012345678901",
  token_uri: "https://oauth2.googleapis.com/token",
  universe_domain: "googleapis.com",
};

function refused(given: unknown): string {
  const checked = checkGcpKey(given);
  assert.ok(!checked.ok, "it was accepted");
  return checked.why;
}

for (
  const [what, given] of [
    ["as Google hands it out", JSON.stringify(KEY, null, 2) + "\n"],
    ["in one line", JSON.stringify(KEY)],
    ["as an object", KEY],
  ] as const
) {
  Deno.test(`a service account key ${what} is accepted whole, as compact JSON`, () => {
    const checked = checkGcpKey(given);
    assert.ok(checked.ok, checked.ok ? "" : checked.why);
    assert.equal(checked.value.text.reveal(), JSON.stringify(KEY));
    assert.equal(checked.value.clientEmail, EMAIL);
  });
}

Deno.test("a service account key of 1024 bits, which Google makes on demand, is accepted", () => {
  assert.equal(checkGcpKey({ ...KEY, private_key: rsa(1024) }).ok, true);
});

const deep = "[".repeat(200_000) + "]".repeat(200_000);

const REFUSED: [what: string, given: unknown, why: RegExp][] = [
  ["nothing", "", /^must be the JSON of a service account's key$/],
  ["a path", "./key.json", /^must be the JSON of a service account's key$/],
  [
    "half of it",
    JSON.stringify(KEY).slice(0, 900),
    /^must be the JSON of a service account's key$/,
  ],
  ["an array", "[]", /^must be the JSON object/],
  ["null", "null", /^must be the JSON object/],
  ["undefined", undefined, /^must be the JSON object/],
  ["a number", 7, /^must be the JSON object/],
  ["nested arrays", deep, /^must be the JSON/],
  ["an empty object", {}, /^must have the 'type' service_account/],
  [
    "a user's credentials",
    { type: "authorized_user", client_id: "i", client_secret: "s", refresh_token: "t" },
    /^must have the 'type' service_account: other credentials give Argo CD no user name$/,
  ],
  ["a federated identity", { ...KEY, type: "external_account" }, /^must have the 'type'/],
  ["a key without e-mail", { ...KEY, client_email: undefined }, /^must have a 'client_email'$/],
  ["a key with a wrong e-mail", { ...KEY, client_email: "a\n@b" }, /^must have a 'client_email'$/],
  ["a key without its key", { ...KEY, private_key: undefined }, /^must have a 'private_key'$/],
  [
    "a key whose key is doubly escaped",
    { ...KEY, private_key: PRIVATE_KEY.replaceAll("\n", "\\n") },
    /^must have a usable 'private_key': it must have line breaks/,
  ],
  [
    "a key whose key was masked",
    { ...KEY, private_key: "***" },
    /^must have a usable 'private_key': it must be a private key/,
  ],
  [
    "a key whose key is too short",
    { ...KEY, private_key: rsa(768) },
    /^must have a usable 'private_key': it must be an RSA key with at least 1024 bits/,
  ],
];

for (const [what, given, why] of REFUSED) {
  Deno.test(`${what} instead of a service account key is rejected with the reason`, () => {
    assert.match(refused(given), why);
  });
}

Deno.test("a service account key that is invalid JSON is not quoted, wherever it is broken", () => {
  const text = JSON.stringify(KEY);
  const quotable = [PRIVATE_KEY.slice(100, 110), "some-project", "0123456789", 'service_account"'];
  for (const at of [1, 20, 60, 150, 500, 1000, text.length - 1]) {
    for (
      const broken of [
        text.slice(at),
        text.slice(0, at),
        text.slice(0, at) + "\x01" + text.slice(at),
      ]
    ) {
      const why = refused(broken);
      assert.ok(quotable.every((part) => !why.includes(part)), why);
    }
  }
});
