import assert from "node:assert/strict";
import fc from "fast-check";
import { anyText } from "../../tests/support/arbitrary.ts";
import type { StoredSecret } from "../kube/store.ts";
import { seal } from "../log/sealed.ts";
import { encodeBase64Text, joined } from "../text/bytes.ts";
import { fingerprintsIn } from "./fingerprints.ts";
import { SECRET_TYPE_LABEL, SECRET_TYPES } from "./kinds/repository_credential.ts";
import { DOCKER_CONFIG_TYPE, DOCKERCFG_TYPE } from "./kinds/pull_secret.ts";
import { valuesIn, type ValuesOf } from "./values.ts";

type Texts = Readonly<Record<string, string>>;

/** A secret with these texts. */
function secret(data: Texts, more: Partial<Omit<StoredSecret, "data">> = {}): ValuesOf {
  const encoded = Object.entries(data).map(([key, text]) => [key, encodeBase64Text(text)]);
  return { type: "Opaque", labels: {}, ...more, data: seal(Object.fromEntries(encoded)) };
}

const argocd = (data: Texts, type = "repository") =>
  secret(data, { labels: { [SECRET_TYPE_LABEL]: type } });

const pull = (auths: unknown) =>
  secret({ ".dockerconfigjson": JSON.stringify({ auths }) }, { type: DOCKER_CONFIG_TYPE });

const auth = (user: string, password: string) => encodeBase64Text(`${user}:${password}`);

/** Plain values by place, each followed by the user name. */
function values(of: ValuesOf): Record<string, string> {
  return Object.fromEntries(
    valuesIn(of).map(({ place, username, value }) => [
      place,
      value.reveal() + (username === undefined ? "" : ` of ${username}`),
    ]),
  );
}

const KEY = "-----BEGIN X-----\nAAAA\n-----END X-----";
const WINDOWS_KEY = KEY.replaceAll("\n", "\r\n") + "\r\n";
/** With the form of a token, but not a real one. */
const TOKEN = `ghp_${"0123456789abcdef".repeat(2)}fake`;

const GOOGLE_KEY = '{\n  "type": "service_account",\n  "private_key": "fake"\n}\n';
const COMPACT_GOOGLE_KEY = '{"type":"service_account","private_key":"fake"}';

