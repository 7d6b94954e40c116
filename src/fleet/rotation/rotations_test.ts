import assert from "node:assert/strict";
import { Rotations, type Running } from "./rotations.ts";
import type { RotationCluster } from "./shapes.ts";

const cluster = (name: string, status: RotationCluster["status"] = "rotated"): RotationCluster => ({
  ...{ cluster: name, status, status_code: 200, secrets: [], left: [] },
});

/** Of a caller who may see all clusters. */
const ANY = () => true;

/** The key of the fingerprints. */
const KEY = "key";

function startRotation(
  rotations: Rotations,
  id: string,
  keys: readonly string[],
  about?: string,
  key = KEY,
): Running {
  const running = rotations.start(id, { keys, by: "ci", about, to: "new", key });
  assert.ok(!("running" in running), `${id} runs`);
  return running;
}

Deno.test("no second rotation of the same value starts before the first one has finished", () => {
  const rotations = new Rotations();
  const first = startRotation(rotations, "r1", ["value a"]);
  const second = () => rotations.start("r2", { keys: ["value b", "value a"], by: "ci" });
  assert.deepEqual(second(), { running: "r1" });
  startRotation(rotations, "r3", ["value b"]).drop(); // the refused rotation has claimed nothing
  first.finish("done");
  assert.ok(!("running" in second()));
});

Deno.test("values found later are claimed as a whole, unless another rotation has one of them", () => {
  const rotations = new Rotations();
  const first = startRotation(rotations, "r1", ["registry a"]);
  const second = startRotation(rotations, "r2", ["registry b"]);
  assert.equal(first.claim(["value a"]), undefined);
  assert.equal(first.claim(["value a"]), undefined, "its own");
  assert.equal(second.claim(["value b", "value a"]), "r1");
  assert.equal(first.claim(["value b"]), undefined, "r2 has not claimed it");
});

Deno.test("no rotation starts from a value that another one writes, or writes a value that another one replaces", () => {
  const rotations = new Rotations();
  const of = (from: string, to: string) => ({ keys: [`value ${from}`], by: "ci", to });
  const first = rotations.start("r1", of("a", "b")) as Running;
  assert.deepEqual(rotations.start("back", of("b", "a")), { running: "r1" });
  assert.deepEqual(rotations.start("on", of("b", "c")), { running: "r1" });
  assert.deepEqual(rotations.start("from", of("c", "a")), { running: "r1" });
  const other = rotations.start("r2", of("c", "b")) as Running;
  assert.equal(other.rotation, "r2", "one new value may replace two");
  assert.equal(other.claim(["value b"]), "r1");
  first.finish("done");
  other.finish("done");
  assert.ok(!("running" in rotations.start("back", of("b", "a"))));
});

Deno.test("a rotation has a record while it runs and afterwards", () => {
  let now = Date.parse("2026-01-31T12:00:00Z");
  const rotations = new Rotations(undefined, () => now);
  const running = startRotation(rotations, "r1", ["value a"]);
  running.note({ names: ["a", "b"], replaces: ["a"] });
  running.add(cluster("a"));
  const { state, clusters, started, ended } = rotations.get("r1")!;
  assert.deepEqual({ state, clusters, started, ended }, {
    state: "running",
    clusters: [cluster("a")],
    started: "2026-01-31T12:00:00.000Z",
    ended: undefined,
  });
  now += 5000;
  running.add(cluster("b"));
  running.finish("done");
  const after = rotations.get("r1")!;
  assert.equal(after.state, "done");
  assert.equal(after.ended, "2026-01-31T12:00:05.000Z");
  assert.deepEqual(after.clusters, [cluster("a"), cluster("b")]);
});

Deno.test("a dropped rotation is not remembered", () => {
  const rotations = new Rotations();
  startRotation(rotations, "r1", ["value a"]).drop();
  assert.equal(rotations.get("r1"), undefined);
});

Deno.test("a finished rotation does not change any more", () => {
  const rotations = new Rotations();
  const running = startRotation(rotations, "r1", ["value a"]);
  running.finish("done");
  running.drop();
  running.finish("interrupted");
  assert.equal(rotations.get("r1")?.state, "done");
});

Deno.test("a value counts as found if a rotation found it", () => {
  const rotations = new Rotations();
  const ended = (id: string, value: string, wasFound: boolean) => {
    const running = startRotation(rotations, id, [value]);
    running.note({ replaces: [value], wasFound });
    running.finish("done");
  };
  ended("r1", "a", true);
  ended("r2", "b", false);
  assert.equal(rotations.hasFound("a", KEY, ANY), true);
  assert.equal(rotations.hasFound("b", KEY, ANY), false);
  assert.equal(rotations.hasFound("c", KEY, ANY), false);
  assert.equal(rotations.hasFound("a", "another key", ANY), false);
});

Deno.test("rotations with the same search are remembered, newest first", () => {
  const rotations = new Rotations();
  const ended = (id: string, about: string, value: string, key = KEY) => {
    const running = startRotation(rotations, id, [id], about, key);
    running.note({ replaces: [value], replacesOf: ["c"] });
    running.finish("done");
  };
  ended("r1", "ghcr", "a");
  ended("r2", "ghcr", "b");
  ended("r3", "quay", "c");
  ended("r4", "ghcr", "d", "another key");
  const past = rotations.past({ about: "ghcr", key: KEY }, ANY);
  const more = { to: "new", everywhere: false, replacesOf: ["c"], isSafe: false };
  assert.deepEqual(past, [{ ...more, replaces: ["b"] }, { ...more, replaces: ["a"] }]);
});

Deno.test("values found on clusters that a caller may not access are not shown to it", () => {
  const rotations = new Rotations();
  const about = "ghcr";
  const first = startRotation(rotations, "r1", ["value a"], about);
  first.note({ names: ["dev", "prod"], replaces: ["a"], wasFound: true });
  first.finish("done");
  const isDev = (cluster: string) => cluster === "dev";
  const pasts = (isSeen: (cluster: string) => boolean) =>
    rotations.past({ about, key: KEY }, isSeen).length;
  assert.deepEqual([rotations.hasFound("a", KEY, ANY), rotations.hasFound("a", KEY, isDev)], [
    true,
    false,
  ]);
  assert.deepEqual([pasts(ANY), pasts(isDev)], [1, 0]);
});

Deno.test("the oldest rotations are dropped above the limit, but never the last one", () => {
  const rotations = new Rotations(5);
  const ended = (id: string, clusters: number) => {
    const running = startRotation(rotations, id, [id]);
    for (let i = 0; i < clusters; i++) running.add(cluster(`c${i}`));
    running.finish("done");
  };
  ended("r1", 3);
  ended("r2", 2);
  assert.ok(rotations.get("r1"), "five are kept");
  ended("r3", 1);
  assert.equal(rotations.get("r1"), undefined);
  assert.ok(rotations.get("r2"));
  ended("r4", 10);
  assert.ok(rotations.get("r4"));
  assert.equal(rotations.get("r3"), undefined);
});
