import assert from "node:assert/strict";
import { deadlineIn } from "../kube/deadline.ts";
import type { KubeErrorKind } from "../kube/errors.ts";
import { FakeCluster } from "../kube/fake/store.ts";
import { type DataQuery, type SecretStore, WITHHELD } from "../kube/store.ts";
import { encodeBase64Text } from "../text/bytes.ts";
import { inventory, type InventoryScope, type InventorySettings } from "./inventory.ts";
import { SECRET_TYPE_LABEL } from "./kinds/repository_credential.ts";
import { DOCKER_CONFIG_TYPE, DOCKERCFG_TYPE } from "./kinds/pull_secret.ts";

const SETTINGS: InventorySettings = {
  argocdNamespace: "argocd",
  dockerLabels: { "a/type": "docker", "b/type": "docker" },
  dockerNamespaces: ["default", "argocd", "kube-system"],
};

const ARGOCD = `${SECRET_TYPE_LABEL} in (repo-creds,repo-write-creds,repository,repository-write)`;

/** A list request: what it lists, and in which namespace. */
type Where = {
  readonly what: "secrets" | "accounts" | "argocd";
  readonly namespace: string | undefined;
};

/** The store of a cluster, which records its requests; some of them fail. */
function watched(cluster: FakeCluster, fails: (where: Where) => KubeErrorKind | undefined) {
  const asked: (DataQuery | "accounts")[] = [];
  const failed = (where: Where) => {
    const error = fails(where);
    cluster.fault = () => error === undefined ? undefined : { kind: "throw", error };
  };
  // The fault applies to the last call, so calls run one after the other.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(ask: () => Promise<T>): Promise<T> => {
    const result = turn.then(ask);
    turn = result.catch(() => {});
    return result;
  };
  const store = cluster.store();
  const watching: SecretStore = {
    ...store,
    list: () => assert.fail("it lists with data only"),
    read: () => assert.fail("it reads nothing one by one"),
    listData: (query, deadline) =>
      inTurn(() => {
        asked.push(query);
        const { selector, namespace } = query;
        failed({ what: selector === ARGOCD ? "argocd" : "secrets", namespace });
        return store.listData(query, deadline);
      }),
    serviceAccounts: (namespace, deadline) =>
      inTurn(() => {
        asked.push("accounts");
        failed({ what: "accounts", namespace });
        return store.serviceAccounts(namespace, deadline);
      }),
  };
  return { asked, store: watching };
}

async function taken(
  scope: InventoryScope = {},
  settings: Partial<InventorySettings> = {},
  fails: (where: Where) => KubeErrorKind | undefined = () => undefined,
  cluster = filled(),
) {
  const { asked, store } = watched(cluster, fails);
  const all = { ...SETTINGS, ...settings };
  const { argocd, pullSecrets, serviceAccounts, ...rest } = await inventory(
    store,
    all,
    scope,
    deadlineIn(9),
  );
  return {
    asked,
    secrets: [...argocd, ...pullSecrets],
    argocd: names(argocd),
    pullSecrets: names(pullSecrets),
    accounts: serviceAccounts && names(serviceAccounts),
    ...rest,
  };
}

const names = (refs: readonly { namespace: string; name: string }[]) =>
  refs.map(({ namespace, name }) => `${namespace}/${name}`);

function filled(): FakeCluster {
  const cluster = new FakeCluster();
  const argocd = (name: string, type: string, namespace = "argocd") => {
    const data = { url: encodeBase64Text("https://x"), password: encodeBase64Text("p") };
    cluster.put({ namespace, name, labels: { [SECRET_TYPE_LABEL]: type } }, data);
  };
  argocd("write", "repository-write");
  argocd("creds", "repo-creds");
  argocd("write-creds", "repo-write-creds");
  argocd("a", "repository");
  argocd("cluster", "cluster");
  argocd("old", "helm-repo-creds");
  argocd("elsewhere", "repository", "other");
  const pull = (namespace: string, name: string, labels: Record<string, string>, type?: string) =>
    cluster.put({ namespace, name, labels, type: type ?? DOCKER_CONFIG_TYPE }, {
      ".dockerconfigjson": encodeBase64Text("{}"),
    });
  pull("z", "both", { "a/type": "docker", "b/type": "docker" });
  pull("default", "first", { "a/type": "docker" });
  pull("argocd", "first-iu", { "b/type": "docker" }, "Opaque");
  pull("default", "bare", {});
  pull("other", "older", {}, DOCKERCFG_TYPE);
  pull("other", "opaque", { "a/type": "x" }, "Opaque");
  for (const namespace of ["z", "default"]) cluster.putAccount({ namespace, name: "default" });
  return cluster;
}

