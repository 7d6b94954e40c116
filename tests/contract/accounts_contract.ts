import assert from "node:assert/strict";
import type { ServiceAccount } from "../../src/kube/store.ts";
import { uniqueName } from "../support/api_objects.ts";
import { type ApiAccount, pullSecrets } from "./accounts.ts";
import { done, soon, words } from "./secrets.ts";
import { contractTests, type Subject, type World } from "./subject.ts";

const contractTest = contractTests((test) => Deno.test(test));

const refs = (...names: string[]) => names.map((name) => ({ name }));

export function accountsContract(subject: Subject): void {
  const test = contractTest.bind(undefined, subject);
  const put = (world: World, namespace: string, name: string, ...secrets: string[]) =>
    world.putAccount({ metadata: { namespace, name }, imagePullSecrets: refs(...secrets) });

  test("lists service accounts with their pull secrets, in one namespace and in all", async (world) => {
    const [here, there] = [await world.namespace(), await world.namespace()];
    await put(world, here, "none");
    await put(world, here, "two", "first", "second");
    await put(world, there, "one", "odd, {{.name}} %20+\n");
    const sorted = (accounts: ServiceAccount[]) =>
      accounts.sort((a, b) => a.name < b.name ? -1 : 1);
    const ofHere = [
      { namespace: here, name: "none", pullSecrets: [] },
      { namespace: here, name: "two", pullSecrets: ["first", "second"] },
    ];
    assert.deepEqual(sorted(await world.store.serviceAccounts(here, soon())), ofHere);
    const all = (await world.store.serviceAccounts(undefined, soon()))
      .filter(({ namespace }) => namespace === here || namespace === there);
    const one = { namespace: there, name: "one", pullSecrets: ["odd, {{.name}} %20+\n"] };
    assert.deepEqual(sorted(all), [ofHere[0], one, ofHere[1]]);
    assert.deepEqual(await world.store.serviceAccounts(uniqueName("missing"), soon()), []);
  });

  test("attaches pull secrets beside the existing ones, once", async (world) => {
    const namespace = await world.namespace();
    await put(world, namespace, "bare");
    await put(world, namespace, "other", "old");
    const uses = [
      { namespace, serviceAccount: "other", secret: "new" },
      { namespace, serviceAccount: "bare", secret: "new" },
      { namespace, serviceAccount: "other", secret: "newer" },
      { namespace, serviceAccount: "other", secret: "old" },
    ];
    for (const _ of ["first", "again"]) {
      const outcomes = await world.store.attach(uses, soon());
      const bare = await world.findAccount(namespace, "bare");
      const other = await world.findAccount(namespace, "other");
      assert.deepEqual(pullSecrets(bare), ["new"]);
      assert.deepEqual(pullSecrets(other), ["old", "new", "newer"]);
      assert.deepEqual(outcomes.map((outcome) => done(outcome).uid), [
        version(other).uid,
        version(bare).uid,
        version(other).uid,
        version(other).uid,
      ]);
      assert.deepEqual(done(outcomes[1]), version(bare));
      assert.deepEqual(done(outcomes[3]), version(other));
    }
  });

  test("detaches pull secrets, keeps the others, and does nothing the second time", async (world) => {
    const namespace = await world.namespace();
    await put(world, namespace, "two", "a", "b");
    await put(world, namespace, "one", "a");
    await put(world, namespace, "none");
    const uses = ["two", "one", "none"]
      .map((serviceAccount) => ({ namespace, serviceAccount, secret: "a" }));
    for (const _ of ["first", "again"]) {
      const outcomes = await world.store.detach(uses, soon());
      const accounts = await Promise.all(
        uses.map(({ serviceAccount }) => world.findAccount(namespace, serviceAccount)),
      );
      assert.deepEqual(accounts.map(pullSecrets), [["b"], [], []]);
      assert.deepEqual(outcomes.map(done), accounts.map(version));
    }
  });

  test("writes nothing if the pull secret is already attached or detached", async (world) => {
    const namespace = await world.namespace();
    const before = await put(world, namespace, "a", "x");
    const use = { namespace, serviceAccount: "a" };
    assert.deepEqual(words(await world.store.attach([{ ...use, secret: "x" }], soon())), ["done"]);
    assert.deepEqual(words(await world.store.detach([{ ...use, secret: "y" }], soon())), ["done"]);
    assert.deepEqual(await world.findAccount(namespace, "a"), before);
  });

  test("a missing service account or namespace is not_found, and the others are changed", async (world) => {
    const namespace = await world.namespace();
    await put(world, namespace, "there", "y");
    const missing = uniqueName("missing");
    const uses = [
      { namespace, serviceAccount: "absent", secret: "x" },
      { namespace, serviceAccount: "there", secret: "x" },
      { namespace: missing, serviceAccount: "default", secret: "x" },
    ];
    const expected = ["rejected not_found", "done", "rejected not_found"];
    assert.deepEqual(words(await world.store.attach(uses, soon())), expected);
    assert.deepEqual(pullSecrets(await world.findAccount(namespace, "there")), ["y", "x"]);
    assert.deepEqual(words(await world.store.detach(uses, soon())), expected);
    assert.deepEqual(pullSecrets(await world.findAccount(namespace, "there")), ["y"]);
    const alone = await world.store.attach(uses.slice(2), soon());
    assert.deepEqual(words(alone), ["rejected not_found"]);
    assert.ok(alone[0]?.kind === "rejected");
    assert.match(alone[0].error.message, /: (it does not exist|not_found)$/);
  });

  test("concurrent attachments to one service account all succeed", async (world) => {
    const namespace = await world.namespace();
    await put(world, namespace, "a", "old");
    const secrets = ["x", "y", "z"];
    const outcomes = await Promise.all(
      secrets.map((secret) =>
        world.store.attach([{ namespace, serviceAccount: "a", secret }], soon())
      ),
    );
    assert.deepEqual(words(outcomes.flat()), ["done", "done", "done"]);
    const account = await world.findAccount(namespace, "a");
    assert.deepEqual(pullSecrets(account).sort(), ["old", ...secrets]);
  });

  test("attaches and detaches in fifty namespaces in one call", async (world) => {
    const namespaces = await Promise.all(Array.from({ length: 50 }, () => world.namespace()));
    await Promise.all(namespaces.map((namespace) => put(world, namespace, "default", "old")));
    const uses = namespaces
      .map((namespace) => ({ namespace, serviceAccount: "default", secret: "new" }));
    const attached = await world.store.attach(uses, soon());
    assert.deepEqual(new Set(words(attached)), new Set(["done"]));
    const find = (namespace: string) => world.findAccount(namespace, "default");
    const accounts = await Promise.all(namespaces.map(find));
    assert.deepEqual(attached.map(done), accounts.map(version));
    for (const account of accounts) assert.deepEqual(pullSecrets(account), ["old", "new"]);
    const detached = await world.store.detach(uses, soon());
    assert.deepEqual(new Set(words(detached)), new Set(["done"]));
    for (const account of await Promise.all(namespaces.map(find))) {
      assert.deepEqual(pullSecrets(account), ["old"]);
    }
  });

  if (subject.judges) {
    test("changes nothing else of a service account", async (world) => {
      const namespace = await world.namespace();
      const before = await world.putAccount({
        metadata: { namespace, name: "full", annotations: { note: 'two\nlines 🗝️ "x"' } },
        secrets: [{ name: "mounted" }, {}],
        imagePullSecrets: [{ name: "b" }, { name: "a" }, {}, { name: "b" }],
        automountServiceAccountToken: false,
      });
      const uses = [{ namespace, serviceAccount: "full", secret: "x" }];
      await world.store.attach(uses, soon());
      const attached = await world.findAccount(namespace, "full");
      const wanted = [...before.imagePullSecrets!, { name: "x" }];
      assert.deepEqual(settled(attached), settled({ ...before, imagePullSecrets: wanted }));
      await world.store.detach(uses, soon());
      assert.deepEqual(settled(await world.findAccount(namespace, "full")), settled(before));
    });
  }

  test("attaching or detaching nothing has no outcomes", async (world) => {
    assert.deepEqual(await world.store.attach([], soon()), []);
    assert.deepEqual(await world.store.detach([], soon()), []);
  });
}

function version(account: ApiAccount | undefined) {
  const { uid, resourceVersion } = account!.metadata;
  return { uid, resourceVersion };
}

/** The fields that a write does not change by itself. */
function settled(account: ApiAccount | undefined): object {
  const { metadata, ...rest } = account!;
  const { resourceVersion: _, ...kept } = metadata;
  return {
    ...rest,
    metadata: Object.fromEntries(
      Object.entries(kept).filter(([field]) => field !== "managedFields"),
    ),
  };
}
