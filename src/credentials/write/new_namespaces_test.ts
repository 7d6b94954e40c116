import assert from "node:assert/strict";
import fc from "fast-check";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import type { FakeCluster } from "../../kube/fake/store.ts";
import { accountCluster, usesIn } from "../fake/accounts.ts";
import { pullSecrets } from "../fake/desired.ts";
import { ANY_FAULTS, FAULTS, killAt } from "../fake/faults.ts";
import { passwordOf, PULL_KEYS } from "../fake/clusters.ts";
import { type RunOptions, runWrite } from "../fake/run.ts";
import { assertAsBefore, worldOf } from "../fake/truth.ts";

/** Without the namespaces a and c. */
function cluster(): FakeCluster {
  const it = accountCluster();
  for (const namespace of ["a", "c"]) {
    it.namespaces.delete(namespace);
    it.secrets.delete(`${namespace}/bystander`);
    it.accounts.delete(`${namespace}/default`);
    it.accounts.delete(`${namespace}/bystander`);
  }
  return it;
}

const making = (it: FakeCluster, options: RunOptions = {}) =>
  runWrite(it, pullSecrets(), { createNamespaces: true, ...options });

const isThere = (it: FakeCluster) => ["a", "c"].filter((name) => it.namespaces.has(name));

Deno.test("missing namespaces are created first, and named", async () => {
  const it = cluster();
  const verdict = await making(it);
  assert.deepEqual(verdict.kind === "written" && verdict.namespaces, ["a", "c"]);
  for (const key of PULL_KEYS) assert.equal(passwordOf(it, key), "new");
  assert.deepEqual(it.calls.map(({ method, items }) => [method, items]), [
    ["read", 5],
    ["createNamespaces", 2],
    ["create", 2],
    ["replace", 3],
  ]);
});

Deno.test("if all namespaces exist, none is created", async () => {
  const it = accountCluster();
  const verdict = await making(it);
  assert.deepEqual(verdict.kind === "written" && verdict.namespaces, []);
  assert.ok(it.calls.every(({ method }) => method !== "createNamespaces"));
});

Deno.test("a missing namespace is refused, unless creating it is requested", async () => {
  const it = cluster();
  const before = worldOf(it);
  const verdict = await making(it, { createNamespaces: false });
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals.map(({ kind }) => kind), [
    "namespace_missing",
    "namespace_missing",
  ]);
  assertAsBefore(it, before);
  assert.deepEqual(isThere(it), []);
});

Deno.test("a namespace that is being deleted is refused, and no other is created", async () => {
  const it = cluster();
  it.namespaces.set("c", "Terminating");
  const verdict = await making(it);
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals.map(({ kind }) => kind), [
    "namespace_terminating",
  ]);
  assert.deepEqual(isThere(it), ["c"]);
});

Deno.test("a write that is refused for another reason creates no namespace", async () => {
  const it = cluster();
  it.put({ namespace: "b", name: "pull", type: "Opaque" });
  const verdict = await making(it);
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals.map(({ kind }) => kind), [
    "foreign",
  ]);
  assert.deepEqual(isThere(it), []);
});

Deno.test("a namespace that somebody else creates at the same time is used, and counts as theirs", async () => {
  const it = cluster();
  it.fault = ({ method }) =>
    method === "createNamespaces"
      ? { kind: "meanwhile", act: (cluster) => cluster.namespaces.set("a", "Active") }
      : undefined;
  const verdict = await making(it);
  assert.deepEqual(verdict.kind === "written" && verdict.namespaces, ["c"]);
  for (const key of PULL_KEYS) assert.equal(passwordOf(it, key), "new");
});

Deno.test("created namespaces stay when a secret fails, and are named", async () => {
  const it = cluster();
  const before = worldOf(it);
  it.fault = ({ method }) =>
    method === "create" ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
  const verdict = await making(it);
  assert.ok(verdict.kind === "failed");
  assert.deepEqual(
    [verdict.error.kind, verdict.namespaces, verdict.notRestored],
    ["forbidden", ["a", "c"], []],
  );
  assertAsBefore(it, before);
  assert.deepEqual(isThere(it), ["a", "c"]);
});

Deno.test("without the right to create a namespace, no secret is written, and the other namespace stays", async () => {
  const it = cluster();
  const before = worldOf(it);
  it.fault = ({ method }) =>
    method === "createNamespaces" ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
  const verdict = await making(it);
  assert.ok(verdict.kind === "failed");
  assert.deepEqual([verdict.error.kind, verdict.namespaces], ["forbidden", ["a"]]);
  assert.deepEqual(
    verdict.secrets.map(({ why }) => why),
    Array(5).fill("not attempted; not written"),
  );
  assertAsBefore(it, before);
  assert.deepEqual(isThere(it), ["a"]);
});

Deno.test("a race lost in a new namespace is a failure, since the namespace exists by then", async () => {
  const it = cluster();
  it.fault = ({ method }) =>
    method === "create"
      ? {
        kind: "meanwhile",
        act: (cluster) => cluster.put({ namespace: "c", name: "pull", type: "Opaque" }),
      }
      : undefined;
  const verdict = await making(it);
  assert.ok(verdict.kind === "failed");
  assert.deepEqual(
    [verdict.error.kind, verdict.namespaces, verdict.notRestored],
    ["exists", ["a", "c"], []],
  );
  assert.equal(it.secrets.get("c/pull")!.type, "Opaque");
});

