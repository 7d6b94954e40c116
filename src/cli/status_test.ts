import assert from "node:assert/strict";
import { uptimeOf } from "./status.ts";

for (
  const [seconds, text] of [
    [0, "0 s"],
    [59, "59 s"],
    [60, "1 min"],
    [3599, "59 min"],
    [7260, "2 h"],
    [86_399, "23 h"],
    [86_400, "1 d"],
    [864_001, "10 d"],
  ] as const
) {
  Deno.test(`${seconds} seconds are shown as ${text}`, () => {
    assert.equal(uptimeOf(seconds), text);
  });
}
