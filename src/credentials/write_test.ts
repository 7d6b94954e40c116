import assert from "node:assert/strict";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import type { FakeCluster } from "../kube/fake/store.ts";
import { LABELS, pullSecrets } from "./fake/desired.ts";
import { checkTruth, pullCluster } from "./fake/clusters.ts";
import { type RunOptions, runWrite } from "./fake/run.ts";
import { DOCKER_CONFIG_TYPE } from "./kinds/pull_secret.ts";
import { WRITE_ANNOTATION } from "./kinds/desired_secret.ts";

Deno.test("an upsert creates missing secrets and replaces existing ones", async () => {
  const it = pullCluster();
  const verdict = await runWrite(it, pullSecrets("new"));
  assert.equal(verdict.kind, "written");
  assert.deepEqual(
    verdict.kind === "written" &&
      verdict.secrets.map(({ namespace, action }) => [namespace, action]),
    [["a", "created"], ["b", "replaced"], ["c", "created"], ["d", "replaced"], [
      "argocd",
      "replaced",
    ]],
  );
  checkTruth(it, pullCluster().dump(), verdict);
});

Deno.test("a write takes one process to read, one to create and one to replace", async () => {
  const it = pullCluster();
  await runWrite(it, pullSecrets("new"));
  assert.deepEqual(it.calls.map(({ method, items }) => [method, items]), [
    ["read", 5],
    ["create", 2],
    ["replace", 3],
  ]);
});

Deno.test("labels and annotations of others are kept, and kubectl's copy of the values is removed", async () => {
  const it = pullCluster();
  const old = it.secrets.get("b/pull")!;
  it.put({
    ...old,
    labels: { ...old.labels, "app.kubernetes.io/managed-by": "Helm" },
    annotations: {
      ...old.annotations,
      "kubectl.kubernetes.io/last-applied-configuration": "with the old password",
    },
  }, old.data.reveal());
  await runWrite(it, pullSecrets("new"), { writeId: "w1" });
  const now = it.secrets.get("b/pull")!;
  assert.deepEqual(now.annotations, { "team.example/note": "keep", [WRITE_ANNOTATION]: "w1" });
  assert.equal(now.labels["team.example/owner"], "ops");
  assert.equal(now.labels["app.kubernetes.io/managed-by"], "Helm");
  assert.equal(
    it.secrets.get("a/pull")!.labels["app.kubernetes.io/managed-by"],
    "argocd-configurer",
  );
});

Deno.test("a secret that another program manages is refused, unless forced", async () => {
  const it = pullCluster();
  const old = it.secrets.get("b/pull")!;
  const owners = [{ apiVersion: "v1", kind: "ExternalSecret", name: "pull-of-b", uid: "1" }];
  it.put({ ...old, ownerReferences: owners }, old.data.reveal());
  const before = it.dump();
  const refused = await runWrite(it, pullSecrets("new"));
  assert.deepEqual(refused.kind === "refused" && refused.refusals, [
    { kind: "owned", ref: { namespace: "b", name: "pull" }, owner: "ExternalSecret 'pull-of-b'" },
  ]);
  assert.deepEqual(it.dump(), before);
  assert.equal((await runWrite(it, pullSecrets("new"), { force: true })).kind, "written");
  assert.deepEqual(it.secrets.get("b/pull")!.ownerReferences, owners);
});

Deno.test("writing the same value again changes and writes nothing", async () => {
  const it = pullCluster();
  await runWrite(it, pullSecrets("new"));
  const versions = [...it.secrets.values()].map(({ resourceVersion }) => resourceVersion);
  it.calls = [];
  const verdict = await runWrite(it, pullSecrets("new"));
  assert.deepEqual(verdict.kind === "written" && verdict.secrets.map(({ action }) => action), [
    ...Array(5).fill("unchanged"),
  ]);
  assert.deepEqual(it.calls.map(({ method }) => method), ["read"]);
  assert.deepEqual(
    [...it.secrets.values()].map(({ resourceVersion }) => resourceVersion),
    versions,
  );
});

// --- refusals, which change nothing -------------------------------------------------------------