Deno.test("a namespace whose creation got no response is named, since it may exist", async () => {
  for (const applied of [true, false]) {
    const it = cluster();
    it.fault = ({ method }) =>
      method === "createNamespaces" ? { kind: "cut", item: 0, applied } : undefined;
    const verdict = await making(it);
    assert.deepEqual(verdict.kind === "failed" && verdict.namespaces, ["a", "c"]);
    assert.deepEqual(isThere(it), applied ? ["a"] : []);
  }
});

Deno.test("without the right to read namespaces, none is created, and a missing one is refused", async () => {
  const it = cluster();
  it.mayReadNamespaces = false;
  const before = worldOf(it);
  const verdict = await making(it);
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals.map(({ kind }) => kind), [
    "namespace_missing",
    "namespace_missing",
  ]);
  assertAsBefore(it, before);
});

// --- service accounts of new namespaces -------------------------------------------------------

/** Creates the service accounts of new namespaces after this many reads, as Kubernetes does. */
function laterAccounts(it: FakeCluster, attempts: number): void {
  let attached = 0;
  it.fault = ({ method }) => {
    if (method !== "attach" || ++attached !== attempts) return undefined;
    return {
      kind: "meanwhile",
      act: (cluster) => {
        for (const namespace of ["a", "c"]) cluster.putAccount({ namespace, name: "default" });
      },
    };
  };
}

Deno.test("a write waits for the service accounts of a new namespace", async () => {
  const it = cluster();
  laterAccounts(it, 3);
  const verdict = await making(it, { attach: usesIn("a", "b", "c") });
  assert.deepEqual(verdict.kind === "written" && verdict.attached, usesIn("a", "b", "c"));
  for (const namespace of ["a", "c"]) {
    assert.deepEqual(it.accounts.get(`${namespace}/default`)!.pullSecrets, ["pull"]);
  }
});

Deno.test("a write also waits for them if somebody else has created the namespace just then", async () => {
  const it = cluster();
  laterAccounts(it, 3);
  const { fault } = it;
  it.fault = (call) =>
    call.method === "createNamespaces"
      ? { kind: "meanwhile", act: (cluster) => cluster.namespaces.set("a", "Active") }
      : fault(call);
  const verdict = await making(it, { attach: usesIn("a", "c") });
  assert.equal(verdict.kind, "written");
});

Deno.test("service accounts that never appear fail the write when its time is over", async () => {
  using _clock = fakeClock({ runs: true });
  const it = cluster();
  const before = worldOf(it);
  const verdict = await making(it, {
    attach: usesIn("a", "b"),
    seconds: 0.2,
    rollbackSeconds: 20,
  });
  assert.ok(verdict.kind === "failed");
  assert.deepEqual([verdict.error.kind, verdict.namespaces], ["not_found", ["a", "c"]]);
  assertAsBefore(it, before, verdict.notRestored);
});

// --- faults -------------------------------------------------------------------------------------

for (const [name, fault] of FAULTS) {
  Deno.test(`${name}, at each call of a write with new namespaces: all secrets or none`, async () => {
    for (let at = 1; at < 8; at++) {
      const it = cluster();
      const before = worldOf(it);
      it.fault = ({ index }) => index === at ? fault : undefined;
      const verdict = await making(it);
      if (verdict.kind === "written") {
        for (const key of PULL_KEYS) assert.equal(passwordOf(it, key), "new");
        assert.deepEqual(verdict.namespaces, ["a", "c"]);
      } else {
        assertAsBefore(it, before);
        const named = verdict.kind === "failed" ? verdict.namespaces : [];
        assert.ok(isThere(it).every((each) => named.includes(each)), named.join());
      }
      assert.equal(verdict.bugs.length, fault.kind === "bug" && at < it.calls.length ? 1 : 0);
    }
  });
}

Deno.test("faults at several calls: every created namespace is named", async () => {
  using _clock = fakeClock({ runs: true });
  const anyFault = fc.constantFrom(...ANY_FAULTS);
  await fc.assert(
    fc.asyncProperty(fc.array(anyFault, { maxLength: 10 }), async (faults) => {
      const it = cluster();
      const before = worldOf(it);
      it.fault = ({ index }) => faults[index];
      const verdict = await making(it, { seconds: 0.05, attach: usesIn("b", "d") });
      const named = "namespaces" in verdict ? verdict.namespaces : [];
      assert.ok(isThere(it).every((each) => named.includes(each)), named.join());
      if (verdict.kind === "written") {
        for (const key of PULL_KEYS) assert.equal(passwordOf(it, key), "new");
      } else {
        assertAsBefore(it, before, verdict.kind === "failed" ? verdict.notRestored : []);
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("killed at each call after each item: the next upsert completes it", async () => {
  let kills = 0;
  for (let at = 0; at < 4; at++) {
    for (let after = 0; after <= 2; after++) {
      const it = cluster();
      if (!await killAt(it, { at, after }, () => making(it))) continue;
      kills++;
      for (const key of PULL_KEYS) {
        assert.ok(["old", "new", undefined].includes(passwordOf(it, key)));
      }
      assert.equal((await making(it)).kind, "written");
      for (const key of PULL_KEYS) assert.equal(passwordOf(it, key), "new");
    }
  }
  assert.equal(kills, 4 * 3);
});
