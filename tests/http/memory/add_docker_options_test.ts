import assert from "node:assert/strict";
import type { FakeCluster } from "../../../src/kube/fake/store.ts";
import { DOCKER_LABELS, type Stage, stored, storedLogin } from "../stage.ts";
import { CANARY, docker, refused, type Row, testsOf } from "../support.ts";
import { sent } from "../requests.ts";

/** Several registries, merging, service accounts and selected namespaces, with exact responses. */

const NAME = "my-docker-secret";
const REF = `default/${NAME}`;

const result = (namespace: string, action: string, name = NAME) => ({
  namespace,
  result: { success: true, namespace, output: `secret/${name} ${action}` },
});

/** @param registry `null` if several were sent */
const added = (
  namespaces: string[],
  action: string,
  more: object = {},
  verb = "created",
  registry: string | null = "ghcr.io",
) => ({
  success: true,
  cluster: "test-cluster",
  name: NAME,
  namespaces,
  ...(registry === null ? {} : { registry }),
  results: namespaces.map((namespace) => result(namespace, action)),
  ...more,
  message: `Docker registry secrets ${verb}${verb === "unchanged" ? "" : " successfully"} in ` +
    `${namespaces.length} namespace(s)`,
});

const NO_LOGIN = { username: undefined, password: undefined };
const login = (registry: string, username = "user") => ({ registry, username, password: CANARY });
const auths = (cluster: FakeCluster, ref = REF) =>
  JSON.parse(stored(cluster, ref, ".dockerconfigjson")).auths;
const ALL = ["kube-system", "default", "argocd"];

const registries: Row[] = [
  {
    name: "several registries are stored in one secret, each with its login",
    request: () =>
      docker({ ...NO_LOGIN, registries: [login("ghcr.io", "one"), login("docker.io", "two")] }),
    status: 200,
    body: added(ALL, "created", {}, "created", null),
    changes: true,
    after: ({ cluster }) => {
      const entry = (username: string) => ({
        username,
        password: CANARY,
        auth: btoa(`${username}:${CANARY}`),
      });
      assert.deepEqual(auths(cluster), {
        "ghcr.io": entry("one"),
        "https://index.docker.io/v1/": entry("two"),
        "https://registry-1.docker.io": entry("two"),
      });
    },
  },
  {
    name: "an Amazon ECR registry gets a hint about the user name and the password's lifetime",
    request: () => docker({ registry: "123456789012.dkr.ecr.eu-west-1.amazonaws.com" }),
    status: 200,
    body: added(
      ALL,
      "created",
      {
        hint:
          "The user name for Amazon ECR must be AWS. Amazon ECR passwords expire after 12 hours; " +
          "write a new one before then, from 'aws ecr get-login-password --region eu-west-1'",
      },
      "created",
      "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
    ),
    changes: true,
  },
];

/** Another registry's entry, with spaces and a number that JSON.stringify would write differently. */
const QUAY = `{ "username": "other" , "password":"p", "weight": 1.0 }`;

const putPull = (text: string, more: object = {}) => ({ cluster }: Stage) => {
  for (const namespace of ALL) {
    cluster.put({
      namespace,
      name: NAME,
      type: "kubernetes.io/dockerconfigjson",
      labels: DOCKER_LABELS,
      ...more,
    }, { ".dockerconfigjson": btoa(text) });
  }
};

const MERGE = { merge: true };

const merges: Row[] = [
  {
    name: "merge keeps other registries byte for byte and needs no upsert",
    request: () => docker(MERGE),
    before: putPull(`{"auths": {"quay.io": ${QUAY}, "ghcr.io": {"auth": ""}}, "credsStore": "x"}`),
    status: 200,
    body: added(ALL, "replaced", {}, "updated"),
    changes: true,
    after: ({ cluster }) => {
      const text = stored(cluster, REF, ".dockerconfigjson");
      assert.ok(text.startsWith(`{"auths":{"quay.io":${QUAY},"ghcr.io":{"username":`), text);
      assert.ok(text.endsWith(`"credsStore": "x"}`), text);
      assert.equal(storedLogin(cluster, REF).password, CANARY);
    },
  },
  {
    name: "without merge other registries are removed",
    request: () => docker({ upsert: true }),
    before: putPull(`{"auths": {"quay.io": ${QUAY}}}`),
    status: 200,
    body: added(ALL, "replaced", {}, "updated"),
    after: ({ cluster }) => assert.deepEqual(Object.keys(auths(cluster)), ["ghcr.io"]),
  },
  {
    name: "merge creates a missing secret",
    request: () => docker(MERGE),
    status: 200,
    body: added(ALL, "created"),
    changes: true,
  },
  {
    name: "merging what is already stored changes nothing",
    request: () => docker(MERGE),
    before: sent(docker),
    status: 200,
    body: added(ALL, "unchanged", {}, "unchanged"),
    changes: false,
  },
  ...([
    ["invalid JSON", "{", "must be a JSON object"],
    ["an array", "[]", "must be a JSON object"],
    [
      "an auths field that is not an object",
      `{"auths": []}`,
      "must have an object in its field 'auths'",
    ],
    [
      "two auths fields",
      `{"auths": {}, "Auths": {}}`,
      "must have its registries in one field 'auths'",
    ],
  ] as const).map(([what, text, why]): Row => ({
    name: `merging into a secret with ${what} is rejected`,
    request: () => docker(MERGE),
    before: putPull(text),
    status: 409,
    body: {
      error: true,
      message: `Secret kube-system/${NAME} cannot be merged: its Docker configuration ` +
        `${why} (and 2 more problems). Use 'upsert' instead of 'merge' to replace the whole secret`,
      status_code: 409,
    },
    changes: false,
  })),
  {
    name: "a pull secret managed by another program is not changed",
    request: () => docker(MERGE),
    before: putPull("{}", {
      annotations: { "reconcile.external-secrets.io/data-hash": "1" },
    }),
    status: 409,
    body: {
      error: true,
      message: `Secret kube-system/${NAME} is managed by External Secrets, which would ` +
        'revert the change (and 2 more problems). Change it there, or send "force": true',
      status_code: 409,
    },
    changes: false,
  },
];

