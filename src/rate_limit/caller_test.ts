import assert from "node:assert/strict";
import { callerKey } from "./caller.ts";
import { PerMinute } from "./per_minute.ts";

Deno.test("a token is one caller from anywhere, and an address is none that is named like it", () => {
  assert.equal(callerKey("ci", "192.0.2.1"), callerKey("ci", "192.0.2.2"));
  assert.notEqual(callerKey("ci", "192.0.2.1"), callerKey("other", "192.0.2.1"));
  assert.notEqual(callerKey("192.0.2.1", "192.0.2.1"), callerKey(undefined, "192.0.2.1"));
});

Deno.test("sixty a minute of a caller are sixty, from however many addresses of one network", () => {
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
