import assert from "node:assert/strict";
import fc from "fast-check";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import { refKey } from "../../kube/store.ts";
import { LABELS, pullSecrets } from "../fake/desired.ts";
import { ANY_FAULTS, FAULTS, killAt } from "../fake/faults.ts";
import { checkTruth, passwordOf, PULL_KEYS, pullCluster } from "../fake/clusters.ts";
import { runWrite } from "../fake/run.ts";

for (const [name, fault] of FAULTS) {
  Deno.test(`${name}, at each call of a write: old or new, and the verdict is correct`, async () => {
    for (let at = 0; at < 6; at++) {
      const it = pullCluster();
      const before = it.dump();
      it.fault = ({ index }) => index === at ? fault : undefined;
      if (fault.kind === "bug" && at === 0) {
        await assert.rejects(runWrite(it, pullSecrets("new")), TypeError);
        assert.deepEqual(it.dump(), before);
        continue;
      }
      const verdict = await runWrite(it, pullSecrets("new"));
      checkTruth(it, before, verdict);
      if (verdict.kind === "failed") assert.deepEqual(verdict.notRestored, []);
      assert.equal(verdict.bugs.length, fault.kind === "bug" && at < it.calls.length ? 1 : 0);
    }
  });

  Deno.test(`${name}, at each call of the rollback, too: the verdict is correct`, async () => {
    for (let at = 3; at < 10; at++) {
      const it = pullCluster();
      const before = it.dump();
      it.fault = ({ index, method }) => {
        if (index === at) return fault;
        return method === "create" && index < 3
          ? { kind: "reject", item: 1, error: "forbidden" }
          : undefined;
      };
      const verdict = await runWrite(it, pullSecrets("new"));
      assert.equal(verdict.kind, "failed");
      checkTruth(it, before, verdict);
      assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, []);
      assert.equal(verdict.kind === "failed" && verdict.error.kind, "forbidden");
    }
  });
}

Deno.test("faults at several calls: old or new, and the verdict is correct", async () => {
  using _clock = fakeClock({ runs: true });
  const anyFault = fc.constantFrom(...ANY_FAULTS);
  await fc.assert(
    fc.asyncProperty(fc.array(anyFault, { maxLength: 12 }), fc.boolean(), async (faults, force) => {
      const it = pullCluster();
      if (force) it.put({ namespace: "a", name: "pull", labels: LABELS }, { key: "b2xk" });
      const before = it.dump();
      it.fault = ({ index }) => faults[index];
      const verdict = await runWrite(it, pullSecrets("new"), { seconds: 0.05, force });
      if (!force) checkTruth(it, before, verdict);
      if (verdict.kind === "written") {
        for (const key of PULL_KEYS) assert.equal(passwordOf(it, key), "new");
      } else {
        const named = verdict.kind === "failed" ? verdict.notRestored.map(refKey) : [];
        const after = it.dump();
        for (const key of PULL_KEYS) {
          if (!named.includes(key)) assert.deepEqual(after[key], before[key], key);
        }
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("killed at each call after each item: old or new, and the next upsert completes it", async () => {
  let kills = 0;
  for (let at = 0; at < 4; at++) {
    for (let after = 0; after <= 3; after++) {
      const it = pullCluster();
      if (!await killAt(it, { at, after }, () => runWrite(it, pullSecrets("new")))) continue;
      kills++;
      for (const key of PULL_KEYS) {
        assert.ok(["old", "new", undefined].includes(passwordOf(it, key)));
      }
      for (const key of ["b/pull", "d/pull", "argocd/pull"]) assert.ok(it.secrets.has(key));
      const verdict = await runWrite(it, pullSecrets("new"));
      assert.equal(verdict.kind, "written");
      for (const key of PULL_KEYS) assert.equal(passwordOf(it, key), "new");
    }
  }
  // A write reads, creates and replaces.
  assert.equal(kills, 3 * 4);
});
