import assert from "node:assert/strict";
import { effectOf } from "./effects.ts";
import type { Effect } from "./history.ts";

const A = { namespace: "a", name: "s" };
const left = (state: string) => ({ not_restored: [{ ...A, state }] });

const ROWS: [string, number, unknown, Effect][] = [
  ["a success", 200, { success: true }, "written"],
  ["a refusal", 409, { error: true }, "not written"],
  ["a failure that was rolled back", 503, { rolled_back: true }, "not written"],
  ["a failure that left the new value", 504, left("new"), "written"],
  ["a failure that left an unknown state", 504, left("unknown"), "maybe"],
  ["a failure that left others only", 504, { not_restored: [{ ...A, name: "t" }] }, "not written"],
  ["a bug", 500, { error: true }, "maybe"],
  ["no answer", 0, {}, "maybe"],
];

for (const [what, status, body, effect] of ROWS) {
  Deno.test(`after ${what} the secret is ${effect}`, () => {
    const answered = { status, text: JSON.stringify(body), retryAfter: false, took: 1 };
    assert.equal(effectOf(answered)(A), effect);
  });
}
