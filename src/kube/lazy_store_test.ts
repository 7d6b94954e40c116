import assert from "node:assert/strict";
import { seal } from "../log/sealed.ts";
import { deadlineIn } from "./deadline.ts";
import { KubeError } from "./errors.ts";
import { FakeCluster } from "./fake/store.ts";
import { lazyStore, unusableStore } from "./lazy_store.ts";
import type { SecretStore } from "./store.ts";

const REF = { namespace: "default", name: "a" };
const USE = { namespace: "default", serviceAccount: "a", secret: "b" };
const SECRET = { ...REF, type: "Opaque", labels: {}, annotations: {}, data: seal({}) };
const VERSION = { uid: "u", resourceVersion: "1" };

type Call = (store: SecretStore) => Promise<unknown>;

/** Each call of a store. */
const CALLS: Readonly<Record<keyof SecretStore, Call>> = {
  list: (store) => store.list({ selector: "a=b" }, deadlineIn(9)),
  listData: (store) => store.listData({ type: "a" }, deadlineIn(9)),
  read: (store) => store.read([REF], deadlineIn(9)),
  create: (store) => store.create([SECRET], deadlineIn(9)),
  replace: (store) => store.replace([{ ...SECRET, ...VERSION }], deadlineIn(9)),
  remove: (store) => store.remove([{ ...REF, ...VERSION }], deadlineIn(9)),
  foreseeRemoval: (store) => store.foreseeRemoval([{ ...REF, ...VERSION }], deadlineIn(9)),
  namespaces: (store) => store.namespaces(undefined, deadlineIn(9)),
  createNamespaces: (store) => store.createNamespaces(["new"], deadlineIn(9)),
  serviceAccounts: (store) => store.serviceAccounts(undefined, deadlineIn(9)),
  attach: (store) => store.attach([USE], deadlineIn(9)),
  detach: (store) => store.detach([USE], deadlineIn(9)),
};

for (const [method, call] of Object.entries(CALLS)) {
  Deno.test(`${method} on a cluster that cannot be used rejects with the reason`, async () => {
    const reason = new KubeError("invalid_kubeconfig", "Cannot use it", { cluster: "c" });
    const store = unusableStore(reason);
    for (const _ of [1, 2]) {
      await assert.rejects(call(store), (error) => error === reason);
    }
  });

  Deno.test(`a lazy store is created by ${method}, once, and passes the call on`, async () => {
    const cluster = new FakeCluster();
    const other = new FakeCluster();
    for (const each of [cluster, other]) {
      each.namespaces.set("default", "Active");
      each.putAccount(REF);
    }
    let made = 0;
    const store = lazyStore(() => {
      made++;
      return cluster.store();
    });
    assert.equal(made, 0);
    assert.deepEqual(await call(store), await call(other.store()));
    assert.deepEqual(cluster.calls, other.calls);
    await call(store);
    assert.equal(made, 1);
  });
}

Deno.test("if creating a lazy store fails, the next call creates it", async () => {
  let tries = 0;
  const store = lazyStore(() => {
    if (++tries === 1) throw new KubeError("busy", "Cannot: later");
    return new FakeCluster().store();
  });
  await assert.rejects(CALLS.namespaces(store), /Cannot: later/);
  assert.deepEqual(await CALLS.namespaces(store), new Map());
});
