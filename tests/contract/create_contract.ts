import assert from "node:assert/strict";
import { seal } from "../../src/log/sealed.ts";
import { encodeBase64 } from "../support/base64.ts";
import { uniqueName } from "../support/api_objects.ts";
import { done, opaque, soon, words } from "./secrets.ts";
import { contractTests, type Subject } from "./subject.ts";

const contractTest = contractTests((test) => Deno.test(test));

export function createContract(subject: Subject): void {
  const test = contractTest.bind(undefined, subject);

  test("creates complete secrets, and returns the uid and version of each in order", async (world) => {
    const namespaces = [await world.namespace(), await world.namespace()];
    const password = world.canary.value;
    const secrets = [
      opaque(namespaces[1]!, "b", password, {
        labels: { "a.b/c": "d" },
        annotations: { note: "x\ny" },
      }),
      opaque(namespaces[0]!, "a", password, { type: "example.com/mine", immutable: true }),
      opaque(namespaces[0]!, "b", password),
    ];
    const outcomes = await world.store.create(secrets, soon());
    for (const [i, secret] of secrets.entries()) {
      const stored = (await world.find(secret.namespace, secret.name))!;
      const { uid, resourceVersion, labels = {}, annotations = {} } = stored.metadata;
      assert.deepEqual(done(outcomes[i]), { uid, resourceVersion });
      assert.deepEqual(
        { type: stored.type, data: stored.data, immutable: stored.immutable, labels, annotations },
        {
          type: secret.type,
          data: { password: encodeBase64(password) },
          immutable: secret.immutable,
          labels: secret.labels,
          annotations: secret.annotations,
        },
      );
    }
  });

  test("rejects existing secrets and missing or terminating namespaces, and creates the others", async (world) => {
    const namespace = await world.namespace();
    const before = await world.put({ metadata: { namespace, name: "old" } });
    const terminating = await world.namespace("Terminating");
    const secrets = [
      opaque(namespace, "first", world.canary.value),
      opaque(namespace, "old", world.canary.value),
      opaque(uniqueName("missing"), "x", world.canary.value),
      opaque(terminating, "x", world.canary.value),
      opaque(namespace, "last", world.canary.value),
    ];
    const outcomes = await world.store.create(secrets, soon());
    assert.deepEqual(words(outcomes), [
      "done",
      "rejected exists",
      "rejected namespace_not_found",
      "rejected namespace_terminating",
      "done",
    ]);
    assert.deepEqual(await world.find(namespace, "old"), before);
    assert.equal(await world.find(terminating, "x"), undefined);
  });

  test("rejects a single secret for the same reasons", async (world) => {
    const namespace = await world.namespace();
    await world.put({ metadata: { namespace, name: "old" } });
    const rejected: [string, string][] = [
      [namespace, "exists"],
      [uniqueName("missing"), "namespace_not_found"],
      [await world.namespace("Terminating"), "namespace_terminating"],
    ];
    for (const [where, kind] of rejected) {
      const secret = opaque(where, "old", world.canary.value);
      const outcomes = await world.store.create([secret], soon());
      assert.deepEqual(words(outcomes), [`rejected ${kind}`]);
    }
  });

  if (subject.judges) {
    test("rejects an invalid secret, as the only one and among others", async (world) => {
      const namespace = await world.namespace();
      const invalid = (name: string) =>
        opaque(namespace, name, world.canary.value, { type: "kubernetes.io/dockerconfigjson" });
      const alone = await world.store.create([invalid("x")], soon());
      assert.deepEqual(words(alone), ["rejected invalid"]);
      const notBase64 = opaque(namespace, "y", "", { data: seal({ key: world.canary.value }) });
      const secrets = [notBase64, invalid("x"), opaque(namespace, "good", world.canary.value)];
      const outcomes = await world.store.create(secrets, soon());
      assert.deepEqual(words(outcomes), ["rejected invalid", "rejected invalid", "done"]);
      assert.equal(await world.find(namespace, "x"), undefined);
    });
  }

  test("creates fifty secrets in fifty namespaces in one call", async (world) => {
    const namespaces = await Promise.all(Array.from({ length: 50 }, () => world.namespace()));
    const secrets = namespaces.map((namespace) => opaque(namespace, "many", world.canary.value));
    const outcomes = await world.store.create(secrets, soon());
    assert.deepEqual(new Set(words(outcomes)), new Set(["done"]));
    const { secrets: read } = await world.store.read(secrets, soon());
    assert.deepEqual(
      outcomes.map(done),
      namespaces.map((namespace) => {
        const { uid, resourceVersion } = read.get(`${namespace}/many`)!;
        return { uid, resourceVersion };
      }),
    );
  });

  test("stores and reads every value byte for byte", async (world) => {
    const namespace = await world.namespace();
    const data = oddValues(world.canary.value);
    const secret = opaque(namespace, "odd", "", { data: seal(data) });
    assert.deepEqual(words(await world.store.create([secret], soon())), ["done"]);
    assert.deepEqual((await world.find(namespace, "odd"))?.data, data);
    const { secrets } = await world.store.read([secret], soon());
    assert.deepEqual(secrets.get(`${namespace}/odd`)?.data.reveal(), data);
  });

  test("creating nothing has no outcomes", async (world) => {
    assert.deepEqual(await world.store.create([], soon()), []);
  });
}

/** Values that a transport could change, in base64. */
function oddValues(canary: string): Record<string, string> {
  const values: Record<string, string | Uint8Array> = {
    newline: `${canary}\n\r\n`,
    quotes: `'${canary}" \\" \\n`,
    document: `---\n${canary}\n---\n...\n`,
    emoji: `🗝️ ${canary} ключ \u2028`,
    long: canary.repeat(100).slice(0, 4096),
    binary: Uint8Array.from({ length: 256 }, (_, i) => i),
    template: `{{.data}} $(${canary}) %s`,
    blank: "",
  };
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, encodeBase64(value)]),
  );
}