const patched = (namespace: string, name: string, dryRun = "") => ({
  namespace,
  name,
  output: `serviceaccount/${name} patched${dryRun}`,
});

const accounts = (...refs: [namespace: string, name: string, pullSecrets?: string[]][]) =>
(
  { cluster }: Stage,
) => {
  for (const [namespace, name, pullSecrets] of refs) {
    cluster.putAccount({ namespace, name, ...(pullSecrets ? { pullSecrets } : {}) });
  }
};

const pullSecretsOf = (cluster: FakeCluster) =>
  Object.fromEntries([...cluster.accounts].map(([ref, each]) => [ref, each.pullSecrets]));

const serviceAccounts: Row[] = [
  {
    name: "the secret is added to service accounts beside their own, except in Argo CD's namespace",
    request: () => docker({ service_accounts: ["default", "builder", "default"] }),
    before: accounts(
      ["default", "default", ["old"]],
      ["default", "builder"],
      ["kube-system", "default"],
      ["kube-system", "builder", [NAME]],
      ["argocd", "default"],
      ["argocd", "builder"],
    ),
    status: 200,
    body: added(ALL, "created", {
      service_accounts: [
        patched("kube-system", "default"),
        patched("default", "default"),
        patched("default", "builder"),
      ],
    }),
    changes: true,
    after: ({ cluster }) =>
      assert.deepEqual(pullSecretsOf(cluster), {
        "default/default": ["old", NAME],
        "default/builder": [NAME],
        "kube-system/default": [NAME],
        "kube-system/builder": [NAME],
        "argocd/default": [],
        "argocd/builder": [],
      }),
  },
  {
    name: "all missing service accounts are named, and nothing is written",
    request: () => docker({ service_accounts: ["default", "builder"] }),
    before: accounts(["default", "default"], ["kube-system", "builder"]),
    status: 400,
    body: {
      error: true,
      message: "Service accounts do not exist: kube-system/default, default/builder",
      status_code: 400,
    },
    changes: false,
    after: ({ cluster }) => assert.deepEqual(Object.values(pullSecretsOf(cluster)).flat(), []),
  },
  {
    name: "when a service account cannot be changed, the secrets are rolled back",
    request: () => docker({ namespaces: "default", service_accounts: ["default"] }),
    before: (stage) => {
      accounts(["default", "default"])(stage);
      stage.cluster.fault = ({ method }) =>
        method === "attach" ? { kind: "reject", item: 0, error: "forbidden" } : undefined;
    },
    status: 502,
    body: {
      error: true,
      message: "Cannot do it: forbidden. Nothing was changed",
      status_code: 502,
      status: "forbidden",
      cluster: "test-cluster",
      name: NAME,
      results: ["default", "argocd"].map((namespace) => ({
        namespace,
        result: { success: false, namespace, error: `secret/${NAME}: written and rolled back` },
      })),
      rolled_back: true,
    },
    changes: false,
  },
  refused(
    "service_accounts without the right to read them is 502 forbidden",
    () => docker({ service_accounts: ["default"] }),
    502,
    {
      error: true,
      message: "Cannot do it: forbidden",
      status_code: 502,
      status: "forbidden",
    },
    {
      opens: true,
      before: ({ cluster }) => {
        cluster.fault = ({ method }) =>
          method === "serviceAccounts" ? { kind: "throw", error: "forbidden" } : undefined;
      },
    },
  ),
];

for (const test of testsOf([...registries, ...merges, ...serviceAccounts])) Deno.test(test);
