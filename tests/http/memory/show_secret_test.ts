import assert from "node:assert/strict";
import { encodeBase64 } from "../../support/base64.ts";
import { linesOf, makeSshKey } from "../material.ts";
import { argocdLabels, NO_LOGIN, repo, sent, show } from "../requests.ts";
import { DOCKER_LABELS, type Stage } from "../stage.ts";
import { CANARY, docker, get, type Row, testsOf } from "../support.ts";

/** GET /secrets/{name} shows a secret without its values. */

const NAME = "my-docker-secret";
const sshKey = makeSshKey();

const shown = (name: string, secrets: object[], more: object = {}) => ({
  cluster: "test-cluster",
  name,
  secrets,
  total: secrets.length,
  ...more,
  status: "success",
});

/** Fixed annotations instead of those that change with each write. */
const SAME = { "argocd-configurer.io/request": "id.1" };
const CREATED = "2026-01-01T00:00:00Z";

/** Gives each secret a fixed request ID. */
async function settle(stage: Stage, ...requests: (() => Request)[]): Promise<void> {
  await sent(...requests)(stage);
  for (const secret of stage.cluster.secrets.values()) {
    Object.assign(secret.annotations, SAME);
  }
}

const common = {
  fingerprint: "fingerprint",
  immutable: false,
  managed: true,
  write: "id.1",
  owner: null,
};

const repository = (more: object) => ({
  name: "my-repo",
  namespace: "argocd",
  labels: argocdLabels("repository"),
  type: "Opaque",
  creation_timestamp: CREATED,
  ...more,
  ...common,
});

const bytes = (key: string, value: string) => ({
  key,
  bytes: new TextEncoder().encode(value).length,
});

const pull = (namespace: string, more: object = {}) => ({
  name: NAME,
  namespace,
  labels: { "app.kubernetes.io/managed-by": "argocd-configurer", ...DOCKER_LABELS },
  type: "kubernetes.io/dockerconfigjson",
  creation_timestamp: CREATED,
  registries: [{ registry: "ghcr.io", username: "your_username" }],
  keys: [bytes(
    ".dockerconfigjson",
    JSON.stringify({
      auths: {
        "ghcr.io": {
          username: "your_username",
          password: CANARY,
          auth: btoa(`your_username:${CANARY}`),
        },
      },
    }),
  )],
  ...common,
  ...more,
});

const foreign = {
  name: "my-repo",
  namespace: "default",
  labels: {},
  type: "Opaque",
  creation_timestamp: CREATED,
  keys: [bytes("password", CANARY), bytes("url", `https://u:${CANARY}@a.example`)],
  fingerprint: "fingerprint",
  immutable: true,
  managed: false,
  write: null,
  owner: "ExternalSecret 'x'",
};

const found: Row[] = [
  {
    name: "a repository is shown with its fields and the lengths of its values",
    request: () => show("my-repo"),
    before: (stage) => settle(stage, () => repo({ project: "team" })),
    status: 200,
    body: shown("my-repo", [
      repository({
        repository_url: "https://github.com/org/app.git",
        repository_name: "my-repo",
        repository_type: "git",
        username: "git-user",
        enable_oci: false,
        project: "team",
        credentials: ["password"],
        keys: [
          bytes("name", "my-repo"),
          bytes("password", CANARY),
          bytes("project", "team"),
          bytes("type", "git"),
          bytes("url", "https://github.com/org/app.git"),
          bytes("username", "git-user"),
        ],
      }),
    ]),
    changes: false,
  },
  {
    name: "an SSH key is shown only as present",
    request: () => show("my-repo", { namespace: "argocd" }),
    before: (stage) =>
      settle(
        stage,
        () => repo({ ...NO_LOGIN, url: "git@github.com:org/app", ssh_private_key: sshKey }),
      ),
    status: 200,
    body: shown("my-repo", [
      repository({
        repository_url: "git@github.com:org/app",
        repository_name: "my-repo",
        repository_type: "git",
        username: "",
        enable_oci: false,
        credentials: ["ssh_private_key"],
        keys: [
          bytes("name", "my-repo"),
          bytes("sshPrivateKey", sshKey),
          bytes("type", "git"),
          bytes("url", "git@github.com:org/app"),
        ],
      }),
    ]),
    absent: linesOf(sshKey),
  },
  {
    name: "a pull secret is shown in all its namespaces, sorted, with its registries",
    request: () => show(NAME),
    before: (stage) => settle(stage, docker),
    status: 200,
    body: shown(NAME, ["argocd", "default", "kube-system"].map((each) => pull(each))),
  },
  {
    name: "only the given namespace is searched",
    request: () => show(NAME, { namespace: "default" }),
    before: (stage) => settle(stage, docker),
    status: 200,
    body: shown(NAME, [pull("default")]),
    after: ({ cluster }) =>
      assert.deepEqual(cluster.calls.slice(-1).map(({ method }) => method), ["read"]),
  },
  {
    name: "a foreign secret is shown as such, without its values",
    request: () => show("my-repo"),
    before: ({ cluster }) =>
      void cluster.put({
        namespace: "default",
        name: "my-repo",
        immutable: true,
        ownerReferences: [{ kind: "ExternalSecret", name: "x" }],
      }, { url: btoa(`https://u:${CANARY}@a.example`), password: btoa(CANARY) }),
    status: 200,
    body: shown("my-repo", [foreign]),
  },
  {
    name: "a token in a URL or in place of a user name is masked",
    request: () => show("my-repo"),
    before: ({ cluster }) => {
      const data = {
        url: `https://x:${CANARY}@github.com/org/app`,
        username: `ghp_${CANARY}`,
        password: "x-oauth-basic",
        name: "n",
        type: "git",
        bearerToken: CANARY,
        useAzureWorkloadIdentity: "true",
      };
      const encoded = Object.entries(data).map(([key, value]) => [key, encodeBase64(value)]);
      cluster.put(
        { namespace: "argocd", name: "my-repo", labels: argocdLabels("repo-creds") },
        Object.fromEntries(encoded),
      );
    },
    status: 200,
    after: (_stage, body) => {
      const [secret] = (body as { secrets: Record<string, unknown>[] }).secrets;
      const { repository_url, username, credentials, write } = secret!;
      assert.deepEqual([repository_url, username, credentials, write], [
        "https://***@github.com/org/app",
        "ghp_***",
        ["password", "bearer_token", "azure_workload_identity"],
        null,
      ]);
    },
  },
  {
    name: "HEAD of a secret answers like GET, without a body",
    request: () => get("/secrets/my-repo?cluster=test-cluster", {}, "HEAD"),
    before: sent(() => repo()),
    status: 200,
  },
];

