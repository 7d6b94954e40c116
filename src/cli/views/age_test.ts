import assert from "node:assert/strict";
import { age } from "./age.ts";

const NOW = new Date("2026-01-31T12:00:00Z");

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Both sides of each threshold of kubectl's AGE column. */
const AGES: [seconds: number, shown: string][] = [
  [-2, "<invalid>"],
  [-1, "0s"],
  [0, "0s"],
  [119, "119s"],
  [2 * MINUTE, "2m"],
  [2 * MINUTE + 1, "2m1s"],
  [10 * MINUTE - 1, "9m59s"],
  [10 * MINUTE + 1, "10m"],
  [3 * HOUR - 1, "179m"],
  [3 * HOUR, "3h"],
  [3 * HOUR + MINUTE, "3h1m"],
  [8 * HOUR - 1, "7h59m"],
  [8 * HOUR + MINUTE, "8h"],
  [2 * DAY - 1, "47h"],
  [2 * DAY, "2d"],
  [2 * DAY + HOUR, "2d1h"],
  [8 * DAY - 1, "7d23h"],
  [8 * DAY + HOUR, "8d"],
  [730 * DAY - 1, "729d"],
  [730 * DAY, "2y"],
  [731 * DAY, "2y1d"],
  [2920 * DAY - 1, "7y364d"],
  [2921 * DAY, "8y"],
];

for (const [seconds, shown] of AGES) {
  Deno.test(`an age of ${seconds} seconds is shown as ${shown}`, () => {
    assert.equal(age(new Date(NOW.getTime() - seconds * 1000).toISOString(), NOW), shown);
  });
}

Deno.test("the age of an invalid time is unknown", () => {
  assert.equal(age("", NOW), "<unknown>");
});
