import assert from "node:assert/strict";
import { emptyCluster } from "../../src/credentials/fake/clusters.ts";
import { pullSecrets } from "../../src/credentials/fake/desired.ts";
import { runWrite } from "../../src/credentials/fake/run.ts";

/** A write whose answer was lost, in a cluster that cannot be read for a moment either. */

const LAST = pullSecrets().length - 1;

function cut(applied: boolean) {
  const it = emptyCluster();
  let reads = 0;
  it.fault = ({ method, index }) => {
    if (method === "create" && index < 3) return { kind: "cut", item: LAST, applied };
    // The one beforehand is answered, the one that looks what became of it is not.
    return method === "read" && ++reads === 2 ? { kind: "throw", error: "unreachable" } : undefined;
  };
  return it;
}

Deno.test("a write that was carried out, but not answered for, is looked for before it is undone", async () => {
  const it = cut(true);
  const { kind } = await runWrite(it, pullSecrets());
  assert.equal(kind, "written");
  assert.equal(it.secrets.size, LAST + 1);
});

Deno.test("one that was not carried out either is no success, and the others are undone", async () => {
  const it = cut(false);
  const before = it.dump();
  const verdict = await runWrite(it, pullSecrets());
  assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, []);
  assert.deepEqual(it.dump(), before);
});
