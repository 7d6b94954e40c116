import assert from "node:assert/strict";
import { encodeBase64 } from "../support/base64.ts";
import { uniqueName } from "../support/api_objects.ts";
import { done, opaque, soon, words } from "./secrets.ts";
import { contractTests, type Subject } from "./subject.ts";

const contractTest = contractTests((test) => Deno.test(test));

const DRY_RUN = { dryRun: true };

/** A dry run reports the result of a write, and changes nothing. */
export function dryRunContract(subject: Subject): void {
  const test = contractTest.bind(undefined, subject);

  test("a dry run reports what would be created, and creates nothing", async (world) => {
    const namespace = await world.namespace();
    const before = await world.put({ metadata: { namespace, name: "old" } });
    const secrets = [
      opaque(namespace, "first", world.canary.value),
      opaque(namespace, "old", world.canary.value),
      opaque(uniqueName("missing"), "x", world.canary.value),
      opaque(await world.namespace("Terminating"), "x", world.canary.value),
      opaque(namespace, "last", world.canary.value),
    ];
    const expected = [
      "done",
      "rejected exists",
      "rejected namespace_not_found",
      "rejected namespace_terminating",
      "done",
    ];
    for (const _ of ["first", "again"]) {
      const outcomes = await world.store.create(secrets, soon(), DRY_RUN);
      assert.deepEqual(words(outcomes), expected);
      assert.equal(done(outcomes[0]).resourceVersion, "");
      assert.notEqual(done(outcomes[0]).uid, "");
    }
    const listed = await world.store.list({ namespace }, soon());
    assert.deepEqual(listed.map(({ name }) => name), ["old"]);
    assert.deepEqual(await world.find(namespace, "old"), before);
    const written = await world.store.create(secrets, soon(), { dryRun: false });
    assert.deepEqual(words(written), expected);
    assert.ok(await world.find(namespace, "last"));
  });

  test("a dry run reports what would be replaced, and replaces nothing", async (world) => {
    const namespace = await world.namespace();
    const data = { password: encodeBase64(world.canary.value) };
    const past = await world.put({ metadata: { namespace, name: "a" }, data });
    const labels = { by: "other" };
    const before = await world.put({ metadata: { namespace, name: "a", labels }, data });
    const { uid, resourceVersion } = before.metadata;
    const changed = (name: string, resourceVersion: string) =>
      opaque(namespace, name, `${world.canary.value}-2`, { resourceVersion });
    const secrets = [
      changed("a", resourceVersion!),
      changed("missing", resourceVersion!),
      changed("a", past.metadata.resourceVersion!),
    ];
    // One at a time: two secrets of one name in one call cannot be distinguished.
    const outcomes = [];
    for (const secret of secrets) {
      outcomes.push(...await world.store.replace([secret], soon(), DRY_RUN));
    }
    assert.deepEqual(words(outcomes), ["done", "rejected not_found", "rejected conflict"]);
    assert.deepEqual(done(outcomes[0]), { uid, resourceVersion });
    assert.deepEqual(await world.find(namespace, "a"), before);
    assert.deepEqual(words(await world.store.replace(secrets.slice(0, 1), soon())), ["done"]);
    assert.notDeepEqual(await world.find(namespace, "a"), before);
  });

  test("a dry run reports what would be removed, and removes nothing", async (world) => {
    const namespace = await world.namespace();
    const before = await world.put({ metadata: { namespace, name: "a" } });
    const other = await world.put({ metadata: { namespace, name: "b" } });
    const { uid = "", resourceVersion = "" } = before.metadata;
    const removals = [
      { namespace, name: "a", uid, resourceVersion },
      { namespace, name: "b", uid, resourceVersion: other.metadata.resourceVersion! },
      { namespace, name: "missing", uid, resourceVersion },
    ];
    const expected = ["done", "rejected conflict", "rejected not_found"];
    for (const _ of ["first", "again"]) {
      const outcomes = await world.store.remove(removals, soon(), DRY_RUN);
      assert.deepEqual(words(outcomes), expected);
      assert.deepEqual(done(outcomes[0]), { uid, resourceVersion });
    }
    assert.deepEqual(await world.find(namespace, "a"), before);
    assert.deepEqual(words(await world.store.remove(removals, soon())), expected);
    assert.equal(await world.find(namespace, "a"), undefined);
  });

  test("a dry run creates no namespace, so that a secret in it is rejected", async (world) => {
    const name = uniqueName("dry");
    const outcomes = await world.store.createNamespaces(
      [name, await world.namespace()],
      soon(),
      DRY_RUN,
    );
    assert.deepEqual(words(outcomes), ["done", "rejected exists"]);
    assert.equal(done(outcomes[0]).resourceVersion, "");
    assert.equal(await world.labelsOf(name), undefined);
    const secret = opaque(name, "a", world.canary.value);
    const created = await world.store.create([secret], soon(), DRY_RUN);
    assert.deepEqual(words(created), ["rejected namespace_not_found"]);
  });

  test("a dry run attaches and detaches nothing", async (world) => {
    const namespace = await world.namespace();
    const imagePullSecrets = [{ name: "old" }];
    const before = await world.putAccount({ metadata: { namespace, name: "a" }, imagePullSecrets });
    const { uid, resourceVersion } = before.metadata;
    const use = (serviceAccount: string, secret: string) => ({ namespace, serviceAccount, secret });
    const attached = await world.store.attach(
      [use("a", "new"), use("b", "new")],
      soon(),
      DRY_RUN,
    );
    assert.deepEqual(words(attached), ["done", "rejected not_found"]);
    assert.deepEqual(done(attached[0]), { uid, resourceVersion });
    const detached = await world.store.detach([use("a", "old")], soon(), DRY_RUN);
    assert.deepEqual(done(detached[0]), { uid, resourceVersion });
    assert.deepEqual(await world.findAccount(namespace, "a"), before);
  });

  if (subject.judges) {
    test("a dry run rejects what the API server considers invalid", async (world) => {
      const namespace = await world.namespace();
      const type = "kubernetes.io/dockerconfigjson";
      const secrets = [
        opaque(namespace, "bad", world.canary.value, { type }),
        opaque(namespace, "good", world.canary.value),
      ];
      const outcomes = await world.store.create(secrets, soon(), DRY_RUN);
      assert.deepEqual(words(outcomes), ["rejected invalid", "done"]);
      const namespaces = await world.store.createNamespaces(["Capitals"], soon(), DRY_RUN);
      assert.deepEqual(words(namespaces), ["rejected invalid"]);
      const { metadata } = await world.put({ metadata: { namespace, name: "old" } });
      const { resourceVersion } = metadata;
      const replaced = [opaque(namespace, "old", "", { type: "another", resourceVersion })];
      assert.deepEqual(
        words(await world.store.replace(replaced, soon(), DRY_RUN)),
        ["rejected invalid"],
      );
    });
  }
}
