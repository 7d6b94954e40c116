import { deepEqual } from "node:assert/strict";
import { encodeBase64Text } from "../../text/bytes.ts";
import { dockercfg, fakePullSecret, pullSecretOf } from "../fake/pull_secret.ts";
import { kubeletConfig } from "./kubelet_config.ts";
import type { StoredSecret } from "../../kube/store.ts";

const auth = encodeBase64Text("u:p:q");
const one = (username: string, password: string) => [["ghcr.io", username, password]];
const entry = (fields: unknown) => fakePullSecret("s", { "ghcr.io": fields });

/** The logins that the kubelet's code reads, or why it reads none. */
const rows: [what: string, secret: StoredSecret, expected: readonly string[][] | string][] = [
  ["a user name and a password", entry({ username: "u", password: "p" }), one("u", "p")],
  ["'auth' before them", entry({ username: "a", password: "b", auth }), one("u", "p:q")],
  ["'auth' without padding", entry({ auth: auth.replaceAll("=", "") }), one("u", "p:q")],
  ["'auth' in lines", entry({ auth: `${auth.slice(0, 4)}\n${auth.slice(4)}` }), one("u", "p:q")],
  ["an empty 'auth'", entry({ username: "u", password: "p", auth: "" }), one("u", "p")],
  ["names in any case", entry({ UserName: "u", PASSWORD: "p" }), one("u", "p")],
  ["an identity token only", entry({ identitytoken: "not-a-secret" }), one("", "")],
  ["an entry that is null", entry(null), one("", "")],
  ["the older form", dockercfg("s", { "ghcr.io": { auth } }), one("u", "p:q")],
  ["'auths' in another case", pullSecretOf("s", `{"Auths":{"ghcr.io":null}}`), one("", "")],
  ["no 'auths'", pullSecretOf("s", "{}"), []],
  ["invalid JSON", pullSecretOf("s", "{"), "it is not valid JSON"],
  ["a byte order mark", pullSecretOf("s", "\ufeff{}"), "it is not valid JSON"],
  ["a list", pullSecretOf("s", "[]"), "the configuration must be an object"],
  ["a list in 'auths'", pullSecretOf("s", `{"auths":[]}`), "the registries must be an object"],
  ["an entry that is a text", entry(auth), "the entry of a registry must be an object"],
  ["a number", entry({ username: 1 }), "'username' of an entry must be a string"],
  ["'auth' that is not base64", entry({ auth: "!" }), "'auth' of an entry must be base64"],
  ["'auth' with a space", entry({ auth: ` ${auth}` }), "'auth' of an entry must be base64"],
  [
    "'auth' without a colon",
    entry({ auth: encodeBase64Text("u") }),
    "'auth' of an entry must be username:password in base64",
  ],
  [
    "a header that is a number",
    pullSecretOf("s", `{"auths":{},"HttpHeaders":{"X":1}}`),
    "the values of 'HttpHeaders' must be strings",
  ],
  [
    "another type",
    fakePullSecret("s", {}, { type: "Opaque" }),
    'a secret of type "Opaque" is not a pull secret',
  ],
  [
    "nothing in the type's key",
    fakePullSecret("s", {}, { type: "kubernetes.io/dockercfg" }),
    "it has no Docker configuration in the key that its type requires",
  ],
];

for (const [what, secret, expected] of rows) {
  Deno.test(`the kubelet reads a pull secret: ${what}`, () => {
    const config = kubeletConfig(secret);
    deepEqual(
      config.kind === "logins"
        ? config.logins.map(({ key, username, password }) => [key, username, password.reveal()])
        : config.why,
      expected,
    );
  });
}