const ROWS: [what: string, of: ValuesOf, expected: Record<string, string>][] = [
  ["nothing", secret({}), {}],
  ["keys that are not credentials", argocd({ url: "https://x", insecure: "true" }), {}],
  [
    "a password, byte for byte",
    argocd({ url: "https://x", username: "robot", password: " p \n" }),
    { password: " p \n of robot" },
  ],
  ["a bearer token", argocd({ bearerToken: "t\n" }), { bearerToken: "t\n" }],
  [
    "keys in PEM, without Windows line breaks and final ones",
    argocd({
      sshPrivateKey: WINDOWS_KEY,
      githubAppPrivateKey: `${KEY}\n\n`,
      tlsClientCertKey: KEY,
      tlsClientCertData: KEY,
      githubAppID: "1",
    }),
    { sshPrivateKey: KEY, githubAppPrivateKey: KEY, tlsClientCertKey: KEY },
  ],
  [
    "a Google key, without white space between its fields",
    argocd({ gcpServiceAccountKey: '{\n  "private_key": "a b"\n}\n' }),
    { gcpServiceAccountKey: '{"private_key":"a b"}' },
  ],
  [
    "the secret of an Azure principal, and not its ids",
    argocd({
      azureServicePrincipalClientID: "id",
      azureServicePrincipalClientSecret: "s",
      azureServicePrincipalTenantID: "t",
    }, "repo-creds"),
    { azureServicePrincipalClientSecret: "s" },
  ],
  ["an empty password", argocd({ username: "robot", password: "" }), {}],
  [
    "a user name that is the token, as the password shows",
    argocd({ username: "odd", password: "x-oauth-basic" }),
    { username: "odd of ***" },
  ],
  [
    "a user name with the form of a token, after the password",
    argocd({ username: TOKEN, password: "p" }),
    { password: "p of ghp_***", username: `${TOKEN} of ghp_***` },
  ],
  [
    "passwords in URLs",
    argocd({
      url: "https://u:p%40ss@host/x",
      proxy: "http://robot:a%ZZ@proxy:3128",
      username: "robot",
      password: "own",
    }),
    { password: "own of robot", url: "p@ss", proxy: "a%ZZ" },
  ],
  ["a token in a URL", argocd({ url: `https://${TOKEN}@host` }), { url: TOKEN }],
  [
    "a token in a URL, as the password shows",
    argocd({ url: "https://odd:x-oauth-basic@host" }),
    { url: "odd" },
  ],
  [
    "user names in URLs, which are not credentials",
    argocd({ url: "https://org@dev.azure.com/org", proxy: "ssh://git@host/x:y@z" }),
    {},
  ],
  [
    "a user without a password over HTTP, which is a token in any form",
    argocd({ url: "https://abc%40def@dev.azure.com/org/x", proxy: "http://robot@proxy:3128" }),
    { url: "abc@def", proxy: "robot" },
  ],
  ["no user in a URL", argocd({ url: "https://@host/x", proxy: "https://:@host" }), {}],
  ["a URL without a scheme", argocd({ url: "git@host:a:b@c/x.git" }), {}],
  ...SECRET_TYPES.map((type): (typeof ROWS)[number] => [
    `a password of type ${type}`,
    argocd({ password: "p" }, type),
    { password: "p" },
  ]),
  [
    "the secret of Image Updater",
    secret({ username: "robot", password: "p" }),
    { password: "p of robot" },
  ],
  [
    "an entry of a pull secret",
    pull({ "ghcr.io": { username: "robot", password: "p", auth: auth("robot", "p") } }),
    { "ghcr.io": "p of robot" },
  ],
  ["an entry with auth alone", pull({ "ghcr.io": { auth: auth("u", "a:b") } }), {
    "ghcr.io": "a:b of u",
  }],
  ["an entry without auth", pull({ "ghcr.io": { username: "u", password: "p" } }), {
    "ghcr.io": "p of u",
  }],
  [
    "an entry whose fields differ, with the one that the kubelet uses first",
    pull({
      "ghcr.io": {
        username: "old",
        password: "p",
        auth: auth("u", "a"),
        identitytoken: "i",
        registrytoken: "i",
      },
    }),
    { "ghcr.io": "a of u", "ghcr.io (password)": "p of u", "ghcr.io (identitytoken)": "i of u" },
  ],
  [
    "an entry with a token and no password",
    pull({ "x.azurecr.io": { auth: auth("0000", ""), identitytoken: "i" } }),
    { "x.azurecr.io": "i of 0000" },
  ],
  ["an invalid auth", pull({ "ghcr.io": { auth: "***" } }), { "ghcr.io": "***" }],
  [
    "an entry with fields in other spellings, which Go accepts",
    pull({
      "ghcr.io": { Username: "old", "pa\u017fsword": "p", AUTH: auth("u", "a"), Email: "x" },
    }),
    { "ghcr.io": "a of u", "ghcr.io (password)": "p of u" },
  ],
  [
    "an entry with a field twice, of which the last non-null one counts",
    pull({ "ghcr.io": { Auth: auth("u", "old"), auth: auth("u", "new"), AUTH: null } }),
    { "ghcr.io": "new of u" },
  ],
  ["an entry that is a list", pull({ "ghcr.io": ["Auth"] }), {}],
  ["an entry that is not an object", pull({ "ghcr.io": null, "quay.io": [] }), {}],
  [
    "several registries",
    pull({ "ghcr.io": { auth: auth("u", "a") }, "quay.io": { auth: auth("v", "b") } }),
    { "ghcr.io": "a of u", "quay.io": "b of v" },
  ],
  [
    "registries that are shown alike",
    pull({
      "https://a:b@ghcr.io": { auth: auth("u", "a") },
      "https://c:d@ghcr.io": { auth: auth("v", "b") },
    }),
    { "https://***@ghcr.io": "a of u", "https://***@ghcr.io 2": "b of v" },
  ],
  [
    "the older type",
    secret({ ".dockercfg": JSON.stringify({ "ghcr.io": { auth: auth("u", "a") } }) }, {
      type: DOCKERCFG_TYPE,
    }),
    { "ghcr.io": "a of u" },
  ],
  [
    "a Google key as a password, in the form of its own kind",
    pull({ "gcr.io": { auth: auth("_json_key", GOOGLE_KEY) } }),
    { "gcr.io": `${COMPACT_GOOGLE_KEY} of _json_key` },
  ],
  [
    "a Google key as the password of a repository",
    argocd({ username: "_json_key", password: GOOGLE_KEY, gcpServiceAccountKey: GOOGLE_KEY }),
    { password: `${COMPACT_GOOGLE_KEY} of _json_key`, gcpServiceAccountKey: COMPACT_GOOGLE_KEY },
  ],
  [
    "other JSON as a password, byte for byte",
    argocd({ password: '{ "type": "user", "note": "service_account" }' }),
    { password: '{ "type": "user", "note": "service_account" }' },
  ],
  [
    "other keys of a pull secret, which are not read",
    secret({ ".dockerconfigjson": "{}", password: "p" }, { type: DOCKER_CONFIG_TYPE }),
    {},
  ],
  [
    "an invalid configuration, as a whole",
    secret({ ".dockerconfigjson": "{" }, { type: DOCKER_CONFIG_TYPE }),
    { ".dockerconfigjson": "{" },
  ],
];

