import assert from "node:assert/strict";
import { pullSecrets } from "./fake/desired.ts";
import { REMOVABLE, removableCluster } from "./fake/removable.ts";
import { type Line, recorder, servicesOf, writer } from "./fake/services.ts";
import { removeFromCluster, writeToCluster } from "./write_to_cluster.ts";

const REQUEST = {
  ...writer(),
  cluster: "test",
  secrets: pullSecrets(),
  permissions: { upsert: true, force: false },
  kind: "docker",
} as const;

const REMOVAL = { ...writer(), cluster: "test", refs: REMOVABLE, force: false };

/** Those of the removable cluster that use its pull secrets. */
const ACCOUNTS = [
  { namespace: "a", name: "default" },
  { namespace: "a", name: "runner" },
  { namespace: "b", name: "default" },
  { namespace: "c", name: "default" },
];

const said = (line: Line) => line.phase === "end" ? line.outcome : line.phase;

Deno.test("a write is recorded with the service accounts that are to use its secrets, each once", async () => {
  const it = removableCluster();
  const record = recorder();
  const uses = ["pull", "second"].flatMap((secret) =>
    ACCOUNTS.map(({ namespace, name }) => ({ namespace, serviceAccount: name, secret }))
  );
  await writeToCluster({ ...REQUEST, attach: uses }, servicesOf(it, { record }));
  const [begin] = record.lines;
  assert.deepEqual(begin?.phase === "begin" && begin.attempt.serviceAccounts, ACCOUNTS);
});

Deno.test("a deletion that comes to nothing before it changes anything is recorded all the same", async () => {
  const it = removableCluster();
  it.fault = ({ method }) =>
    method === "serviceAccounts" ? { kind: "throw", error: "unreachable" } : undefined;
  const record = recorder();
  await removeFromCluster(REMOVAL, servicesOf(it, { record }));
  assert.deepEqual(record.lines.map(said), [
    "begin",
    { outcome: "unable", error: "unreachable" },
  ]);
  it.fault = ({ method }) => method === "read" ? { kind: "bug" } : undefined;
  const second = recorder();
  await assert.rejects(removeFromCluster(REMOVAL, servicesOf(it, { record: second })), TypeError);
  assert.deepEqual(second.lines.map(said), ["begin", { outcome: "failed", error: "internal" }]);
});

Deno.test("a deletion that would be refused is not answered so when that cannot be recorded", async () => {
  const it = removableCluster();
  it.put({ namespace: "a", name: "pull" }, { key: "dmFsdWU=" }); // of somebody else
  const refused = await removeFromCluster(REMOVAL, servicesOf(it, { record: recorder() }));
  assert.equal(refused.kind, "refused");
  const full = servicesOf(it, { record: recorder("the disk is full") });
  const verdict = await removeFromCluster(REMOVAL, full);
  assert.equal(verdict.kind === "unable" && verdict.error.kind, "not_recorded");
});
