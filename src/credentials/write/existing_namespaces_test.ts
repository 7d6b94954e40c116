import assert from "node:assert/strict";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import { deadlineIn } from "../../kube/deadline.ts";
import type { StoreFault } from "../../kube/fake/store.ts";
import { PULL_KEYS, pullCluster } from "../fake/clusters.ts";
import { pullSecrets } from "../fake/desired.ts";
import { runWrite } from "../fake/run.ts";
import { Locks } from "./locks.ts";

/** A cluster without the namespace `a`, where listing namespaces has this fault. */
function withoutA(fault: StoreFault) {
  const cluster = pullCluster();
  cluster.namespaces.delete("a");
  cluster.fault = ({ method }) => method === "namespaces" ? fault : undefined;
  return cluster;
}

Deno.test("the list of existing namespaces delays a refusal by a second at most, and holds no lock", async () => {
  using clock = fakeClock();
  const it = withoutA({ kind: "hang" });
  const locks = new Locks();
  let hasAnswered = false;
  const writing = runWrite(it, pullSecrets("new"), { locks, seconds: 3 })
    .finally(() => hasAnswered = true);
  await clock.advance(0);
  assert.deepEqual(it.calls.map(({ method }) => method), ["read", "namespaces"]);
  let isFree = false;
  locks.acquire(PULL_KEYS, deadlineIn(60)).then(() => isFree = true);
  await clock.advance(999);
  assert.ok(isFree);
  assert.ok(!hasAnswered);
  await clock.advance(1);
  assert.ok(hasAnswered);
  const { bugs, ...verdict } = await writing;
  assert.deepEqual(bugs, []);
  assert.ok(verdict.kind === "refused");
  assert.deepEqual(verdict.refusals.map(({ kind }) => kind), ["namespace_missing"]);
  assert.equal(verdict.existingNamespaces, undefined);
});

Deno.test("with less than a second left, a missing namespace is reported within that time", async () => {
  using clock = fakeClock();
  const it = withoutA({ kind: "hang" });
  let kind: string | undefined;
  runWrite(it, pullSecrets("new"), { seconds: 0.3 }).then((verdict) => kind = verdict.kind);
  await clock.advance(300);
  assert.equal(kind, "refused");
});

Deno.test("a bug in the list of namespaces is reported, and the write refused anyway", async () => {
  const it = withoutA({ kind: "bug" });
  const verdict = await runWrite(it, pullSecrets("new"));
  assert.equal(verdict.kind, "refused");
  assert.ok(verdict.bugs.length === 1 && verdict.bugs[0] instanceof TypeError);
});