for (const [what, of, expected] of ROWS) {
  Deno.test(`credentials are found in ${what}`, () => {
    assert.deepEqual(values(of), expected);
    // In their order too.
    assert.deepEqual(Object.keys(values(of)), Object.keys(expected));
  });
}

const NO_TEXTS: [what: string, of: (bytes: Uint8Array) => ValuesOf][] = [
  ["an auth", (bytes) => pull({ "ghcr.io": { auth: bytes.toBase64() } })],
  ["a configuration", (bytes) => ({
    type: DOCKER_CONFIG_TYPE,
    labels: {},
    data: seal({
      ".dockerconfigjson": joined([
        new TextEncoder().encode('{"auths":{"ghcr.io":{"password":"'),
        bytes,
        new TextEncoder().encode('"}}}'),
      ]).toBase64(),
    }),
  })],
];

for (const [what, of] of NO_TEXTS) {
  Deno.test(`two different values in ${what} that is not UTF-8 stay different`, () => {
    const [a, b] = [0xfe, 0xff].map((byte) =>
      valuesIn(of(new Uint8Array([0x75, 0x3a, byte]))).map(({ value }) => value.reveal())
    );
    assert.deepEqual([a!.length, b!.length], [1, 1]);
    assert.notDeepEqual(a, b);
  });
}

Deno.test("each value has the key that it is in, and its registry", () => {
  const [entry] = valuesIn(pull({ "https://u:p@ghcr.io/v2/": { auth: auth("u", "a") } }));
  const { key, registry } = entry!;
  assert.deepEqual([key, registry], [".dockerconfigjson", "https://***@ghcr.io/v2/"]);
  const [password] = valuesIn(argocd({ password: "p" }));
  assert.equal(password?.key, "password");
  assert.equal("registry" in password!, false);
});

Deno.test("no value is visible in the places of a secret, and no content causes an error", () => {
  const text = fc.oneof(anyText(), fc.json(), fc.constantFrom("://a:b@", "https://a:b@c:d@e"));
  const keys = fc.constantFrom("password", "url", "proxy", "username", ".dockerconfigjson");
  const types = fc.constantFrom("Opaque", DOCKER_CONFIG_TYPE, DOCKERCFG_TYPE);
  fc.assert(fc.property(fc.dictionary(keys, text), types, (data, type) => {
    const found = valuesIn(secret(data, { type }));
    assert.equal(new Set(found.map(({ place }) => place)).size, found.length);
    for (const each of found) assert.match(JSON.stringify(each), /"value":"\[sealed\]"/);
  }));
});

Deno.test("fingerprints are listed by place, without those that cannot be made", async () => {
  const of = argocd({ password: "p", bearerToken: "t", username: "u" });
  const made = await fingerprintsIn(
    of,
    (value) => Promise.resolve(value.reveal() === "t" ? undefined : `of ${value.reveal()}`),
  );
  assert.deepEqual(made, { password: "of p" });
});
