import assert from "node:assert/strict";
import { callerKey, PerMinute } from "./per_minute.ts";

Deno.test("the first count of the next minute returns how many were too many, once", () => {
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

Deno.test("no more keys are remembered than configured", () => {
  const counter = new PerMinute({ allowed: 1, keys: 2 });
  const isTooMany = (key: string) => counter.count(key).isTooMany;
  assert.deepEqual(["a", "a", "b", "c", "a"].map(isTooMany), [false, true, false, false, false]);
});

Deno.test("ten counts a minute are allowed, and the next ones wait for the rest of the minute", () => {
  let now = 0;
  const counter = new PerMinute({ now: () => now });
  for (let i = 0; i < 10; i++) assert.equal(counter.count("a").isTooMany, false);
  const { isTooMany, seconds } = counter.count("a");
  assert.deepEqual([isTooMany, seconds], [true, 60]);
  now = 30_500;
  assert.equal(counter.count("a").seconds, 30);
  assert.equal(counter.count("b").isTooMany, false);
  now = 60_000;
  assert.equal(counter.count("a").isTooMany, false);
});

Deno.test("ten thousand keys are remembered, and no more", () => {
  const counter = new PerMinute({ now: () => 0 });
  counter.count("first", 11);
  for (let i = 0; i < 9_999; i++) counter.count(`address-${i}`);
  assert.equal(counter.count("first").isTooMany, true);
  for (let i = 0; i < 10_000; i++) counter.count(`address-${i}`);
  assert.equal(counter.count("first").isTooMany, false);
});

Deno.test("a token is one caller from any address, and is not an address of the same name", () => {
  assert.equal(callerKey("ci", "192.0.2.1"), callerKey("ci", "192.0.2.2"));
  assert.notEqual(callerKey("ci", "192.0.2.1"), callerKey("other", "192.0.2.1"));
  assert.notEqual(callerKey("192.0.2.1", "192.0.2.1"), callerKey(undefined, "192.0.2.1"));
});

Deno.test("a caller is limited to sixty a minute from all addresses of one network", () => {
  let now = 0;
  const tries = new PerMinute({ allowed: 60, now: () => now });
  const tryFrom = (address: string) => tries.count(callerKey(undefined, address));
  for (let i = 0; i < 60; i++) assert.equal(tryFrom(`2001:db8::${i}`).isTooMany, false);
  now = 20_500;
  assert.deepEqual(tryFrom("2001:db8::abcd"), { isTooMany: true, leftOut: 0, seconds: 40 });
  assert.equal(tryFrom("2001:db8:0:1::1").isTooMany, false);
  now = 60_000;
  assert.equal(tryFrom("2001:db8::1").isTooMany, false);
});
