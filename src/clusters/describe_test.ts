import assert from "node:assert/strict";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import { clusterDescriber } from "./describe.ts";
import { inMemory, usable } from "./fake/in_memory.ts";

const all = () => true;
const api = () => "api" as const;
const only = (name: string) => (each: string) => each === name;

Deno.test("a requested cluster is looked up each time, and the other clusters only once in a while", async () => {
  using clock = fakeClock();
  const source = inMemory(
    usable("a", { identity: "one" }),
    usable("b", { identity: "one" }),
    usable("c"),
  );
  const describe = clusterDescriber([source], api);
  for (let i = 0; i < 3; i++) {
    const { clusters } = await describe({ isVisible: all, isMeant: only("b") });
    assert.deepEqual(clusters.map(({ name, sameServerAs }) => [name, sameServerAs]), [["b", [
      "a",
    ]]]);
  }
  assert.deepEqual(source.looked, ["a", "b", "c", "b", "b"]);
  await clock.advance(2000);
  await describe({ isVisible: all, isMeant: only("b") });
  assert.deepEqual(source.looked.slice(5), ["a", "b", "c"]);
});

Deno.test("a cluster that the caller may not see is not named as having the same server", async () => {
  const describe = clusterDescriber([inMemory(
    usable("a", { identity: "one" }),
    usable("b", { identity: "one" }),
    usable("c", { identity: "one" }),
  )], api);
  const isVisible = (name: string) => name !== "a";
  const { clusters } = await describe({ isVisible, isMeant: all });
  assert.deepEqual(
    clusters.map(({ name, sameServerAs }) => [name, sameServerAs]),
    [["b", ["c"]], ["c", ["b"]]],
  );
});

Deno.test("a cluster that is removed after it was listed is reported as missing", async () => {
  const source = inMemory(usable("a"));
  const describe = clusterDescriber([{
    ...source,
    find: () => Promise.resolve(undefined),
    locationOf: (name) => `clusters/${name}.kubeconfig`,
  }], api);
  const { clusters: [gone] } = await describe({ isVisible: all, isMeant: all });
  assert.equal(gone?.problem?.kind, "invalid_kubeconfig");
  assert.equal(
    gone?.problem?.message,
    "Cannot use kubeconfig 'clusters/a.kubeconfig': it does not exist",
  );
});
