import assert from "node:assert/strict";
import type { StoredSecret } from "../../src/kube/store.ts";
import { seal } from "../../src/log/sealed.ts";
import { encodeBase64 } from "../support/base64.ts";
import { done, opaque, soon, words } from "./secrets.ts";
import { contractTests, type Subject, type World } from "./subject.ts";

const contractTest = contractTests((test) => Deno.test(test));

export function replaceContract(subject: Subject): void {
  const test = contractTest.bind(undefined, subject);

  test("replaces the version that was read, and keeps the fields of others", async (world) => {
    const namespace = await world.namespace();
    const before = await world.put({
      metadata: {
        namespace,
        name: "old",
        labels: { team: "a" },
        annotations: { note: "two\nlines" },
        ownerReferences: [{ apiVersion: "v1", kind: "Thing", name: "t", uid: "u-1" }],
        finalizers: ["tests.invalid/keep"],
      },
      data: { password: encodeBase64("old"), other: encodeBase64("old") },
    });
    const read = await readOne(world, namespace, "old");
    const data = seal({ password: encodeBase64(world.canary.value) });
    const labels = { ...read.labels, ours: "b" };
    const [outcome] = await world.store.replace([{ ...read, labels, data }], soon());

    const after = (await world.find(namespace, "old"))!;
    const { uid, resourceVersion } = after.metadata;
    assert.deepEqual(done(outcome), { uid, resourceVersion });
    assert.equal(uid, before.metadata.uid);
    assert.notEqual(resourceVersion, before.metadata.resourceVersion);
    assert.deepEqual(after.data, data.reveal());
    assert.deepEqual(after.metadata.labels, { team: "a", ours: "b" });
    for (const field of ["annotations", "ownerReferences", "finalizers"] as const) {
      assert.deepEqual(after.metadata[field], before.metadata[field], field);
    }
  });

  test("rejects stale and missing secrets, and replaces the others", async (world) => {
    const namespace = await world.namespace();
    const names = ["fresh", "stale", "gone", "last"];
    for (const name of names) await world.put({ metadata: { namespace, name } });
    const read = await Promise.all(names.map((name) => readOne(world, namespace, name)));
    const changed = await world.put({
      metadata: { namespace, name: "stale" },
      data: { password: encodeBase64("somebody else's") },
    });
    await world.remove(namespace, "gone");
    const data = seal({ password: encodeBase64(world.canary.value) });
    const secrets = read.map((secret) => ({ ...secret, data }));
    const outcomes = await world.store.replace(secrets, soon());
    assert.deepEqual(words(outcomes), ["done", "rejected conflict", "rejected not_found", "done"]);
    assert.deepEqual(await world.find(namespace, "stale"), changed);
    assert.equal(await world.find(namespace, "gone"), undefined);
  });

  test("rejects a change of the type and of an immutable value", async (world) => {
    const namespace = await world.namespace();
    const old = { password: encodeBase64("old") };
    await world.put({ metadata: { namespace, name: "typed" }, data: old });
    await world.put({ metadata: { namespace, name: "fixed" }, data: old, immutable: true });
    const typed = { ...await readOne(world, namespace, "typed"), type: "example.com/other" };
    const data = seal({ password: encodeBase64(world.canary.value) });
    const fixed = { ...await readOne(world, namespace, "fixed"), data };
    for (const secrets of [[typed], [fixed], [typed, fixed]]) {
      const outcomes = await world.store.replace(secrets, soon());
      assert.deepEqual(words(outcomes), secrets.map(() => "rejected invalid"));
    }
    assert.deepEqual((await world.find(namespace, "typed"))?.data, old);
    assert.deepEqual((await world.find(namespace, "fixed"))?.data, old);
  });

  test("rejects a secret that was deleted and created again since it was read", async (world) => {
    const namespace = await world.namespace();
    await world.put({ metadata: { namespace, name: "again" } });
    const read = await readOne(world, namespace, "again");
    await world.remove(namespace, "again");
    const made = await world.put({ metadata: { namespace, name: "again" } });
    const secret = opaque(namespace, "again", world.canary.value, {
      resourceVersion: read.resourceVersion,
    });
    assert.deepEqual(words(await world.store.replace([secret], soon())), ["rejected conflict"]);
    assert.deepEqual(await world.find(namespace, "again"), made);
  });

  test("replacing nothing has no outcomes", async (world) => {
    assert.deepEqual(await world.store.replace([], soon()), []);
  });
}

async function readOne(world: World, namespace: string, name: string): Promise<StoredSecret> {
  const { secrets } = await world.store.read([{ namespace, name }], soon());
  const secret = secrets.get(`${namespace}/${name}`);
  assert.ok(secret);
  return secret;
}
