import assert from "node:assert/strict";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import { rejected } from "../../kube/fake/faults.ts";
import type { FakeCluster, StoreFault } from "../../kube/fake/store.ts";
import type { SecretRef, SecretStore } from "../../kube/store.ts";
import { passwordOf } from "../fake/clusters.ts";
import { pullSecrets } from "../fake/desired.ts";
import { putOurs, REMOVABLE, removableCluster } from "../fake/removable.ts";
import { runRemove, runWrite } from "../fake/run.ts";
import { assertAsBefore, worldOf } from "../fake/truth.ts";
import { Locks } from "./locks.ts";

/** Somebody else acts before the n-th call of a method. */
function before(
  it: FakeCluster,
  method: string,
  act: (cluster: FakeCluster) => void,
  also?: (call: { method: string; nth: number }) => StoreFault | undefined,
): void {
  const nth = new Map<string, number>();
  it.fault = (call) => {
    const count = (nth.get(call.method) ?? 0) + 1;
    nth.set(call.method, count);
    if (call.method === method && count === 1) return { kind: "meanwhile", act };
    return also?.({ method: call.method, nth: count });
  };
}

const FOREIGN = { labels: { by: "others" }, annotations: {} };

Deno.test("a secret that somebody else deletes just before counts as deleted", async () => {
  const it = removableCluster();
  before(it, "remove", (cluster) => cluster.secrets.delete("b/pull"));
  const verdict = await runRemove(it, REMOVABLE);
  assert.equal(verdict.kind, "removed");
  assert.deepEqual([...it.secrets.keys()], ["a/bystander"]);
});

Deno.test("a secret that somebody else deleted is not restored with the others", async () => {
  const it = removableCluster();
  let removed = 0;
  it.fault = ({ method }) => {
    if (method !== "remove" || ++removed > 1) return undefined;
    return {
      kind: "meanwhile",
      act: (cluster) => {
        cluster.secrets.delete("b/pull");
        // It now belongs to somebody else, so the whole deletion fails.
        putOurs(cluster, { namespace: "c", ...FOREIGN });
      },
    };
  };
  const world = worldOf(it);
  const verdict = await runRemove(it, REMOVABLE);
  assert.equal(verdict.kind, "refused");
  assert.equal(it.secrets.has("b/pull"), false);
  assert.deepEqual(it.secrets.get("c/pull")!.labels, FOREIGN.labels);
  assert.deepEqual(it.dump()["a/pull"], world.secrets["a/pull"]);
  assert.deepEqual(worldOf(it).accounts, world.accounts);
  const current = verdict.kind === "refused" ? [...verdict.current.keys()] : [];
  assert.deepEqual(current.sort(), ["a/pull", "argocd/pull", "c/pull"]);
});

Deno.test("a secret deleted by somebody else is reported as such, not as missing", async () => {
  using _clock = fakeClock({ runs: true });
  const it = removableCluster();
  // After the deletion has failed, the cluster no longer responds.
  it.fault = ({ index }) => index > 3 ? { kind: "throw", error: "unreachable" } : undefined;
  const over = (store: SecretStore): SecretStore => ({
    ...store,
    remove: async (removals, deadline) => {
      it.secrets.delete("b/pull");
      const isAllowed = ({ namespace }: SecretRef) => namespace !== "c";
      const outcomes = [...await store.remove(removals.filter(isAllowed), deadline)];
      return removals.map((each) => isAllowed(each) ? outcomes.shift()! : rejected("forbidden"));
    },
  });
  const verdict = await runRemove(it, REMOVABLE, { over, rollbackSeconds: 0.2 });
  assert.ok(verdict.kind === "failed");
  assert.deepEqual(verdict.secrets.map(({ namespace, why }) => [namespace, why]), [
    ["a", "not rolled back: missing"],
    ["b", "deleted by somebody else"],
    ["c", "Cannot do it: forbidden; not deleted"],
    ["argocd", "not rolled back: missing"],
  ]);
  assert.deepEqual(
    verdict.notRestored.filter((each) => !each.isServiceAccount).map(({ namespace }) => namespace),
    ["a", "argocd"],
  );
});

