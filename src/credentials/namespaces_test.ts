import assert from "node:assert/strict";
import { KubeError } from "../kube/errors.ts";
import { FakeCluster } from "../kube/fake/store.ts";
import { servicesOf } from "./fake/services.ts";
import { type NamespaceSelection, selectNamespaces } from "./namespaces.ts";

function cluster(): FakeCluster {
  const it = new FakeCluster();
  const labels: Record<string, Record<string, string>> = {
    "team-b": { team: "b", env: "prod" },
    "team-a": { team: "a", env: "prod" },
    "team-c": { team: "c", env: "test" },
    default: {},
    "kube-system": {},
    argocd: { team: "a" },
  };
  for (const [name, each] of Object.entries(labels)) {
    it.namespaces.set(name, "Active");
    it.namespaceLabels.set(name, each);
  }
  it.namespaces.set("team-gone", "Terminating");
  it.namespaceLabels.set("team-gone", { team: "a" });
  return it;
}

const select = (it: Parameters<typeof servicesOf>[0], selection: Partial<NamespaceSelection>) =>
  selectNamespaces({ exclude: [], ...selection }, {
    ...servicesOf(it),
    argocdNamespace: "argocd",
  });

const SELECTED: [what: string, selection: Partial<NamespaceSelection>, names: string[]][] = [
  ["all", {}, ["default", "kube-system", "team-a", "team-b", "team-c"]],
  ["a label", { selector: "team=a" }, ["team-a"]],
  ["several labels", { selector: "env=prod,team!=a" }, ["team-b"]],
  ["a set of values", { selector: "team in (b,c)" }, ["team-b", "team-c"]],
  ["a label with any value", { selector: "team" }, ["team-a", "team-b", "team-c"]],
  ["a label that nothing has", { selector: "team=x" }, []],
  ["all except one", { exclude: ["default"] }, ["kube-system", "team-a", "team-b", "team-c"]],
  ["all except a prefix", { exclude: ["kube-*", "team-*"] }, ["default"]],
  ["all except a suffix", { exclude: ["*-a", "*m"] }, ["default", "team-b", "team-c"]],
  ["all except everything", { exclude: ["*"] }, []],
  ["a label except one namespace", { selector: "team", exclude: ["team-a"] }, ["team-b", "team-c"]],
  ["all except a missing one", { exclude: ["team"] }, [
    "default",
    "kube-system",
    "team-a",
    "team-b",
    "team-c",
  ]],
];

for (const [what, selection, names] of SELECTED) {
  Deno.test(`${what} selects ${names.join(", ") || "no namespace"}`, async () => {
    assert.deepEqual(await select(cluster(), selection), { kind: "selected", namespaces: names });
  });
}

Deno.test("Argo CD's namespace and those being deleted are never selected", async () => {
  const selected = await select(cluster(), { selector: "team=a" });
  assert.deepEqual(selected, { kind: "selected", namespaces: ["team-a"] });
});

Deno.test("the setting for Argo CD's namespace is a name, not a pattern", async () => {
  const it = cluster();
  const selected = await selectNamespaces({ exclude: [] }, {
    ...servicesOf(it),
    argocdNamespace: "team-a",
  });
  assert.ok(selected.kind === "selected");
  assert.ok(selected.namespaces.includes("argocd") && !selected.namespaces.includes("team-a"));
});

Deno.test("without the right to list namespaces, the error is reported instead of an empty list", async () => {
  const it = cluster();
  it.mayReadNamespaces = false;
  const selected = await select(it, {});
  assert.equal(selected.kind === "unable" && selected.error.kind, "forbidden");
});

Deno.test("a cluster that is missing, rejected or failing is reported", async () => {
  const error = new KubeError("invalid_kubeconfig", "Cannot use it", {});
  assert.deepEqual(await select(error, {}), { kind: "unable", error });
  const it = cluster();
  it.fault = () => ({ kind: "throw", error: "unreachable" });
  const selected = await select(it, {});
  assert.equal(selected.kind === "unable" && selected.error.kind, "unreachable");
  it.fault = () => ({ kind: "bug" });
  await assert.rejects(select(it, {}), TypeError);
});
