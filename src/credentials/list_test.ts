import assert from "node:assert/strict";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import type { KubeErrorKind } from "../kube/errors.ts";
import { FakeCluster } from "../kube/fake/store.ts";
import type { ListQuery, SecretStore } from "../kube/store.ts";
import { listSecrets, type ListSettings } from "./list.ts";

const SETTINGS: ListSettings = {
  seconds: 5,
  argocdNamespace: "argocd",
  dockerLabels: { "a/type": "docker", "b/type": "docker" },
  dockerNamespaces: ["kube-system", "default", "argocd"],
};

const annotation = "argocd-configurer.io/expires";
const ARGOCD = "argocd.argoproj.io/secret-type";

/** The store of `cluster`, which records its queries. */
function watched(cluster: FakeCluster): { store: SecretStore; queries: ListQuery[] } {
  const store = cluster.store();
  const queries: ListQuery[] = [];
  return {
    queries,
    store: {
      ...store,
      list: (query, deadline) => {
        queries.push(query);
        return store.list(query, deadline);
      },
    },
  };
}

const list = (store: SecretStore, settings: Partial<ListSettings> = {}) =>
  listSecrets("c", store, { ...SETTINGS, ...settings });

async function listed(store: SecretStore, settings?: Partial<ListSettings>) {
  const outcome = await list(store, settings);
  assert.ok(outcome.kind === "listed");
  return outcome;
}

const names = (secrets: readonly { namespace: string; name: string }[]) =>
  secrets.map(({ namespace, name }) => `${namespace}/${name}`);

function filled(): FakeCluster {
  const cluster = new FakeCluster();
  const argocd = (name: string, type: string, kind?: string, namespace = "argocd") =>
    cluster.put(
      { namespace, name, labels: { [ARGOCD]: type } },
      kind === undefined ? {} : { type: btoa(kind) },
    );
  argocd("z-helm", "repository", "helm");
  argocd("git", "repository", "git");
  argocd("oci", "repository", "oci");
  argocd("bare", "repository");
  argocd("creds", "repo-creds", "helm");
  argocd("a-old", "helm-repo-creds");
  argocd("cluster", "cluster");
  argocd("elsewhere", "repository", "helm", "other");
  const docker = (namespace: string, name: string, labels: Record<string, string>) =>
    cluster.put({ namespace, name, labels });
  docker("z", "both", { "a/type": "docker", "b/type": "docker" });
  docker("default", "first", { "a/type": "docker" });
  docker("argocd", "second", { "b/type": "docker" });
  docker("default", "other-value", { "a/type": "x" });
  return cluster;
}

Deno.test("each secret is in the lists that it belongs to, once and sorted", async () => {
  const outcome = await listed(filled().store());
  assert.deepEqual(names(outcome.repoCreds), ["argocd/creds"]);
  assert.deepEqual(names(outcome.docker), ["argocd/second", "default/first", "z/both"]);
  assert.deepEqual(names(outcome.helm), ["argocd/a-old", "argocd/z-helm"]);
  assert.deepEqual(names(outcome.repositories), [
    "argocd/bare",
    "argocd/git",
    "argocd/oci",
    "argocd/z-helm",
  ]);
  assert.deepEqual(outcome.warnings, []);
});

Deno.test("there is one read for Argo CD's secrets, and one for each docker label", async () => {
  const { store, queries } = watched(filled());
  await list(store);
  assert.deepEqual(queries, [
    {
      selector: `${ARGOCD} in (repo-creds,repository,helm-repo-creds)`,
      namespace: "argocd",
      repository: true,
      annotation,
    },
    { selector: "a/type=docker", annotation },
    { selector: "b/type=docker", annotation },
  ]);
});

