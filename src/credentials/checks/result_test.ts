import assert from "node:assert/strict";
import { CHECK_STATES, type ShownCheck, worstOf } from "./result.ts";

const at = (day: number) => `2026-11-0${day}T00:00:00.000Z`;

const WORST: [all: readonly ShownCheck["state"][], worst: ShownCheck["state"] | undefined][] = [
  [[], undefined],
  [["accepted"], "accepted"],
  [["accepted", "not_tried"], "not_tried"],
  [["not_tried", "unreachable", "accepted"], "unreachable"],
  [CHECK_STATES, "refused"],
];

for (const [all, worst] of WORST) {
  Deno.test(`the worst of [${all.join(", ")}] is ${worst}, in any order`, () => {
    const checks = all.map((state) => ({ state, at: at(1) }));
    assert.equal(worstOf(checks)?.state, worst);
    assert.equal(worstOf(checks.toReversed())?.state, worst);
  });
}

Deno.test("among equal results the latest counts", () => {
  const checks = [1, 3, 2].map((day) => ({ state: "accepted" as const, at: at(day) }));
  assert.equal(worstOf(checks)?.at, at(3));
});
