import assert from "node:assert/strict";
import { drift, percentile, spread } from "./statistics.ts";

Deno.test("a percentile is one of the values, in any order", () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.equal(percentile(hundred, 0.5), 50);
  assert.equal(percentile(hundred, 0.99), 99);
  assert.equal(percentile(hundred, 1), 100);
  assert.equal(percentile([7], 0.99), 7);
  assert.equal(percentile([1, 2], 0.99), 2);
});

Deno.test("without values there is no percentile", () => {
  assert.deepEqual(spread([]), { samples: 0, p50: NaN, p99: NaN, max: NaN });
});

Deno.test("the drift compares the last fifth with the second", () => {
  const values = [90, 90, 100, 100, 500, 500, 500, 500, 110, 110];
  assert.equal(Math.round(drift(values) * 1000), 100);
});

Deno.test("growth during the warm-up, or only in between, is no drift", () => {
  assert.equal(drift([10, 60, 100, 100, 180, 20, 170, 30, 100, 100]), 0);
});

Deno.test("with too few values there is no drift", () => {
  assert.equal(drift([1, 2, 3, 4]), NaN);
});
