import assert from "node:assert/strict";
import { type EmulatedWorld, emulatorSubject, TRANSPORTS } from "./subjects.ts";
import { soon } from "./secrets.ts";
import { contractTests } from "./subject.ts";

const contractTest = contractTests((test) => Deno.test(test));

/** Lists are fetched in pages of 500, completely. */

const MANY = Array.from({ length: 1001 }, (_, i) => `many-${String(i).padStart(4, "0")}`);

function pagesTest(sentence: string, test: (world: EmulatedWorld) => Promise<void>): void {
  for (const transport of TRANSPORTS) contractTest(emulatorSubject(transport), sentence, test);
}

/** The number of requested pages. */
function pages({ emulator }: EmulatedWorld, resource: string): number {
  const asked = emulator.requests.filter((line) =>
    new RegExp(`^GET /\\S*/${resource}\\?.*limit=500`).test(line)
  );
  assert.equal(asked.filter((line) => line.includes("continue=")).length, asked.length - 1);
  return asked.length;
}

pagesTest("a thousand and one namespaces are listed, in three pages", async (world) => {
  for (const name of MANY) world.emulator.cluster.addNamespace(name);
  const listed = await world.store.namespaces("kubernetes.io/metadata.name!=default", soon());
  assert.deepEqual([...listed.keys()].filter((name) => name.startsWith("many-")), MANY);
  assert.equal(pages(world, "namespaces"), 3);
});

pagesTest("a thousand and one service accounts are listed, in three pages", async (world) => {
  for (const name of MANY) {
    const imagePullSecrets = [{ name }];
    world.emulator.cluster
      .putServiceAccount({ metadata: { namespace: "n", name }, imagePullSecrets });
  }
  const listed = await world.store.serviceAccounts(undefined, soon());
  const expected = MANY.map((name) => ({ namespace: "n", name, pullSecrets: [name] }));
  assert.deepEqual(listed, expected);
  assert.equal(pages(world, "serviceaccounts"), 3);
});

pagesTest(
  "a thousand and one secrets are listed with an annotation, in three pages",
  async (world) => {
    for (const note of MANY) {
      world.emulator.cluster
        .put({ metadata: { namespace: "n", name: note, annotations: { note } } });
    }
    const listed = await world.store.list({ annotation: "note" }, soon());
    assert.deepEqual(listed.map(({ annotation }) => annotation), MANY);
    assert.equal(pages(world, "secrets"), 3);
  },
);

pagesTest(
  "a thousand and one secrets are listed with their data, in three pages",
  async (world) => {
    for (const name of MANY) {
      world.emulator.cluster.put({
        metadata: { namespace: "n", name },
        data: { name: btoa(name) },
      });
    }
    const listed = await world.store.listData({}, soon());
    assert.deepEqual(
      listed.map(({ data }) => data.reveal()),
      MANY.map((name) => ({ name: btoa(name) })),
    );
    assert.equal(pages(world, "secrets"), 3);
  },
);

pagesTest("a list by name requests only secrets of that name", async (world) => {
  for (const namespace of ["n", "m"]) {
    for (const name of ["a", "b"]) world.emulator.cluster.put({ metadata: { namespace, name } });
  }
  const listed = await world.store.list({ name: "a" }, soon());
  assert.deepEqual(listed.map(({ namespace, name }) => `${namespace}/${name}`), ["m/a", "n/a"]);
  assert.ok(
    world.emulator.requests.some((line) => line.includes("fieldSelector=metadata.name%3Da")),
  );
});
