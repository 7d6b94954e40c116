import assert from "node:assert/strict";
import fc from "fast-check";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import type { FakeCluster } from "../../kube/fake/store.ts";
import { refKey } from "../../kube/store.ts";
import { ANY_FAULTS, FAULTS, killAt } from "../fake/faults.ts";
import { REMOVABLE, removableCluster } from "../fake/removable.ts";
import { runRemove } from "../fake/run.ts";
import { assertAsBefore, type World, worldOf } from "../fake/truth.ts";
import type { RemoveVerdict } from "./removal.ts";

const KEYS = REMOVABLE.map(refKey);

/** Fails unless all is deleted, or nothing except what the verdict names. */
function checkTruth(it: FakeCluster, before: World, verdict: RemoveVerdict): void {
  if (verdict.kind !== "removed") {
    return assertAsBefore(it, before, verdict.kind === "failed" ? verdict.notRestored : []);
  }
  const now = worldOf(it);
  assert.deepEqual(Object.keys(now.secrets), ["a/bystander"]);
  // Without the right to list service accounts, they stay as they are.
  if (verdict.detached.length === 0) return assert.deepEqual(now.accounts, before.accounts);
  const dangling = Object.entries(now.accounts).filter(([, used]) => used.includes("pull"));
  // Its namespace was not requested.
  assert.deepEqual(dangling.map(([key]) => key), ["d/default"]);
}

for (const [name, fault] of FAULTS) {
  Deno.test(`${name}, at each call of a removal: all is deleted or nothing`, async () => {
    for (let at = 0; at < 8; at++) {
      const it = removableCluster();
      const before = worldOf(it);
      it.fault = ({ index }) => index === at ? fault : undefined;
      // Before anything is deleted, a bug is thrown.
      if (fault.kind === "bug" && at < 2) {
        await assert.rejects(runRemove(it, REMOVABLE), TypeError);
        assertAsBefore(it, before);
        continue;
      }
      const verdict = await runRemove(it, REMOVABLE);
      checkTruth(it, before, verdict);
      if (verdict.kind === "failed") assert.deepEqual(verdict.notRestored, []);
      assert.equal(verdict.bugs.length, fault.kind === "bug" && at < it.calls.length ? 1 : 0);
    }
  });

  Deno.test(`${name}, at each call when one secret may not be deleted: everything is rolled back`, async () => {
    for (let at = 4; at < 12; at++) {
      const it = removableCluster();
      const before = worldOf(it);
      it.fault = ({ index }) => {
        if (index === at) return fault;
        return index === 3 ? { kind: "reject", item: 1, error: "forbidden" } : undefined;
      };
      const verdict = await runRemove(it, REMOVABLE);
      assert.ok(verdict.kind === "failed");
      assert.equal(verdict.error.kind, "forbidden");
      assertAsBefore(it, before, verdict.notRestored);
      // Only a service account that cannot be restored is left.
      const isRefused = fault.kind === "reject";
      assert.ok(verdict.notRestored.every((each) => isRefused && each.isServiceAccount));
    }
  });
}

for (const error of ["busy", "conflict"] as const) {
  Deno.test(`a removal that fails with ${error} is retried`, async () => {
    for (const fault of [{ kind: "throw", error }, { kind: "reject", item: 1, error }] as const) {
      const it = removableCluster();
      const before = worldOf(it);
      let removed = 0;
      it.fault = ({ method }) => method === "remove" && ++removed === 1 ? fault : undefined;
      const verdict = await runRemove(it, REMOVABLE);
      assert.equal(verdict.kind, "removed");
      checkTruth(it, before, verdict);
    }
  });
}

Deno.test("a hang at each call: all is deleted, or nothing except what the verdict names", async () => {
  using _clock = fakeClock({ runs: true });
  for (let at = 0; at < 4; at++) {
    const it = removableCluster();
    const before = worldOf(it);
    it.fault = ({ index }) => index === at ? { kind: "hang" } : undefined;
    const verdict = await runRemove(it, REMOVABLE, { seconds: 0.1, rollbackSeconds: 20 });
    assert.notEqual(verdict.kind, "removed");
    checkTruth(it, before, verdict);
    assert.deepEqual(verdict.kind === "failed" ? verdict.notRestored : [], []);
  }
});

Deno.test("faults at several calls: secrets and service accounts together or neither", async () => {
  using _clock = fakeClock({ runs: true });
  const anyFault = fc.constantFrom(...ANY_FAULTS);
  await fc.assert(
    fc.asyncProperty(fc.array(anyFault, { maxLength: 14 }), fc.boolean(), async (faults, force) => {
      const it = removableCluster();
      const before = worldOf(it);
      it.fault = ({ index }) => faults[index];
      checkTruth(it, before, await runRemove(it, REMOVABLE, { seconds: 0.05, force }));
    }),
    { numRuns: 300 },
  );
});

Deno.test("faults at several calls of a dry run change nothing", async () => {
  using _clock = fakeClock({ runs: true });
  const anyFault = fc.constantFrom(...ANY_FAULTS);
  await fc.assert(
    fc.asyncProperty(fc.array(anyFault, { maxLength: 5 }), async (faults) => {
      const it = removableCluster();
      const before = worldOf(it);
      it.fault = ({ index }) => faults[index];
      await runRemove(it, REMOVABLE, { seconds: 0.05, dryRun: true });
      assertAsBefore(it, before);
    }),
    { numRuns: 100 },
  );
});

Deno.test("killed at each call after each item: each secret is old or gone, and the next removal completes it", async () => {
  let kills = 0;
  for (let at = 0; at < 5; at++) {
    for (let after = 0; after <= 4; after++) {
      const it = removableCluster();
      const before = worldOf(it);
      if (!await killAt(it, { at, after }, () => runRemove(it, REMOVABLE))) continue;
      kills++;
      const now = it.dump();
      for (const key of KEYS) {
        if (now[key] !== undefined) assert.deepEqual(now[key], before.secrets[key]);
      }
      for (const { pullSecrets } of it.accounts.values()) {
        assert.ok(pullSecrets.every((name) => name === "pull" || name === "other"));
      }
      const verdict = await runRemove(it, REMOVABLE);
      assert.equal(verdict.kind, "removed");
      assert.deepEqual(Object.keys(it.dump()), ["a/bystander"]);
      assert.ok(
        ["a", "b", "c"].every((namespace) =>
          !it.accounts.get(`${namespace}/default`)!.pullSecrets.includes("pull")
        ),
      );
    }
  }
  // A removal reads secrets and service accounts, detaches and removes.
  assert.equal(kills, 4 * 5);
});

Deno.test("killed during the rollback: each secret is as it was, or gone", async () => {
  let kills = 0;
  for (let at = 4; at < 6; at++) {
    for (let after = 0; after <= 3; after++) {
      const it = removableCluster();
      const before = worldOf(it);
      const isKilled = await killAt(it, { at, after }, () => {
        const { fault } = it;
        it.fault = (call) =>
          call.index === 3 ? { kind: "reject", item: 1, error: "forbidden" } : fault(call);
        return runRemove(it, REMOVABLE);
      });
      if (!isKilled) continue;
      kills++;
      const now = it.dump();
      for (const key of KEYS) {
        if (now[key] !== undefined) assert.deepEqual(now[key], before.secrets[key]);
      }
      assert.ok(now["b/pull"] !== undefined);
    }
  }
  assert.equal(kills, 2 * 4);
});