Deno.test("a secret that somebody else has changed is deleted in its new version, if it is still ours", async () => {
  const it = removableCluster();
  before(it, "remove", (cluster) => putOurs(cluster, { namespace: "b" }, { key: "bmV3ZXI=" }));
  assert.equal((await runRemove(it, REMOVABLE)).kind, "removed");
  assert.deepEqual([...it.secrets.keys()], ["a/bystander"]);
});

Deno.test("a secret that somebody else has changed is restored in its new version", async () => {
  const it = removableCluster();
  before(
    it,
    "remove",
    (cluster) => {
      for (const namespace of ["b", "c"]) {
        putOurs(cluster, { namespace, annotations: { by: "others" } });
      }
    },
    // A changed secret is read again: b is deleted, and c cannot be.
    ({ method, nth }) =>
      method === "remove" && nth === 2
        ? { kind: "reject", item: 1, error: "forbidden" }
        : undefined,
  );
  const world = worldOf(it);
  const verdict = await runRemove(it, REMOVABLE);
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, []);
  for (const key of ["b/pull", "c/pull"]) {
    assert.deepEqual(it.secrets.get(key)!.annotations, { by: "others" });
  }
  assert.deepEqual(it.dump()["a/pull"], world.secrets["a/pull"]);
});

Deno.test("a secret that somebody else has just made foreign is not deleted, and the others are restored", async () => {
  const it = removableCluster();
  before(it, "remove", (cluster) => putOurs(cluster, { namespace: "b", ...FOREIGN }));
  const world = worldOf(it);
  const verdict = await runRemove(it, REMOVABLE);
  assert.ok(verdict.kind === "refused");
  assert.deepEqual(verdict.refusals, [
    { kind: "not_ours", ref: { namespace: "b", name: "pull" } },
  ]);
  assert.equal(verdict.current.get("b/pull"), it.secrets.get("b/pull"));
  const { "b/pull": theirs, ...others } = it.dump();
  const { "b/pull": _, ...expected } = world.secrets;
  assert.deepEqual(others, expected);
  assert.deepEqual((theirs as { labels: unknown }).labels, FOREIGN.labels);
  assert.deepEqual(worldOf(it).accounts, world.accounts);
});

Deno.test("another secret created under the same name is not deleted", async () => {
  const it = removableCluster();
  before(it, "remove", (cluster) => {
    cluster.secrets.delete("b/pull");
    cluster.put({ namespace: "b", name: "pull", type: "Opaque" }, { key: "dGhlaXJz" });
  });
  const verdict = await runRemove(it, REMOVABLE);
  assert.equal(verdict.kind, "refused");
  assert.deepEqual(it.secrets.get("b/pull")!.data.reveal(), { key: "dGhlaXJz" });
  assert.equal(passwordOf(it, "a/pull"), "old");
});

Deno.test("with force, a secret that has become foreign is deleted, too", async () => {
  const it = removableCluster();
  before(it, "remove", (cluster) => putOurs(cluster, { namespace: "b", ...FOREIGN }));
  assert.equal((await runRemove(it, REMOVABLE, { force: true })).kind, "removed");
  assert.equal(it.secrets.has("b/pull"), false);
});

Deno.test("a secret that gets finalizers meanwhile is not deleted, not even with force", async () => {
  const it = removableCluster();
  before(it, "remove", (cluster) => putOurs(cluster, { namespace: "b", finalizers: ["x/y"] }));
  const verdict = await runRemove(it, REMOVABLE, { force: true });
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals.map(({ kind }) => kind), [
    "finalizers",
  ]);
  assert.equal(it.secrets.has("b/pull"), true);
});

