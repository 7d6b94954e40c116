import assert from "node:assert/strict";
import { encodeBase64 } from "../support/base64.ts";
import { soon, words } from "./secrets.ts";
import { contractTests, type Subject } from "./subject.ts";

const contractTest = contractTests((test) => Deno.test(test));

export function removeContract(subject: Subject): void {
  const test = contractTest.bind(undefined, subject);

  test("removes exactly this object in exactly this version", async (world) => {
    const namespace = await world.namespace();
    const data = { password: encodeBase64(world.canary.value) };
    const put = async (name: string) => {
      const { metadata } = await world.put({ metadata: { namespace, name }, data });
      return { uid: metadata.uid!, resourceVersion: metadata.resourceVersion! };
    };
    const right = await put("right");
    const wrongUid = { ...await put("wrong-uid"), uid: crypto.randomUUID() };
    const changed = await put("changed");
    await world.put({ metadata: { namespace, name: "changed", labels: { by: "other" } }, data });
    const removals = [
      { namespace, name: "wrong-uid", ...wrongUid },
      { namespace, name: "right", ...right },
      { namespace, name: "changed", ...changed },
      { namespace, name: "missing", ...right },
    ];
    const outcomes = await world.store.remove(removals, soon());
    assert.deepEqual(words(outcomes), [
      "rejected conflict",
      "done",
      "rejected conflict",
      "rejected not_found",
    ]);
    assert.equal(await world.find(namespace, "right"), undefined);
    assert.ok(await world.find(namespace, "wrong-uid"));
    assert.ok(await world.find(namespace, "changed"));
  });

  test("a second removal of the same object finds it gone", async (world) => {
    const namespace = await world.namespace();
    const { metadata } = await world.put({ metadata: { namespace, name: "once" } });
    const { uid = "", resourceVersion = "" } = metadata;
    const removals = [{ namespace, name: "once", uid, resourceVersion }];
    assert.deepEqual(words(await world.store.remove(removals, soon())), ["done"]);
    assert.deepEqual(words(await world.store.remove(removals, soon())), ["rejected not_found"]);
  });

  test("estimating whether many secrets can be removed in time changes none of them", async (world) => {
    const namespace = await world.namespace();
    const puts = Array.from({ length: 40 }, async (_, i) => {
      const name = `many-${i}`;
      const { metadata } = await world.put({ metadata: { namespace, name } });
      return { namespace, name, uid: metadata.uid!, resourceVersion: metadata.resourceVersion! };
    });
    const removals = await Promise.all(puts);
    await world.store.foreseeRemoval([], soon());
    await world.store.foreseeRemoval(removals, soon());
    for (const { name, resourceVersion } of removals) {
      assert.equal((await world.find(namespace, name))?.metadata.resourceVersion, resourceVersion);
    }
  });

  test("removing nothing has no outcomes", async (world) => {
    assert.deepEqual(await world.store.remove([], soon()), []);
  });
}
