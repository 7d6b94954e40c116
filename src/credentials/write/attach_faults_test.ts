import assert from "node:assert/strict";
import fc from "fast-check";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import type { FakeCluster, StoreFault } from "../../kube/fake/store.ts";
import { accountCluster, usesIn } from "../fake/accounts.ts";
import { pullSecrets } from "../fake/desired.ts";
import { ANY_FAULTS, FAULTS, killAt } from "../fake/faults.ts";
import { passwordOf, PULL_KEYS } from "../fake/clusters.ts";
import { type RunOptions, runWrite } from "../fake/run.ts";
import { assertAsBefore, type World, worldOf } from "../fake/truth.ts";
import type { WriteVerdict } from "../write.ts";

const ATTACH = usesIn("a", "b", "c", "d");

const attaching = (it: FakeCluster, options: RunOptions = {}) =>
  runWrite(it, pullSecrets(), { attach: ATTACH, ...options });

/** Fails unless all is done, or nothing except what the verdict names. */
function checkTruth(it: FakeCluster, before: World, verdict: WriteVerdict): void {
  if (verdict.kind !== "written") {
    return assertAsBefore(it, before, verdict.kind === "failed" ? verdict.notRestored : []);
  }
  for (const key of PULL_KEYS) assert.equal(passwordOf(it, key), "new");
  for (const { namespace, serviceAccount } of ATTACH) {
    const { pullSecrets } = it.accounts.get(`${namespace}/${serviceAccount}`)!;
    assert.deepEqual([...pullSecrets].sort(), ["other", "pull"]);
  }
  assert.deepEqual(it.accounts.get("a/bystander")!.pullSecrets, ["other"]);
}

for (const [name, fault] of FAULTS) {
  Deno.test(`${name}, at each call of a write with service accounts: all or nothing`, async () => {
    for (let at = 0; at < 9; at++) {
      const it = accountCluster();
      const before = worldOf(it);
      it.fault = ({ index }) => index === at ? fault : undefined;
      // Before anything is written, a bug is thrown.
      if (fault.kind === "bug" && at < 2) {
        await assert.rejects(attaching(it), TypeError);
        assertAsBefore(it, before);
        continue;
      }
      const verdict = await attaching(it);
      checkTruth(it, before, verdict);
      if (verdict.kind === "failed") assert.deepEqual(verdict.notRestored, []);
      assert.equal(verdict.bugs.length, fault.kind === "bug" && at < it.calls.length ? 1 : 0);
    }
  });

  Deno.test(`${name}, at each call after a service account is refused: everything is rolled back`, async () => {
    for (let at = 5; at < 14; at++) {
      const it = accountCluster();
      const before = worldOf(it);
      it.fault = ({ index, method }) => {
        if (index === at) return fault;
        return method === "attach" && index === 4
          ? { kind: "reject", item: 1, error: "forbidden" }
          : undefined;
      };
      const verdict = await attaching(it);
      assert.ok(verdict.kind === "failed");
      assert.equal(verdict.error.kind, "forbidden");
      assertAsBefore(it, before, verdict.notRestored);
      // Two rejections leave one trace: the name of a service account that cannot be rolled back.
      const isRefused = fault.kind === "reject";
      assert.ok(verdict.notRestored.every((each) => isRefused && each.isServiceAccount));
    }
  });
}

Deno.test("a hang at each call: all, or nothing except what the verdict names", async () => {
  using _clock = fakeClock({ runs: true });
  const hang: StoreFault = { kind: "hang" };
  for (let at = 0; at < 5; at++) {
    const it = accountCluster();
    const before = worldOf(it);
    it.fault = ({ index }) => index === at ? hang : undefined;
    const verdict = await attaching(it, { seconds: 0.1, rollbackSeconds: 20 });
    assert.notEqual(verdict.kind, "written");
    checkTruth(it, before, verdict);
    assert.deepEqual(verdict.kind === "failed" ? verdict.notRestored : [], []);
  }
});

Deno.test("faults at several calls: service accounts and secrets together or neither", async () => {
  using _clock = fakeClock({ runs: true });
  const anyFault = fc.constantFrom(...ANY_FAULTS);
  await fc.assert(
    fc.asyncProperty(fc.array(anyFault, { maxLength: 14 }), async (faults) => {
      const it = accountCluster();
      const before = worldOf(it);
      it.fault = ({ index }) => faults[index];
      checkTruth(it, before, await attaching(it, { seconds: 0.05 }));
    }),
    { numRuns: 300 },
  );
});

Deno.test("killed at each call after each item: secrets are old or new, and the next upsert completes it", async () => {
  let kills = 0;
  for (let at = 0; at < 6; at++) {
    for (let after = 0; after <= 3; after++) {
      const it = accountCluster();
      const before = worldOf(it);
      if (!await killAt(it, { at, after }, () => attaching(it))) continue;
      kills++;
      for (const key of PULL_KEYS) {
        assert.ok(["old", "new", undefined].includes(passwordOf(it, key)));
      }
      for (const [key, { pullSecrets }] of it.accounts) {
        // Other pull secrets are kept, and ours is attached only if its secret exists.
        assert.ok(pullSecrets.includes("other"));
        const isNew = pullSecrets.includes("pull") && !before.accounts[key]!.includes("pull");
        if (isNew) assert.equal(passwordOf(it, `${key.split("/")[0]}/pull`), "new");
      }
      const verdict = await attaching(it);
      assert.equal(verdict.kind, "written");
      checkTruth(it, before, verdict);
    }
  }
  // A write reads secrets and service accounts, creates, replaces and attaches.
  assert.equal(kills, 5 * 4);
});
