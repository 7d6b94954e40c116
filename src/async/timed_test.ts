import assert from "node:assert/strict";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import { delay, settlesWithin } from "./timed.ts";

Deno.test("a delay ends in time, or as soon as its signal aborts", async () => {
  using clock = fakeClock();
  const ended: string[] = [];
  const stopping = new AbortController();
  delay(100).then(() => ended.push("in time"));
  delay(1000, stopping.signal).then(() => ended.push("aborted"));
  await clock.advance(99);
  assert.deepEqual(ended, []);
  await clock.advance(1);
  assert.deepEqual(ended, ["in time"]);
  stopping.abort();
  await clock.settle();
  assert.deepEqual(ended, ["in time", "aborted"]);
});

Deno.test("settlesWithin is true for a promise that resolves or rejects in time, and false otherwise", async () => {
  using clock = fakeClock();
  assert.equal(await settlesWithin(Promise.resolve(), 10), true);
  assert.equal(await settlesWithin(Promise.reject(new Error("x")), 10), true);
  const late = settlesWithin(new Promise(() => {}), 10);
  await clock.advance(10);
  assert.equal(await late, false);
});
