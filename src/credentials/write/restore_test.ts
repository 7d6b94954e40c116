import assert from "node:assert/strict";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import type { FakeCluster } from "../../kube/fake/store.ts";
import { LABELS, pullSecrets } from "../fake/desired.ts";
import { checkTruth, emptyCluster, passwordOf, pullCluster } from "../fake/clusters.ts";
import { runWrite } from "../fake/run.ts";

/** A write in which something is rejected, so that it is rolled back. */
function doomed(it: FakeCluster): void {
  it.put({ namespace: "b", name: "pull", type: "Opaque", labels: LABELS }, { key: "b2xk" });
}
Deno.test("if the rollback fails, what is left is named exactly", async () => {
  using _clock = fakeClock({ runs: true });
  const it = pullCluster();
  it.fault = ({ method, index }) => {
    if (method === "create" && index < 3) return { kind: "reject", item: 1, error: "forbidden" };
    return index >= 3 ? { kind: "throw", error: "unreachable" } : undefined;
  };
  const verdict = await runWrite(it, pullSecrets("new"), { seconds: 0.2 });
  assert.equal(verdict.kind, "failed");
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, [
    { namespace: "a", name: "pull", state: "new" },
    { namespace: "b", name: "pull", state: "new" },
    { namespace: "d", name: "pull", state: "new" },
    { namespace: "argocd", name: "pull", state: "new" },
  ]);
});

Deno.test("a secret that was restored without a response is not reported as new", async () => {
  using _clock = fakeClock({ runs: true });
  const it = pullCluster();
  it.fault = ({ method, index }) => {
    if (method === "create") return { kind: "reject", item: 1, error: "forbidden" };
    if (index < 3) return undefined;
    // The old values are restored, but no read succeeds before the deadline.
    return method === "read"
      ? { kind: "throw", error: "unreachable" }
      : { kind: "cut", item: 0, applied: true };
  };
  const before = it.dump();
  const verdict = await runWrite(it, pullSecrets("new"), { seconds: 0.2 });
  assert.equal(verdict.kind, "failed");
  checkTruth(it, before, verdict);
  const states = verdict.kind === "failed" ? verdict.notRestored.map(({ state }) => state) : [];
  assert.ok(states.includes("unknown"), states.join());
});

for (const isRestored of [false, true]) {
  const what = isRestored
    ? "carried out, counts as restored"
    : "not carried out, counts as not restored";
  Deno.test(`the last attempt of a rollback, cut off and ${what}`, async () => {
    using _clock = fakeClock({ runs: true });
    const it = pullCluster();
    const before = it.dump();
    let isCut = false;
    it.fault = ({ method, index }) => {
      if (method === "create" && index < 3) return { kind: "reject", item: 1, error: "forbidden" };
      if (method !== "remove" && method !== "replace" || index < 3) return undefined;
      isCut = true;
      return { kind: "hang", applied: isRestored };
    };
    const verdict = await runWrite(it, pullSecrets("new"), { seconds: 5, rollbackSeconds: 0.2 });
    assert.ok(isCut && verdict.kind === "failed");
    checkTruth(it, before, verdict);
    const states = new Set(verdict.notRestored.map(({ state }) => state));
    assert.deepEqual([...states], isRestored ? [] : ["new"]);
  });
}

Deno.test("a secret that somebody else has changed since is kept, and reported", async () => {
  const it = pullCluster();
  it.fault = ({ method, index }) => {
    if (method === "create") return { kind: "reject", item: 1, error: "forbidden" };
    if (index !== 3) return undefined;
    return {
      kind: "meanwhile",
      act: (cluster) =>
        cluster.put({ ...cluster.secrets.get("b/pull")!, labels: { by: "others" } }),
    };
  };
  const verdict = await runWrite(it, pullSecrets("new"));
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, [
    { namespace: "b", name: "pull", state: "changed" },
  ]);
  assert.deepEqual(it.secrets.get("b/pull")!.labels, { by: "others" });
  assert.equal(passwordOf(it, "d/pull"), "old");
});

Deno.test("a value that somebody edits between two attempts of a rollback is kept, too", async () => {
  const it = pullCluster();
  it.fault = ({ method, index }) => {
    if (method === "create" && index < 3) return { kind: "reject", item: 1, error: "forbidden" };
    if (index === 3 || index === 4) return { kind: "throw", error: "unreachable" };
    if (index !== 5) return undefined;
    return {
      kind: "meanwhile",
      act: (cluster) => {
        // An edit keeps the annotation of who wrote last.
        const edited = { ".dockerconfigjson": "ZWRpdGVk" };
        for (const key of ["a/pull", "b/pull"]) cluster.put(cluster.secrets.get(key)!, edited);
      },
    };
  };
  const verdict = await runWrite(it, pullSecrets("new"));
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, [
    { namespace: "a", name: "pull", state: "changed" },
    { namespace: "b", name: "pull", state: "changed" },
  ]);
  for (const key of ["a/pull", "b/pull"]) {
    assert.equal(it.secrets.get(key)!.data.reveal()[".dockerconfigjson"], "ZWRpdGVk");
  }
});

