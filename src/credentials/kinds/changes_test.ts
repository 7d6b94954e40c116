import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeBase64Text } from "../../text/bytes.ts";
import type { SecretManifest, StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { type Change, changes } from "./changes.ts";
import { WRITE_ANNOTATION } from "./desired_secret.ts";

interface Made extends Partial<Omit<StoredSecret, "data">> {
  readonly data?: Readonly<Record<string, string>>;
}

/** A secret with plain data. */
function secret({ data = {}, ...more }: Made): StoredSecret {
  const encoded = Object.entries(data).map(([key, value]) => [key, encodeBase64Text(value)]);
  return {
    namespace: "argocd",
    name: "x",
    type: "Opaque",
    labels: {},
    annotations: {},
    uid: "1",
    resourceVersion: "1",
    creationTimestamp: "",
    ...more,
    data: seal(Object.fromEntries(encoded)),
  };
}

const REPOSITORY = { labels: { "argocd.argoproj.io/secret-type": "repository" } };
const OURS = { annotations: { [WRITE_ANNOTATION]: "w1" } };

const repository = (data: Record<string, string>) => secret({ ...REPOSITORY, data });
const pull = (config: unknown, more: Made = OURS) =>
  secret({
    type: "kubernetes.io/dockerconfigjson",
    ...more,
    data: { ".dockerconfigjson": JSON.stringify(config) },
  });

const CHANGES: [what: string, before: StoredSecret | undefined, after: SecretManifest, Change[]][] =
  [
    ["the same", repository({ url: "https://x" }), repository({ url: "https://x" }), []],
    [
      "a new secret",
      undefined,
      secret({ ...REPOSITORY, data: { url: "https://x", password: "p" } }),
      [
        { field: "type", after: "Opaque" },
        { field: "labels.argocd.argoproj.io/secret-type", after: "repository" },
        { field: "data.password", after: "***" },
        { field: "data.url", after: "https://x" },
      ],
    ],
    [
      "the request that wrote it last",
      secret(OURS),
      secret({ annotations: { [WRITE_ANNOTATION]: "w2" } }),
      [],
    ],
    ["a label", secret({ labels: { a: "1", b: "2" } }), secret({ labels: { b: "3", c: "" } }), [
      { field: "labels.a", before: "1" },
      { field: "labels.b", before: "2", after: "3" },
      { field: "labels.c", after: "" },
    ]],
    [
      "annotations without their values, which may be secret",
      secret({ annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" } }),
      secret({ annotations: { "managed-by": "argocd.argoproj.io" } }),
      [
        {
          field: "annotations.kubectl.kubernetes.io/last-applied-configuration",
          before: "***",
        },
        { field: "annotations.managed-by", after: "argocd.argoproj.io" },
      ],
    ],
    [
      "another type, and no longer immutable",
      secret({ type: "Opaque", immutable: true }),
      pull({}),
      [
        { field: "type", before: "Opaque", after: "kubernetes.io/dockerconfigjson" },
        { field: "immutable", before: "true" },
        { field: "data..dockerconfigjson", after: "" },
      ],
    ],
    ["another password", repository({ password: "a" }), repository({ password: "b" }), [
      { field: "data.password", before: "***", after: "***" },
    ]],
    [
      "another kind of credential",
      repository({ username: "user", password: "a" }),
      repository({ sshPrivateKey: "k" }),
      [
        { field: "data.password", before: "***" },
        { field: "data.sshPrivateKey", after: "***" },
        { field: "data.username", before: "user" },
      ],
    ],
    [
      "options, which are not secret",
      repository({ project: "a", insecure: "true", depth: "1", enableLfs: "true" }),
      repository({ project: "b", insecure: "false", depth: "2", noProxy: "x,y" }),
      [
        { field: "data.depth", before: "1", after: "2" },
        { field: "data.enableLfs", before: "true" },
        { field: "data.insecure", before: "true", after: "false" },
        { field: "data.noProxy", after: "x,y" },
        { field: "data.project", before: "a", after: "b" },
      ],
    ],
    [
      "URLs, less the password in them",
      repository({ url: "https://u:p@x.example/a", proxy: "http://u:p@proxy:1" }),
      repository({ url: "https://x.example/a", githubAppEnterpriseBaseUrl: "https://u@g/api" }),
      [
        { field: "data.githubAppEnterpriseBaseUrl", after: "https://***@g/api" },
        { field: "data.proxy", before: "http://***@proxy:1" },
        { field: "data.url", before: "https://***@x.example/a", after: "https://x.example/a" },
      ],
    ],
    [
      "user names, except those that are tokens",
      repository({ username: "ghp_abcdef", password: "x" }),
      repository({ username: "any-token", password: "x-oauth-basic" }),
      [
        { field: "data.password", before: "***", after: "***" },
        { field: "data.username", before: "ghp_***", after: "***" },
      ],
    ],
    [
      "registries and their users",
      pull({ auths: { "ghcr.io": { username: "old", password: "p" }, "quay.io": { auth: "" } } }),
      pull({ auths: { "ghcr.io": { username: "new", password: "q", auth: btoa("new:q") } } }),
      [{
        field: "data..dockerconfigjson",
        before: "ghcr.io (old), quay.io",
        after: "ghcr.io (new)",
      }],
    ],
    [
      "another password of a registry, in any of its fields",
      pull({
        auths: {
          "ghcr.io": { username: "user", password: "p", auth: btoa("user:p") },
          "quay.io": { username: "robot", password: "p" },
          "x.example": { identitytoken: "a" },
          "y.example": { auth: btoa("user:old") },
        },
      }),
      pull({
        auths: {
          "ghcr.io": { username: "user", password: "q", auth: btoa("user:q") },
          "quay.io": { auth: btoa("robot:p") },
          "x.example": { identitytoken: "b" },
          "y.example": { username: "user", password: "new" },
        },
      }),
      [{
        field: "data..dockerconfigjson",
        before: "ghcr.io (user), quay.io (robot), x.example, y.example (user)",
        after: "ghcr.io (user, another password), quay.io (robot), x.example (another password), " +
          "y.example (user, another password)",
      }],
    ],
    [
      "a difference in hidden values",
      pull({ auths: { "ghcr.io": { auth: btoa("user:p"), email: "x" } }, HttpHeaders: {} }),
      pull({ auths: { "ghcr.io": { username: "user", password: "p", auth: btoa("user:p") } } }),
      [{
        field: "data..dockerconfigjson",
        before: "ghcr.io (user)",
        after: "ghcr.io (user); other fields differ",
      }],
    ],
    [
      "the passwords of a configuration that was invalid before as new",
      secret({ ...OURS, data: { ".dockerconfigjson": "no JSON" } }),
      secret({ ...OURS, data: { ".dockerconfigjson": '{"auths":{"ghcr.io":{}}}' } }),
      [{ field: "data..dockerconfigjson", before: "***", after: "ghcr.io" }],
    ],
    [
      "a configuration that cannot be read",
      secret({
        ...OURS,
        data: { ".dockerconfigjson": "no JSON" },
      }),
      secret({ ...OURS, data: {} }),
      [{ field: "data..dockerconfigjson", before: "***" }],
    ],
    [
      "the logins of the older type as those of the newer",
      secret({
        ...OURS,
        type: "kubernetes.io/dockercfg",
        data: {
          ".dockercfg": JSON.stringify({
            "ghcr.io": { auth: btoa("user:p") },
            "quay.io": { auth: btoa("robot:p") },
          }),
        },
      }),
      pull({
        auths: {
          "ghcr.io": { auth: btoa("user:q") },
          "quay.io": { username: "robot", password: "p" },
        },
      }),
      [
        {
          field: "type",
          before: "kubernetes.io/dockercfg",
          after: "kubernetes.io/dockerconfigjson",
        },
        { field: "data..dockercfg", before: "ghcr.io (user), quay.io (robot)" },
        {
          field: "data..dockerconfigjson",
          after: "ghcr.io (user, another password), quay.io (robot)",
        },
      ],
    ],
    [
      "no difference in logins that move to the newer type",
      secret({
        ...OURS,
        type: "kubernetes.io/dockercfg",
        data: { ".dockercfg": `{"ghcr.io": {"auth": "${btoa("user:p")}"}}` },
      }),
      pull({ auths: { "ghcr.io": { auth: btoa("user:p") } } }),
      [
        {
          field: "type",
          before: "kubernetes.io/dockercfg",
          after: "kubernetes.io/dockerconfigjson",
        },
        { field: "data..dockercfg", before: "ghcr.io (user)" },
        { field: "data..dockerconfigjson", after: "ghcr.io (user)" },
      ],
    ],
    [
      "the secret of Image Updater",
      secret({ ...OURS, data: { username: "a", password: "b" } }),
      secret({ ...OURS, data: { username: "c", password: "b" } }),
      [{ field: "data.username", before: "a", after: "c" }],
    ],
    [
      "a foreign secret, in which any key may hold a secret",
      secret({ data: { name: "n", url: "u", username: "s", type: "t" } }),
      repository({ name: "repo", url: "https://x", type: "git" }),
      [
        { field: "labels.argocd.argoproj.io/secret-type", after: "repository" },
        { field: "data.name", before: "***", after: "repo" },
        { field: "data.type", before: "***", after: "git" },
        { field: "data.url", before: "***", after: "https://x" },
        { field: "data.username", before: "***" },
      ],
    ],
    [
      "keys that every object has",
      secret({ labels: { toString: "a" }, data: { constructor: "a" } }),
      secret({ labels: { constructor: "b" } }),
      [
        { field: "labels.constructor", after: "b" },
        { field: "labels.toString", before: "a" },
        { field: "data.constructor", before: "***" },
      ],
    ],
  ];

for (const [what, before, after, expected] of CHANGES) {
  Deno.test(`the changes show ${what}`, () => assert.deepEqual(changes(before, after), expected));
}

const CANARY = `canary${crypto.randomUUID()}`;

/** Keys whose values are never shown, with one that holds the canary. */
const SECRET_KEYS = [
  "password",
  "bearerToken",
  "sshPrivateKey",
  "githubAppPrivateKey",
  "gcpServiceAccountKey",
  "tlsClientCertData",
  "tlsClientCertKey",
  "anything-else",
  "auth",
  ".dockercfg",
];
const secretEntry = fc.constantFrom(
  ...SECRET_KEYS.map((key) => [key, CANARY]),
  ["url", `https://user:${CANARY}@x.example/a`],
  ["url", `https://${CANARY}@x.example/a`],
  ["proxy", `socks5://user:${CANARY}@proxy:1`],
  ["githubAppEnterpriseBaseUrl", `https://${CANARY}@x.example`],
  ["username", `ghp_${CANARY}`],
  [
    ".dockerconfigjson",
    JSON.stringify({
      auths: {
        "ghcr.io": { username: "user", password: CANARY, auth: btoa(`user:${CANARY}`) },
        "quay.io": { identitytoken: CANARY, registrytoken: CANARY },
        [`https://user:${CANARY}@x.example`]: {},
        "x.example": { username: CANARY, password: "x-oauth-basic" },
      },
      HttpHeaders: { Authorization: CANARY },
    }),
  ],
  [".dockerconfigjson", `{"auths": "${CANARY}`],
  [
    ".dockercfg",
    JSON.stringify({
      "ghcr.io": { username: "user", password: CANARY, auth: btoa(`user:${CANARY}`) },
      [`https://user:${CANARY}@x.example`]: {},
      "x.example": { username: CANARY, password: "x-oauth-basic" },
    }),
  ],
  [".dockercfg", `{"auths": "${CANARY}"}`],
);
const data = fc.array(secretEntry, { maxLength: 5 }).map((entries) => Object.fromEntries(entries));
const foreignData = fc.dictionary(
  fc.constantFrom("name", "type", "project", "url", "username", "depth", "proxy", "noProxy"),
  fc.constant(CANARY),
);

Deno.test("no change shows the value of a credential, whatever was stored and is written", () => {
  const marks = fc.constantFrom<Made>(REPOSITORY, OURS, {
    labels: { "argocd.argoproj.io/secret-type": "repo-creds" },
  }, { annotations: { ...OURS.annotations, note: CANARY } });
  const foreign = fc.constantFrom<Made>(
    {},
    { labels: { "argocd.argoproj.io/secret-type": "cluster" } },
    { annotations: { "kubectl.kubernetes.io/last-applied-configuration": CANARY } },
  );
  const known = fc.tuple(marks, data).map(([marks, data]) => secret({ ...marks, data }));
  const unknown = fc.tuple(foreign, data, foreignData)
    .map(([marks, data, more]) => secret({ ...marks, data: { ...data, ...more } }));
  fc.assert(
    fc.property(fc.option(fc.oneof(known, unknown), { nil: undefined }), known, (before, after) => {
      const text = JSON.stringify(changes(before, after));
      assert.ok(!text.includes(CANARY), text);
      assert.ok(!text.includes(btoa(CANARY).slice(4, -4)), text);
    }),
    { numRuns: 2000 },
  );
});
