import { equal, rejects } from "node:assert/strict";
import { assertTakesLess } from "./takes_less.ts";

Deno.test("one quick attempt of three is enough, and is the last", async () => {
  const took = [30, 20, 9, 1];
  let attempts = 0;
  await assertTakesLess(10, () => took[attempts++]);
  equal(attempts, 3);
  await assertTakesLess(1000, () => {});
});

Deno.test("three slow attempts fail with their durations, and so does an attempt that throws", async () => {
  await rejects(assertTakesLess(10, () => Promise.resolve(30.4)), /it took 30, 30, 30 ms$/);
  await rejects(assertTakesLess(0, () => {}), /it took \d+, \d+, \d+ ms$/);
  await rejects(assertTakesLess(10, () => Promise.reject(new Error("not so"))), /^Error: not so$/);
});
