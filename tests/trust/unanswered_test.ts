import assert from "node:assert/strict";
import { emptyCluster } from "../../src/credentials/fake/clusters.ts";
import { pullSecrets } from "../../src/credentials/fake/desired.ts";
import { runWrite } from "../../src/credentials/fake/run.ts";

/** A write whose response was lost, on a cluster that briefly cannot be read either. */

const LAST = pullSecrets().length - 1;

function cut(applied: boolean) {
  const it = emptyCluster();
  let reads = 0;
  it.fault = ({ method, index }) => {
    if (method === "create" && index < 3) return { kind: "cut", item: LAST, applied };
    // The read before the write gets a response, the read that checks the outcome does not.
    return method === "read" && ++reads === 2 ? { kind: "throw", error: "unreachable" } : undefined;
  };
  return it;
}

Deno.test("a write that was carried out without a response is looked up before a rollback", async () => {
  const it = cut(true);
  const { kind } = await runWrite(it, pullSecrets());
  assert.equal(kind, "written");
  assert.equal(it.secrets.size, LAST + 1);
});

Deno.test("a write that was not carried out and had no response is a failure, and the others are rolled back", async () => {
  const it = cut(false);
  const before = it.dump();
  const verdict = await runWrite(it, pullSecrets());
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, []);
  assert.deepEqual(it.dump(), before);
});