Deno.test("each secret is found once, sorted, with one request per label and one for Argo CD", async () => {
  const { asked, ...found } = await taken();
  assert.deepEqual(found.argocd, [
    "argocd/a",
    "argocd/creds",
    "argocd/write",
    "argocd/write-creds",
  ]);
  assert.deepEqual(found.pullSecrets, ["argocd/first-iu", "default/first", "z/both"]);
  assert.deepEqual([found.accounts, found.warnings, found.isWhole], [undefined, [], true]);
  assert.deepEqual(asked, [
    { selector: ARGOCD, namespace: "argocd" },
    { selector: "a/type=docker" },
    { selector: "b/type=docker" },
  ]);
  const password = found.secrets[0]?.data.reveal().password;
  assert.equal(password, encodeBase64Text("p"));
});

Deno.test("with everywhere, pull secrets of both types are found whatever their labels", async () => {
  const { asked, pullSecrets, accounts } = await taken({
    everywhere: true,
    serviceAccounts: true,
  });
  assert.deepEqual(pullSecrets, [
    "argocd/first-iu",
    "default/bare",
    "default/first",
    "other/older",
    "z/both",
  ]);
  assert.deepEqual(accounts, ["default/default", "z/default"]);
  assert.deepEqual(asked.slice(3), [
    { type: DOCKER_CONFIG_TYPE },
    { type: DOCKERCFG_TYPE },
    "accounts",
  ]);
});

Deno.test("without values, only the displayed keys are read, and no credential", async () => {
  const { asked, secrets } = await taken({ values: false });
  const keys = asked.map((query) => query !== "accounts" && query.keys);
  assert.deepEqual(keys.slice(1), [[], []]);
  assert.ok(
    keys[0] && keys[0].includes("url") && keys[0].includes("azureServicePrincipalTenantID"),
  );
  const hidden = ["password", "bearerToken", "sshPrivateKey", "proxy", "gcpServiceAccountKey"];
  for (const key of hidden) assert.equal(keys[0].includes(key), false, key);
  const [repository] = secrets;
  assert.deepEqual(repository?.data.reveal(), {
    url: encodeBase64Text("https://x"),
    password: WITHHELD,
  });
  assert.deepEqual(secrets.at(-1)?.data.reveal(), {});
});

Deno.test("without values, a user name that is the token is still recognized", async () => {
  const cluster = new FakeCluster();
  const data = { username: encodeBase64Text("u"), password: encodeBase64Text("x-oauth-basic") };
  const labels = { [SECRET_TYPE_LABEL]: "repository" };
  cluster.put({ namespace: "argocd", name: "a", labels }, data);
  const { secrets } = await taken({ values: false }, {}, undefined, cluster);
  assert.deepEqual(secrets[0]?.data.reveal(), data);
});

Deno.test("without Argo CD, its secrets are not requested", async () => {
  const { asked, argocd, pullSecrets } = await taken({}, { argocdNamespace: undefined });
  assert.deepEqual(asked, [{ selector: "a/type=docker" }, { selector: "b/type=docker" }]);
  assert.deepEqual(argocd, []);
  assert.equal(pullSecrets.length, 3);
});

Deno.test("without the right to list all namespaces, those of the settings are listed, with one warning", async () => {
  const { asked, pullSecrets, accounts, warnings, isWhole } = await taken(
    { serviceAccounts: true },
    {},
    ({ namespace }) =>
      namespace === undefined || namespace === "kube-system" ? "forbidden" : undefined,
  );
  assert.deepEqual(pullSecrets, ["argocd/first-iu", "default/first"]);
  assert.deepEqual(accounts, ["default/default"]);
  assert.equal(isWhole, false);
  assert.deepEqual(warnings, [
    "The kubeconfig's user cannot list secrets in all namespaces: only namespaces default, " +
    "argocd were searched for docker secrets",
    "The kubeconfig's user cannot list secrets in kube-system either",
    "The kubeconfig's user cannot list serviceaccounts in all namespaces: only namespaces " +
    "default, argocd were searched for service accounts",
    "The kubeconfig's user cannot list serviceaccounts in kube-system either",
  ]);
  assert.equal(asked.length, 1 + 2 * 4 + 4);
});

Deno.test("without the right to list all namespaces and without namespaces in the settings, the error is reported", async () => {
  const taking = taken(
    {},
    { dockerNamespaces: [], argocdNamespace: undefined },
    () => "forbidden",
  );
  await assert.rejects(taking, { kind: "forbidden" });
});

