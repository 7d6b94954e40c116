import assert from "node:assert/strict";
import { uniqueName } from "../support/api_objects.ts";
import { done, opaque, soon, words } from "./secrets.ts";
import { contractTests, type Subject } from "./subject.ts";

const contractTest = contractTests((test) => Deno.test(test));

/** The label that every namespace has: its name. */
const NAME = "kubernetes.io/metadata.name";
const MANAGED_BY = "app.kubernetes.io/managed-by";

export function namespacesContract(subject: Subject): void {
  const test = contractTest.bind(undefined, subject);

  test("returns namespaces with their phases, all and selected ones", async (world) => {
    const [one, two] = [await world.namespace(), await world.namespace()];
    const terminating = await world.namespace("Terminating");
    const all = await world.store.namespaces(undefined, soon());
    assert.equal(all.get(one), "Active");
    assert.equal(all.get(two), "Active");
    assert.equal(all.get(terminating), "Terminating");
    const selector = `${NAME} in (${terminating},${two},${uniqueName("missing")})`;
    const some = await world.store.namespaces(selector, soon());
    assert.deepEqual(new Map(some), new Map([[terminating, "Terminating"], [two, "Active"]]));
    const none = await world.store.namespaces(`${NAME}=${uniqueName("missing")}`, soon());
    assert.equal(none.size, 0);
  });

  test("creates namespaces with the label that names their creator", async (world) => {
    const names = [uniqueName("new"), uniqueName("new"), uniqueName("new")];
    const outcomes = await world.store.createNamespaces(names, soon());
    assert.deepEqual(words(outcomes), ["done", "done", "done"]);
    assert.equal(new Set(outcomes.map((outcome) => done(outcome).uid)).size, 3);
    for (const [i, name] of names.entries()) {
      assert.notEqual(done(outcomes[i]).resourceVersion, "");
      const { [MANAGED_BY]: managedBy } = (await world.labelsOf(name))!;
      assert.equal(managedBy, "argocd-configurer");
    }
    const mine = await world.store.namespaces(`${MANAGED_BY}=argocd-configurer`, soon());
    for (const name of names) assert.equal(mine.get(name), "Active");
    const secret = opaque(names[0]!, "first", world.canary.value);
    assert.deepEqual(words(await world.store.create([secret], soon())), ["done"]);
  });

  test("rejects an existing namespace in any phase, and creates the others", async (world) => {
    const old = await world.namespace();
    const terminating = await world.namespace("Terminating");
    const labels = await world.labelsOf(old);
    const [first, last] = [uniqueName("new"), uniqueName("new")];
    const outcomes = await world.store.createNamespaces([first, old, terminating, last], soon());
    assert.deepEqual(words(outcomes), ["done", "rejected exists", "rejected exists", "done"]);
    assert.deepEqual(await world.labelsOf(old), labels);
    assert.ok(await world.labelsOf(last));
    assert.deepEqual(words(await world.store.createNamespaces([old], soon())), ["rejected exists"]);
    const [, exists] = outcomes;
    assert.ok(exists?.kind === "rejected");
    assert.match(exists.error.message, /^Cannot (create namespace|do it)/);
  });

  if (subject.judges) {
    test("rejects an invalid namespace name", async (world) => {
      const good = uniqueName("new");
      const bad = ["Capitals", "under_score", "a.b", "-a", "a".repeat(64)];
      const outcomes = await world.store.createNamespaces([...bad, good], soon());
      assert.deepEqual(words(outcomes), [...bad.map(() => "rejected invalid"), "done"]);
      assert.deepEqual(
        words(await world.store.createNamespaces(["Capitals"], soon())),
        ["rejected invalid"],
      );
    });
  }

  test("creating no namespaces has no outcomes", async (world) => {
    assert.deepEqual(await world.store.createNamespaces([], soon()), []);
  });
}
