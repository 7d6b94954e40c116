import assert from "node:assert/strict";
import { PerMinute } from "./per_minute.ts";

Deno.test("the first of the next minute tells how many were too many, once", () => {
  let now = 1000;
  const counter = new PerMinute({ now: () => now, allowed: 2 });
  const some = (count: number, key = "a") =>
    Array.from({ length: count }, () => counter.count(key));
  assert.deepEqual(some(5).map(({ isTooMany }) => isTooMany), [false, false, true, true, true]);
  assert.deepEqual(some(1, "b"), [{ isTooMany: false, leftOut: 0, seconds: 60 }]);
  now += 60_000;
  assert.deepEqual(some(3).map(({ isTooMany, leftOut }) => [isTooMany, leftOut]), [
    [false, 3],
    [false, 0],
    [true, 0],
  ]);
});

Deno.test("no more keys are remembered than were said", () => {
  const counter = new PerMinute({ allowed: 1, keys: 2 });
  const isTooMany = (key: string) => counter.count(key).isTooMany;
  assert.deepEqual(["a", "a", "b", "c", "a"].map(isTooMany), [false, true, false, false, false]);
});
