import assert from "node:assert/strict";
import { Refusals } from "./refusals.ts";

const stranger = (from: string) => ({ name: "anonymous", from, isKnown: false });
const token = (name: string, from = "192.0.2.1") => ({ name, from, isKnown: true });

/** How many of `count` attempts are recorded, and how many are reported as left out. */
function recorded(refusals: Refusals, count: number, who: (i: number) => ReturnType<typeof token>) {
  const all = Array.from({ length: count }, (_, i) => refusals.admit(who(i)));
  const told = all.filter((each) => each !== undefined);
  return [told.length, told.reduce((sum, each) => sum + each, 0)];
}

Deno.test("ten attempts per client and minute are recorded, and the next line counts those left out", () => {
  let now = 0;
  const refusals = new Refusals({ now: () => now });
  assert.deepEqual(recorded(refusals, 25, () => token("ci")), [10, 0]);
  assert.equal(refusals.admit(token("other")), 15);
  assert.equal(refusals.admit(token("other")), 0);
  assert.deepEqual(recorded(refusals, 3, () => token("ci")), [0, 0]);
  now = 60_000;
  assert.equal(refusals.admit(token("ci")), 3);
});

Deno.test("the same name at another address is another client, and so is another name at the same address", () => {
  const refusals = new Refusals({ now: () => 0 });
  recorded(refusals, 10, () => token("ci"));
  assert.equal(refusals.admit(token("ci")), undefined);
  assert.notEqual(refusals.admit(token("ci", "192.0.2.2")), undefined);
  assert.notEqual(refusals.admit(token("cd")), undefined);
});

const ONE_CLIENT: [what: string, address: (i: number) => string][] = [
  ["an IPv6 network", (i) => `2001:db8::${i}:${i}`],
  ["an IPv4 address in both spellings", (i) => i % 2 === 0 ? "192.0.2.1" : "::ffff:192.0.2.1"],
];

for (const [what, address] of ONE_CLIENT) {
  Deno.test(`${what} is one client`, () => {
    const refusals = new Refusals({ now: () => 0 });
    assert.deepEqual(recorded(refusals, 20, (i) => stranger(address(i))), [10, 0]);
  });
}

Deno.test("the number of recorded attempts in a minute is limited for all addresses together", () => {
  let now = 0;
  const refusals = new Refusals({ now: () => now });
  const anywhere = (i: number) => stranger(`198.51.${i >> 8}.${i & 255}`);
  assert.deepEqual(recorded(refusals, 5000, anywhere), [30, 0]);
  now = 60_000;
  assert.deepEqual(recorded(refusals, 5000, anywhere), [30, 4970]);
});

Deno.test("attempts without a token do not use up the limit of those with a token", () => {
  const refusals = new Refusals({ now: () => 0 });
  recorded(refusals, 1000, (i) => stranger(`198.51.${i >> 8}.${i & 255}`));
  assert.equal(refusals.admit(token("ci")), 970);
});

Deno.test("attempts beyond a client's limit do not count against the total", () => {
  const refusals = new Refusals({ now: () => 0 });
  recorded(refusals, 1000, () => stranger("198.51.100.1"));
  assert.deepEqual(recorded(refusals, 40, (i) => stranger(`192.0.2.${i}`))[0], 20);
});

Deno.test("a count that could not be recorded is returned with the next one", () => {
  const refusals = new Refusals({ now: () => 0, eachClient: 1 });
  recorded(refusals, 3, () => token("ci"));
  const leftOut = refusals.admit(token("cd"));
  assert.equal(leftOut, 2);
  refusals.giveBack(leftOut! + 1);
  assert.equal(refusals.admit(token("ce")), 3);
  recorded(refusals, 2, () => token("ce"));
  assert.equal(refusals.takeLeftOut(), 2);
  assert.equal(refusals.takeLeftOut(), 0);
});