const v1 = (name: string) => get(`/api/v1/secrets/${name}?cluster=test-cluster`);

/** The same secret as shown below /api/v1. */
const below = (
  { fingerprint, immutable, managed, write, owner, ...rest }: ReturnType<typeof pull>,
) => ({
  ...rest,
  data_fingerprint: fingerprint,
  fingerprints: { "ghcr.io": "fingerprint" },
  ...{ immutable, managed, write, owner },
});

const versioned: Row[] = [
  {
    name: "below /api/v1 the secret and each of its credentials have a fingerprint",
    request: () => v1(NAME),
    before: (stage) => settle(stage, docker),
    status: 200,
    body: shown(NAME, ["argocd", "default", "kube-system"].map((each) => below(pull(each)))),
  },
  {
    name: "below /api/v1 the answer says that fingerprints change at restart, and why",
    request: () => v1(NAME),
    options: { services: { fingerprintsEnd: "there is no key" } },
    before: (stage) => settle(stage, () => docker({ namespaces: "default" })),
    status: 200,
    body: shown(NAME, [below(pull("argocd")), below(pull("default"))], {
      fingerprints_end: "there is no key",
    }),
  },
  {
    name: "at the root the answer does not mention fingerprints changing at restart",
    request: () => show(NAME),
    options: { services: { fingerprintsEnd: "there is no key" } },
    before: (stage) => settle(stage, () => docker({ namespaces: "default" })),
    status: 200,
    body: shown(NAME, [pull("argocd"), pull("default")]),
  },
  {
    name: "below /api/v1 a secret without a credential has no credential fingerprint",
    request: () => v1("my-repo"),
    before: ({ cluster }) => void cluster.put({ namespace: "default", name: "my-repo" }, { a: "" }),
    status: 200,
    after: (_stage, body) => {
      const [secret] = (body as { secrets: Record<string, unknown>[] }).secrets;
      assert.deepEqual(secret!.fingerprints, {});
      assert.equal("fingerprint" in secret!, false);
    },
  },
];

/** Listing all namespaces is forbidden, listing single ones is not. */
const onlyOneByOne = async (stage: Stage) => {
  await settle(stage, () => docker({ namespaces: "default" }));
  stage.cluster.namespaces.set("team-a", "Active");
  stage.cluster.put({ namespace: "team-a", name: NAME });
  let lists = 0;
  stage.cluster.fault = ({ method }) =>
    method === "list" && lists++ === 0 ? { kind: "throw", error: "forbidden" } : undefined;
};

const WARNING = "The kubeconfig's user cannot list secrets in all namespaces: " +
  `'${NAME}' was searched for in kube-system, default, argocd only`;

const limited: Row[] = [
  {
    name: "without the right to list everywhere the default namespaces are shown, with a warning",
    request: () => show(NAME),
    before: onlyOneByOne,
    status: 200,
    body: shown(NAME, [pull("argocd"), pull("default")], { warnings: [WARNING] }),
  },
  {
    name: "a secret not found without the right to list everywhere is 404 with a warning",
    request: () => show(NAME),
    before: ({ cluster }) => {
      let lists = 0;
      cluster.fault = ({ method }) =>
        method === "list" && lists++ === 0 ? { kind: "throw", error: "forbidden" } : undefined;
    },
    status: 404,
    body: {
      error: true,
      message: `Secret '${NAME}' not found in cluster 'test-cluster'`,
      status_code: 404,
      warnings: [WARNING],
    },
  },
];

for (const test of testsOf([...found, ...versioned, ...limited])) Deno.test(test);