Deno.test("a secret that is changed again and again is not deleted in the end", async () => {
  const it = removableCluster();
  it.fault = ({ method }) =>
    method === "remove"
      ? { kind: "meanwhile", act: (cluster) => putOurs(cluster, { namespace: "b" }) }
      : undefined;
  const world = worldOf(it);
  const verdict = await runRemove(it, REMOVABLE);
  assert.ok(verdict.kind === "failed");
  assert.deepEqual([verdict.error.kind, verdict.notRestored], ["conflict", []]);
  assertAsBefore(it, world);
});

Deno.test("a secret that somebody else creates while ours is deleted is kept, and reported", async () => {
  const it = removableCluster();
  it.fault = ({ method }) => {
    if (method === "remove") return { kind: "reject", item: 1, error: "forbidden" };
    if (method !== "create") return undefined;
    return {
      kind: "meanwhile",
      act: (cluster) => cluster.put({ namespace: "a", name: "pull" }, { key: "dGhlaXJz" }),
    };
  };
  const verdict = await runRemove(it, REMOVABLE);
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, [
    { namespace: "a", name: "pull", state: "changed" },
  ]);
  assert.deepEqual(it.secrets.get("a/pull")!.data.reveal(), { key: "dGhlaXJz" });
  assert.equal(passwordOf(it, "c/pull"), "old");
});

Deno.test("a service account that is deleted meanwhile does not fail the rollback", async () => {
  const it = removableCluster();
  it.fault = ({ method }) => {
    if (method === "remove") return { kind: "reject", item: 1, error: "forbidden" };
    if (method !== "attach") return undefined;
    return { kind: "meanwhile", act: (cluster) => cluster.accounts.delete("b/default") };
  };
  const world = worldOf(it);
  const verdict = await runRemove(it, REMOVABLE);
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, []);
  const { "b/default": _, ...accounts } = world.accounts;
  assertAsBefore(it, { ...world, accounts });
});

Deno.test("a deletion without a response is looked up, and succeeds if it was carried out", async () => {
  for (const applied of [true, false]) {
    const it = removableCluster();
    it.fault = ({ method }) => method === "remove" ? { kind: "cut", item: 3, applied } : undefined;
    const world = worldOf(it);
    const verdict = await runRemove(it, REMOVABLE);
    assert.equal(verdict.kind, applied ? "removed" : "failed");
    if (applied) assert.deepEqual([...it.secrets.keys()], ["a/bystander"]);
    else assertAsBefore(it, world);
  }
});

// --- concurrent requests ------------------------------------------------------------------------

Deno.test("two concurrent removals both succeed", async () => {
  for (const locks of [new Locks(), undefined]) {
    const it = removableCluster();
    const verdicts = await Promise.all([1, 2].map(() => runRemove(it, REMOVABLE, { locks })));
    assert.deepEqual(verdicts.map(({ kind }) => kind), ["removed", "removed"]);
    assert.deepEqual([...it.secrets.keys()], ["a/bystander"]);
  }
});

Deno.test("a concurrent write and removal in one program leave all new secrets or none", async () => {
  for (const order of [0, 1]) {
    const it = removableCluster();
    const locks = new Locks();
    const secrets = pullSecrets("new", { namespaces: ["a", "b", "c"] });
    const both = [
      () => runWrite(it, secrets, { locks }),
      () => runRemove(it, REMOVABLE, { locks }),
    ];
    await Promise.all((order === 0 ? both : both.reverse()).map((start) => start()));
    const passwords = REMOVABLE.map(({ namespace }) => passwordOf(it, `${namespace}/pull`));
    assert.deepEqual(passwords, Array(4).fill(order === 0 ? undefined : "new"));
  }
});

Deno.test("a removal does not wait for its turn beyond its deadline", async () => {
  using _clock = fakeClock({ runs: true });
  const it = removableCluster();
  const locks = new Locks();
  it.fault = ({ index }) => index === 0 ? { kind: "hang" } : undefined;
  const first = runRemove(it, REMOVABLE, { locks, seconds: 0.3 });
  const second = await runRemove(it, REMOVABLE, { locks, seconds: 0.05 });
  assert.equal(second.kind === "unable" && second.error.kind, "busy");
  await first;
});