/** Rejects lists of all namespaces, and of these. */
function restricted(cluster: FakeCluster, forbidden: string[], error: KubeErrorKind = "forbidden") {
  const { store, queries } = watched(cluster);
  cluster.fault = () => {
    const { namespace, selector } = queries.at(-1)!;
    const isDocker = !selector!.startsWith(ARGOCD);
    if (isDocker && namespace === undefined) return { kind: "throw", error: "forbidden" };
    return isDocker && forbidden.includes(namespace!) ? { kind: "throw", error } : undefined;
  };
  // One at a time, since the fault applies to the last query.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn: SecretStore = {
    ...store,
    list: (query, deadline) => {
      const result = turn.then(() => store.list(query, deadline));
      turn = result.catch(() => {});
      return result;
    },
  };
  return inTurn;
}

Deno.test("without the right to list all namespaces, those of the settings are listed", async () => {
  const outcome = await listed(restricted(filled(), []));
  assert.deepEqual(names(outcome.docker), ["argocd/second", "default/first"]);
  assert.deepEqual(outcome.warnings, [
    "The kubeconfig's user cannot list secrets in all namespaces: " +
    "only namespaces kube-system, default, argocd were searched for docker secrets",
  ]);
});

Deno.test("namespaces of the settings that cannot be listed either are named", async () => {
  const outcome = await listed(restricted(filled(), ["argocd", "kube-system"]));
  assert.deepEqual(names(outcome.docker), ["default/first"]);
  assert.deepEqual(outcome.warnings, [
    "The kubeconfig's user cannot list secrets in all namespaces: " +
    "only namespace default was searched for docker secrets",
    "The kubeconfig's user cannot list secrets in kube-system, argocd either",
  ]);
});

Deno.test("without the right to list any namespace, the result is forbidden", async () => {
  const outcome = await list(restricted(filled(), [...SETTINGS.dockerNamespaces]));
  assert.equal(outcome.kind === "failed" && outcome.error.kind, "forbidden");
});

Deno.test("any other failure of a namespace fails the whole list, instead of a list without it", async () => {
  const outcome = await list(restricted(filled(), ["default"], "unreachable"));
  assert.equal(outcome.kind === "failed" && outcome.error.kind, "unreachable");
});

/** The failures of the three reads, in order, and the reported one. */
const WORST: [kinds: (KubeErrorKind | undefined)[], answered: KubeErrorKind][] = [
  [["forbidden", "unreachable", "timeout"], "unreachable"],
  [["timeout", undefined, undefined], "timeout"],
  [[undefined, undefined, "timeout"], "timeout"],
  [["forbidden", undefined, undefined], "forbidden"],
  [["forbidden", "unauthorized", "failed"], "unauthorized"],
  [["failed", "timeout", "busy"], "busy"],
  [["timeout", "invalid_kubeconfig", "unreachable"], "invalid_kubeconfig"],
  [["too_large", undefined, undefined], "too_large"],
];

for (const [kinds, answered] of WORST) {
  Deno.test(`the failures ${kinds.map((kind) => kind ?? "none").join(", ")} are reported as ${answered}`, async () => {
    const cluster = filled();
    cluster.fault = ({ index }) => {
      const error = kinds[index];
      return error && { kind: "throw", error };
    };
    const outcome = await list(cluster.store());
    assert.deepEqual(
      [outcome.kind, outcome.kind === "failed" && outcome.error.kind],
      ["failed", answered],
    );
  });
}

Deno.test("a bug is thrown, and not reported as a failure of the cluster", async () => {
  const cluster = filled();
  cluster.fault = ({ index }) =>
    index === 2 ? { kind: "bug" } : { kind: "throw", error: "timeout" };
  await assert.rejects(list(cluster.store()), TypeError);
});

Deno.test("a hung cluster is reported as a timeout, with the number of seconds", async () => {
  using _clock = fakeClock({ runs: true });
  const cluster = filled();
  cluster.fault = ({ index }) => index === 1 ? { kind: "hang" } : undefined;
  const outcome = await list(cluster.store(), { seconds: 0.05 });
  assert.ok(outcome.kind === "failed");
  assert.deepEqual([outcome.error.kind, outcome.seconds], ["timeout", 0.05]);
});