Deno.test("after a conflict the secret is read and written again, with the other change kept", async () => {
  const it = pullCluster();
  it.fault = ({ method, index }) =>
    method === "replace" && index === 2
      ? {
        kind: "meanwhile",
        act: (cluster) => {
          const current = cluster.secrets.get("b/pull")!;
          cluster.put({ ...current, annotations: { ...current.annotations, by: "others" } });
        },
      }
      : undefined;
  const verdict = await runWrite(it, pullSecrets("new"));
  assert.equal(verdict.kind, "written");
  assert.equal(passwordOf(it, "b/pull"), "new");
  assert.equal(it.secrets.get("b/pull")!.annotations.by, "others");
});

Deno.test("a rollback restores what the other program wrote, not what was there before that", async () => {
  const it = pullCluster();
  it.fault = ({ method, index }) => {
    // Somebody else creates a secret c, which fails the write only when it is read again.
    if (method === "create" && index === 1) {
      return {
        kind: "meanwhile",
        act: (cluster) => cluster.put({ namespace: "c", name: "pull", type: "foreign" }),
      };
    }
    if (method !== "replace" || index !== 2) return undefined;
    return {
      kind: "meanwhile",
      act: (cluster) => {
        cluster.put({ ...cluster.secrets.get("b/pull")!, annotations: { by: "others" } });
      },
    };
  };
  const verdict = await runWrite(it, pullSecrets("new"));
  assert.equal(verdict.kind, "refused");
  assert.deepEqual(verdict.kind === "refused" && verdict.refusals.map(({ kind }) => kind), [
    "foreign",
  ]);
  assert.deepEqual(it.secrets.get("b/pull")!.annotations, { by: "others" });
  assert.equal(passwordOf(it, "b/pull"), "old");
  assert.equal(it.secrets.has("a/pull"), false);
});

Deno.test("a race lost to another program without upsert gives 'exists', and all else is restored", async () => {
  const it = emptyCluster();
  it.fault = ({ method }) =>
    method === "create"
      ? {
        kind: "meanwhile",
        act: (cluster) => cluster.put({ namespace: "c", name: "pull", labels: LABELS }),
      }
      : undefined;
  const verdict = await runWrite(it, pullSecrets("new"), { upsert: false });
  assert.equal(verdict.kind, "refused");
  assert.deepEqual(
    verdict.kind === "refused" && verdict.refusals.map(({ kind, ref }) => [kind, ref.namespace]),
    [["exists", "c"]],
  );
  assert.deepEqual([...it.secrets.keys()], ["c/pull"]);
});

Deno.test("if a forced change of type fails, the old secret is restored", async () => {
  const it = pullCluster();
  doomed(it);
  const before = it.dump();
  let created = 0;
  it.fault = ({ method }) =>
    method === "create" && ++created === 2
      ? { kind: "reject", item: 0, error: "forbidden" }
      : undefined;
  const verdict = await runWrite(it, pullSecrets("new"), { force: true });
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, []);
  assert.deepEqual(it.dump(), before);
});

Deno.test("a forced change of type continues if somebody else has deleted the secret", async () => {
  const it = pullCluster();
  doomed(it);
  it.fault = ({ method }) =>
    method === "remove"
      ? { kind: "meanwhile", act: (cluster) => cluster.secrets.delete("b/pull") }
      : undefined;
  const verdict = await runWrite(it, pullSecrets("new"), { force: true });
  assert.equal(verdict.kind, "written");
  assert.equal(passwordOf(it, "b/pull"), "new");
});

Deno.test("a failed forced change of type does not restore what somebody else deleted", async () => {
  const it = pullCluster();
  doomed(it);
  const { "b/pull": _, ...others } = it.dump();
  let created = 0;
  it.fault = ({ method }) => {
    if (method === "remove" && created === 1) {
      return { kind: "meanwhile", act: (cluster) => cluster.secrets.delete("b/pull") };
    }
    return method === "create" && ++created === 2
      ? { kind: "reject", item: 0, error: "forbidden" }
      : undefined;
  };
  const verdict = await runWrite(it, pullSecrets("new"), { force: true });
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, []);
  assert.deepEqual(it.dump(), others);
  assert.equal(
    verdict.kind === "failed" && verdict.secrets[1]!.why,
    "Cannot do it: forbidden; not written",
  );
});

Deno.test("if one of several forced changes fails, a secret that somebody else had deleted stays deleted", async () => {
  const it = pullCluster();
  doomed(it);
  it.put({ namespace: "d", name: "pull", type: "Opaque", labels: LABELS }, { key: "b2xk" });
  const { "b/pull": _, ...others } = it.dump();
  let removed = 0;
  it.fault = ({ method }) => {
    if (method !== "remove") return undefined;
    return ++removed === 1
      ? { kind: "meanwhile", act: (cluster) => cluster.secrets.delete("b/pull") }
      : removed === 2
      ? { kind: "reject", item: 0, error: "forbidden" }
      : undefined;
  };
  const verdict = await runWrite(it, pullSecrets("new"), { force: true });
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, []);
  assert.deepEqual(it.dump(), others);
});

Deno.test("a hung read of an unknown outcome does not use up the rollback's time", async () => {
  using _clock = fakeClock({ runs: true });
  const it = pullCluster();
  const before = it.dump();
  it.fault = ({ method, index }) => {
    if (method === "create" && index < 3) return { kind: "reject", item: 1, error: "forbidden" };
    if (method === "replace" && index < 3) return { kind: "cut", item: 0, applied: true };
    return method === "read" && index === 3 ? { kind: "hang" } : undefined;
  };
  const verdict = await runWrite(it, pullSecrets("new"), { rollbackSeconds: [0.1, 20] });
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, []);
  assert.deepEqual(it.dump(), before);
});
