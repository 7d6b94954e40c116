import assert from "node:assert/strict";
import { EVENTS } from "../../src/observe/events.ts";
import { EVENT_ADVICE, logMessagesTable } from "./log_messages.ts";

Deno.test("the table lists exactly the warnings and errors of the log", () => {
  const rows = logMessagesTable().trim().split("\n").slice(2);
  assert.equal(rows.length, Object.keys(EVENT_ADVICE).length);
  const { level, message } = EVENTS["log.lines_lost"];
  assert.ok(rows.some((row) => row.startsWith(`| log | ${level} | \`${message}\` |`)));
  for (const row of rows) assert.doesNotMatch(row, /\| (info|debug) \|/, row);
});