Deno.test("service accounts that may not be listed are left out with a warning", async () => {
  const { accounts, warnings, pullSecrets, isWhole } = await taken(
    { serviceAccounts: true },
    {},
    ({ what }) => what === "accounts" ? "forbidden" : undefined,
  );
  assert.equal(accounts, undefined);
  assert.deepEqual(warnings, ["The kubeconfig's user cannot list service accounts"]);
  assert.deepEqual([pullSecrets.length, isWhole], [3, true]);
});

const REFUSED: [
  what: Where["what"][],
  settings: Partial<InventorySettings>,
  expected: Partial<Awaited<ReturnType<typeof taken>>>,
][] = [
  [["argocd"], {}, {
    argocd: [],
    pullSecrets: ["argocd/first-iu", "default/first", "z/both"],
    refused: ["argocd"],
    warnings: [
      "The kubeconfig's user cannot list secrets in namespace 'argocd': repositories and templates " +
      "were not read",
    ],
  }],
  [["secrets"], {}, {
    argocd: ["argocd/a", "argocd/creds", "argocd/write", "argocd/write-creds"],
    pullSecrets: [],
    refused: ["docker"],
    warnings: [
      "The kubeconfig's user cannot list secrets in all namespaces, nor in default, argocd, " +
      "kube-system: pull secrets were not read",
    ],
  }],
  [["secrets", "accounts"], { dockerNamespaces: [] }, {
    accounts: undefined,
    refused: ["docker"],
    warnings: [
      "The kubeconfig's user cannot list secrets in all namespaces: pull secrets were not read",
      "The kubeconfig's user cannot list service accounts",
    ],
  }],
];

for (const [what, settings, expected] of REFUSED) {
  Deno.test(`without any right to list ${what.join(" and ")}, the rest is found: ${JSON.stringify(settings)}`, async () => {
    const found: Partial<Awaited<ReturnType<typeof taken>>> = await taken(
      { serviceAccounts: true },
      settings,
      (where) => what.includes(where.what) ? "forbidden" : undefined,
    );
    const keys = Object.keys(expected) as (keyof typeof expected)[];
    assert.deepEqual(Object.fromEntries(keys.map((key) => [key, found[key]])), expected);
  });
}

Deno.test("only the wanted parts are requested, and missing rights for the others do not matter", async () => {
  const argocd = await taken(
    { parts: ["argocd"], serviceAccounts: true, everywhere: true },
    {},
    ({ what }) => what === "argocd" ? undefined : "forbidden",
  );
  assert.deepEqual(argocd.asked, [{ selector: ARGOCD, namespace: "argocd" }]);
  assert.deepEqual([argocd.argocd.length, argocd.warnings, argocd.refused], [4, [], []]);
  const docker = await taken(
    { parts: ["docker"] },
    {},
    ({ what }) => what === "argocd" ? "forbidden" : undefined,
  );
  assert.deepEqual(docker.asked, [{ selector: "a/type=docker" }, { selector: "b/type=docker" }]);
  assert.deepEqual([docker.pullSecrets.length, docker.warnings, docker.refused], [3, [], []]);
});

const FAILURES: [
  what: string,
  fails: (where: Where) => KubeErrorKind | undefined,
  KubeErrorKind,
][] = [
  ["no namespace may be listed", () => "forbidden", "forbidden"],
  [
    "one part cannot be listed and the other gets no response",
    ({ what }) => what === "argocd" ? "forbidden" : what === "secrets" ? "timeout" : undefined,
    "timeout",
  ],
  [
    "one namespace gets no response",
    ({ namespace }) =>
      namespace === undefined ? "forbidden" : namespace === "default" ? "timeout" : undefined,
    "timeout",
  ],
  [
    "service accounts are not answered for",
    ({ what }) => what === "accounts" ? "unreachable" : undefined,
    "unreachable",
  ],
  [
    "several fail: the most severe one",
    ({ what }) => what === "accounts" ? "unauthorized" : "busy",
    "busy",
  ],
];

for (const [what, fails, kind] of FAILURES) {
  Deno.test(`the inventory fails as a whole when ${what}`, async () => {
    await assert.rejects(taken({ serviceAccounts: true }, {}, fails), { kind });
  });
}

Deno.test("a bug in the store is thrown", async () => {
  const cluster = filled();
  cluster.fault = () => ({ kind: "bug" });
  const taking = inventory(cluster.store(), SETTINGS, {}, deadlineIn(9));
  await assert.rejects(taking, TypeError);
});
