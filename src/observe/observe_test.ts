import assert from "node:assert/strict";
import { configureLog } from "../log/logger.ts";
import { EVENTS } from "./events.ts";
import { observe } from "./observe.ts";

function logged(tell: () => void): string[] {
  const lines: string[] = [];
  configureLog({ format: "text", level: "info", write: (line) => lines.push(line) });
  tell();
  configureLog({ format: "text", level: "error", write: () => {} });
  return lines.map((line) => line.replace(/^\S+Z |\n$/g, ""));
}

Deno.test("an event is one line: its level, the part it is of, its message, its details", () => {
  const lines = logged(() => {
    observe("server.stopped");
    observe("clusters.unreachable", { cluster: "dev", reason: "Cannot reach it" });
  });
  assert.deepEqual(lines, [
    "INFO server: stopped",
    'WARNING clusters: cluster does not answer and is left alone for moments cluster=dev reason="Cannot reach it"',
  ]);
});

Deno.test("what a message names stands in it, to the letter, and not once more after it", () => {
  const details = { hostname: "::1", port: 80, reason: "{port} $& {" };
  assert.deepEqual(logged(() => observe("server.cannot_listen", details)), [
    "ERROR server: cannot listen on ::1:80: {port} $& {",
  ]);
  assert.deepEqual(logged(() => observe("config.warning", { warning: "{a} {warning}" })), [
    "WARNING config: {a} {warning}",
  ]);
});

Deno.test("each part says a message in one way only", () => {
  const said = Object.entries(EVENTS)
    .map(([name, { level, message }]) => `${name.split(".")[0]} ${level}: ${message}`);
  assert.deepEqual(said.filter((each, i) => said.indexOf(each) !== i), []);
});
