import assert from "node:assert/strict";
import { deadlineIn } from "../kube/deadline.ts";
import type { KubeErrorKind } from "../kube/errors.ts";
import { FakeCluster } from "../kube/fake/store.ts";
import type { ListQuery, SecretStore } from "../kube/store.ts";
import { WRITE_ANNOTATION } from "./kinds/desired_secret.ts";
import { type NamedSettings, secretsNamed } from "./named.ts";

const SETTINGS: NamedSettings = {
  argocdNamespace: "argocd",
  dockerNamespaces: ["kube-system", "default"],
};

function cluster(): FakeCluster {
  const it = new FakeCluster();
  for (const namespace of ["team", "default", "argocd", "kube-system"]) {
    it.put({ namespace, name: "pull", annotations: { [WRITE_ANNOTATION]: `of-${namespace}` } });
  }
  it.put({ namespace: "default", name: "other" });
  return it;
}

/** A store that answers lists of some namespaces only; `undefined` stands for all of them. */
function restricted(
  it: FakeCluster,
  refused: (namespace: string | undefined) => KubeErrorKind | undefined,
): { store: SecretStore; queries: ListQuery[] } {
  const store = it.store();
  const queries: ListQuery[] = [];
  return {
    queries,
    store: {
      ...store,
      list: async (query, deadline) => {
        queries.push(query);
        const error = refused(query.namespace);
        if (error === undefined) return await store.list(query, deadline);
        const failing = new FakeCluster();
        failing.fault = () => ({ kind: "throw", error });
        return await failing.store().list(query, deadline);
      },
    },
  };
}

const named = (store: SecretStore) => secretsNamed("pull", SETTINGS, store, deadlineIn(5));
const namespaces = (secrets: readonly { namespace: string }[]) =>
  secrets.map(({ namespace }) => namespace);

Deno.test("one list finds the secrets of a name in all namespaces, sorted", async () => {
  const { store, queries } = restricted(cluster(), () => undefined);
  const { secrets, warnings } = await named(store);
  assert.deepEqual(namespaces(secrets), ["argocd", "default", "kube-system", "team"]);
  assert.deepEqual(secrets.map(({ annotation }) => annotation).at(-1), "of-team");
  assert.deepEqual(warnings, []);
  assert.deepEqual(queries, [{ name: "pull", annotation: WRITE_ANNOTATION }]);
});

Deno.test("without the right to list all namespaces, those of the settings are searched, with a warning", async () => {
  const { store } = restricted(
    cluster(),
    (namespace) => namespace === undefined ? "forbidden" : undefined,
  );
  const { secrets, warnings } = await named(store);
  assert.deepEqual(namespaces(secrets), ["argocd", "default", "kube-system"]);
  assert.deepEqual(warnings, [
    "The kubeconfig's user cannot list secrets in all namespaces: " +
    "'pull' was searched for in kube-system, default, argocd only",
  ]);
});

Deno.test("the warning names only the namespaces that were searched", async () => {
  const { store } = restricted(
    cluster(),
    (namespace) => namespace === "argocd" ? undefined : "forbidden",
  );
  const { secrets, warnings } = await named(store);
  assert.deepEqual(namespaces(secrets), ["argocd"]);
  assert.match(warnings[0]!, /searched for in argocd only$/);
});

Deno.test("without the right to list any namespace, the error is reported", async () => {
  const { store } = restricted(cluster(), () => "forbidden");
  await assert.rejects(named(store), { name: "KubeError", kind: "forbidden" });
});

Deno.test("any other failure of a namespace fails the whole search, instead of a result without it", async () => {
  const kinds: Record<string, KubeErrorKind> = { default: "timeout" };
  const { store } = restricted(
    cluster(),
    (namespace) => namespace === undefined ? "forbidden" : kinds[namespace],
  );
  await assert.rejects(named(store), { name: "KubeError", kind: "timeout" });
});

Deno.test("an unreachable cluster is not searched namespace by namespace", async () => {
  const { store, queries } = restricted(cluster(), () => "unreachable");
  await assert.rejects(named(store), { name: "KubeError", kind: "unreachable" });
  assert.equal(queries.length, 1);
});
