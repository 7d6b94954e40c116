import assert from "node:assert/strict";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import { deadlineIn } from "../../kube/deadline.ts";
import type { KubeError } from "../../kube/errors.ts";
import { pullSecrets } from "../fake/desired.ts";
import { emptyCluster, passwordOf, PULL_KEYS, pullCluster } from "../fake/clusters.ts";
import { runRemove, runWrite } from "../fake/run.ts";
import { Locks } from "./locks.ts";

Deno.test("of twelve concurrent equal requests without upsert, one creates and eleven find that it exists", async () => {
  const it = emptyCluster();
  const locks = new Locks();
  const verdicts = await Promise.all(
    Array.from({ length: 12 }, () => runWrite(it, pullSecrets("new"), { upsert: false, locks })),
  );
  const count = (kind: string) => verdicts.filter((verdict) => verdict.kind === kind).length;
  assert.deepEqual([count("written"), count("refused")], [1, 11]);
});

Deno.test("of twelve concurrent programs, one succeeds, and its whole value is stored", async () => {
  const it = emptyCluster();
  const verdicts = await Promise.all(
    Array.from({ length: 12 }, (_, i) => runWrite(it, pullSecrets(`p${i}`), { upsert: false })),
  );
  const won = verdicts.findIndex(({ kind }) => kind === "written");
  assert.equal(verdicts.filter(({ kind }) => kind === "written").length, 1);
  for (const key of PULL_KEYS) assert.equal(passwordOf(it, key), `p${won}`);
});

Deno.test("fifty concurrent upserts of one key leave one whole value", async () => {
  const it = pullCluster();
  const locks = new Locks();
  const verdicts = await Promise.all(
    Array.from({ length: 50 }, (_, i) => runWrite(it, pullSecrets(`p${i}`), { locks })),
  );
  assert.ok(verdicts.every(({ kind }) => kind === "written"));
  assert.equal(new Set(PULL_KEYS.map((key) => passwordOf(it, key))).size, 1);
});

Deno.test("waiting for a lock past the deadline gives `busy`, because of other writes", async () => {
  using _clock = fakeClock({ runs: true });
  const it = pullCluster();
  const locks = new Locks();
  it.fault = ({ index }) => index === 0 ? { kind: "hang" } : undefined;
  const first = runWrite(it, pullSecrets("new"), { locks, seconds: 0.3 });
  const second = await runWrite(it, pullSecrets("new"), { locks, seconds: 0.05 });
  assert.equal(second.kind === "unable" && second.error.kind, "busy");
  await first;
  assert.equal((await runWrite(it, pullSecrets("new"), { locks })).kind, "written");
});

Deno.test("writes to two names of one API server take turns, and other servers do not wait for them", async () => {
  using _clock = fakeClock({ runs: true });
  const it = pullCluster();
  const locks = new Locks();
  const of = (server: string, seconds: number) =>
    runWrite(it, pullSecrets("new"), { locks: locks.of(server), seconds });
  it.fault = ({ index }) => index === 0 ? { kind: "hang" } : undefined;
  const first = of("https://a:6443", 0.3);
  const same = await of("https://a:6443", 0.05);
  assert.equal(same.kind === "unable" && same.error.kind, "busy");
  assert.equal((await of("https://b:6443", 0.05)).kind, "written");
  await first;
  assert.equal((await of("https://a:6443", 0.05)).kind, "written");
});

for (const [name, run] of [["writes", runWrite], ["deletes", runRemove]] as const) {
  for (const hasWaited of [true, false]) {
    const reason = hasWaited ? "other writes" : "that the cluster does not respond";
    const waiting = hasWaited ? "waited for a lock most of its time" : "did not wait for a lock";
    Deno.test(`a request that ${name} and ${waiting} reports ${reason}`, async () => {
      using _clock = fakeClock({ runs: true });
      const it = pullCluster();
      const locks = new Locks();
      const release = await locks.acquire(PULL_KEYS, deadlineIn(60));
      it.fault = () => ({ kind: "hang" });
      setTimeout(release, hasWaited ? 1100 : 0);
      const verdict = await run(it, pullSecrets("new"), { locks, seconds: 2 });
      assert.equal(verdict.kind, "unable");
      const { kind, message, details } = (verdict as { error: KubeError }).error;
      assert.equal(kind, hasWaited ? "busy" : "timeout");
      assert.equal(details.retryAfter, hasWaited ? 1 : undefined);
      if (hasWaited) {
        assert.match(
          message,
          /^Cannot write: timed out after 2 seconds, 1\.\d of them waiting for other writes to the same secrets$/,
        );
      }
    });
  }
}