const REFUSED: [
  what: string,
  kinds: string[],
  prepare: (it: FakeCluster) => void,
  options: RunOptions,
][] = [
  ["secrets that exist, without upsert", ["exists", "exists", "exists"], () => {}, {
    upsert: false,
  }],
  ["namespaces that do not exist", ["namespace_missing", "namespace_missing"], (it) => {
    it.namespaces.delete("a");
    it.namespaces.delete("c");
  }, {}],
  ["a namespace that is being deleted", ["namespace_terminating"], (it) => {
    it.namespaces.set("c", "Terminating");
  }, {}],
  ["a foreign secret, also with upsert", ["foreign"], (it) => {
    it.put({ namespace: "a", name: "pull", type: "Opaque" });
  }, {}],
  [
    "a foreign secret, with force but not upsert",
    ["exists", "exists", "exists", "exists"],
    (it) => {
      it.put({ namespace: "a", name: "pull", type: "Opaque" });
    },
    { upsert: false, force: true },
  ],
  ["a change of type", ["type_change"], (it) => {
    it.put({ namespace: "a", name: "pull", type: "Opaque", labels: LABELS });
  }, {}],
  ["an immutable secret", ["immutable"], (it) => {
    it.put({ ...it.secrets.get("b/pull")!, immutable: true }, { ".dockerconfigjson": "b2xk" });
  }, {}],
  ["a forced change of a secret with finalizers", ["finalizers"], (it) => {
    it.put({ namespace: "a", name: "pull", labels: LABELS, finalizers: ["x/y"] });
  }, { force: true }],
  ["a secret that is being deleted", ["being_deleted"], (it) => {
    it.put({ ...it.secrets.get("b/pull")!, deletionTimestamp: "2026-01-01T00:00:00Z" });
  }, {}],
];

for (const [what, kinds, prepare, options] of REFUSED) {
  Deno.test(`refused with nothing written: ${what}`, async () => {
    const it = pullCluster();
    prepare(it);
    const before = it.dump();
    const verdict = await runWrite(it, pullSecrets("new"), options);
    assert.equal(verdict.kind, "refused");
    assert.deepEqual(verdict.kind === "refused" && verdict.refusals.map(({ kind }) => kind), kinds);
    assert.deepEqual(it.dump(), before);
    // The existing namespaces may be suggested.
    const reads = kinds.includes("namespace_missing") ? ["read", "namespaces"] : ["read"];
    assert.deepEqual(it.calls.map(({ method }) => method), reads);
  });
}

Deno.test("a missing namespace is reported with the existing ones, if they can be listed", async () => {
  const existingNamespaces = async (fault: FakeCluster["fault"] = () => undefined) => {
    const it = pullCluster();
    it.namespaces.delete("a");
    it.namespaces.set("b-old", "Terminating");
    it.fault = fault;
    const verdict = await runWrite(it, pullSecrets("new"));
    assert.equal(verdict.kind, "refused");
    return verdict.kind === "refused" ? verdict.existingNamespaces?.toSorted() : [];
  };
  assert.deepEqual(await existingNamespaces(), ["argocd", "b", "c", "d"]);
  for (const error of ["forbidden", "timeout"] as const) {
    const existing = await existingNamespaces(({ method }) =>
      method === "namespaces" ? { kind: "reject", item: 0, error } : undefined
    );
    assert.equal(existing, undefined);
  }
});

Deno.test("force replaces a foreign secret, without its data and with its labels", async () => {
  const it = pullCluster();
  it.put({ namespace: "a", name: "pull", type: DOCKER_CONFIG_TYPE, labels: { x: "y" } }, {
    ".dockerconfigjson": "b2xk",
  });
  const verdict = await runWrite(it, pullSecrets("new"), { force: true });
  assert.equal(verdict.kind, "written");
  assert.equal(it.secrets.get("a/pull")!.labels.x, "y");
});

Deno.test("force recreates a secret of another type, after all others are written", async () => {
  const it = pullCluster();
  it.put({ namespace: "a", name: "pull", type: "Opaque", labels: LABELS }, { key: "b2xk" });
  const verdict = await runWrite(it, pullSecrets("new"), { force: true });
  assert.equal(verdict.kind, "written");
  assert.equal(it.secrets.get("a/pull")!.type, DOCKER_CONFIG_TYPE);
  assert.deepEqual(it.calls.map(({ method }) => method), [
    "read",
    "create",
    "replace",
    "remove",
    "create",
  ]);
});

Deno.test("without the right to read namespaces, a missing one is found by the write", async () => {
  const it = pullCluster();
  it.mayReadNamespaces = false;
  it.namespaces.delete("c");
  const before = it.dump();
  const verdict = await runWrite(it, pullSecrets("new"));
  assert.equal(verdict.kind, "refused");
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals.map(({ kind }) => kind), [
    "namespace_missing",
  ]);
  assert.deepEqual(it.dump(), before);
});

Deno.test("no value of a credential is in a verdict", async () => {
  using _clock = fakeClock({ runs: true });
  const canary = `canary${crypto.randomUUID()}`;
  const it = pullCluster();
  it.fault = ({ method, index }) =>
    method === "create" || index > 4 ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
  const verdict = await runWrite(it, pullSecrets(canary), { seconds: 0.2 });
  const text = JSON.stringify(verdict) + Deno.inspect(verdict, { depth: 20 });
  assert.ok(!text.includes(canary) && !text.includes(btoa(canary)));
});
