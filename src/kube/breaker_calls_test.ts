import assert from "node:assert/strict";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import { seal } from "../log/sealed.ts";
import { Breaker } from "./breaker.ts";
import { type Deadline, deadlineIn } from "./deadline.ts";
import { FakeCluster } from "./fake/store.ts";
import type { SecretStore } from "./store.ts";

/** The calls of a store behind a breaker. */

/** The timeout of a request; a failure counts from half of it on. */
const SECONDS = 0.1;

function opened(breaker: Breaker, cluster: FakeCluster): SecretStore {
  const guarded = breaker.guard("c", cluster.store(), SECONDS);
  assert.ok(guarded.kind === "open");
  return guarded.store;
}

const READS = {
  namespaces: (store, deadline) => store.namespaces(undefined, deadline),
  serviceAccounts: (store, deadline) => store.serviceAccounts(undefined, deadline),
  listData: (store, deadline) => store.listData({ type: "a" }, deadline),
} satisfies Record<string, (store: SecretStore, deadline: Deadline) => Promise<unknown>>;

for (const [method, read] of Object.entries(READS)) {
  Deno.test(`timeouts of a first read by ${method} open the breaker, too`, async () => {
    using _clock = fakeClock({ runs: true });
    const cluster = new FakeCluster();
    const breaker = new Breaker();
    cluster.fault = () => ({ kind: "hang" });
    for (const _ of [1, 2]) {
      const asking = read(opened(breaker, cluster), deadlineIn(SECONDS));
      await assert.rejects(asking, { kind: "timeout" });
    }
    assert.equal(breaker.guard("c", cluster.store(), SECONDS).kind, "rejected");
  });
}

Deno.test("every write passes through the breaker with its arguments", async () => {
  const cluster = new FakeCluster();
  cluster.namespaces.set("default", "Active");
  const store = opened(new Breaker(), cluster);
  const deadline = deadlineIn(30);
  const ref = { namespace: "default", name: "a" };
  const secret = { ...ref, type: "Opaque", labels: {}, annotations: {}, data: seal({}) };
  const use = { namespace: "default", serviceAccount: "a", secret: "b" };
  cluster.putAccount(ref);
  const { uid, resourceVersion } = cluster.put(ref);
  const dryRun = { dryRun: true };
  await store.create([secret], deadline, dryRun);
  await store.replace([{ ...secret, resourceVersion }], deadline, dryRun);
  await store.remove([{ ...ref, uid, resourceVersion }], deadline, dryRun);
  await store.createNamespaces(["new"], deadline, dryRun);
  await store.attach([use], deadline, dryRun);
  await store.detach([use], deadline, dryRun);
  assert.deepEqual(
    cluster.calls.map(({ method, dryRun }) => [method, dryRun]),
    ["create", "replace", "remove", "createNamespaces", "attach", "detach"]
      .map((method) => [method, true]),
  );
  assert.deepEqual([...cluster.namespaces.keys()], ["default"]);
  const counts: number[] = [];
  cluster.tooMany = (count) => void counts.push(count);
  await store.foreseeRemoval([{ ...ref, uid, resourceVersion }], deadline);
  assert.deepEqual(counts, [1]);
  await store.attach([use], deadline);
  assert.deepEqual(cluster.accounts.get("default/a")?.pullSecrets, ["b"]);
});
