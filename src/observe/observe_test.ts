import assert from "node:assert/strict";
import { configureLog } from "../log/logger.ts";
import { EVENTS } from "./events.ts";
import { observe } from "./observe.ts";

function logged(act: () => void): string[] {
  const lines: string[] = [];
  configureLog({ format: "text", level: "info", write: (line) => lines.push(line) });
  act();
  configureLog({ format: "text", level: "error", write: () => {} });
  return lines.map((line) => line.replace(/^\S+Z |\n$/g, ""));
}

Deno.test("an event is one line: its level, its part, its message, its details", () => {
  const lines = logged(() => {
    observe("server.stopped");
    observe("clusters.unreachable", { cluster: "dev", reason: "Cannot reach it" });
  });
  assert.deepEqual(lines, [
    "INFO server: stopped",
    'WARNING clusters: circuit breaker open: cluster not responding cluster=dev reason="Cannot reach it"',
  ]);
});

Deno.test("a detail is quoted exactly, and one without a value is left out", () => {
  const details = { host: "::1", port: 80, reason: '{port} $& "' };
  assert.deepEqual(logged(() => observe("server.cannot_listen", details)), [
    'ERROR server: cannot listen host=::1 port=80 reason="{port} $& \\""',
  ]);
  const unknown = { setting: "zebra", origin: "config.yaml:3", did_you_mean: undefined };
  assert.deepEqual(logged(() => observe("config.unknown_setting", unknown)), [
    "WARNING config: unknown setting setting=zebra origin=config.yaml:3",
  ]);
});

Deno.test("a message is short, has no variable part, and is unique within its part and level", () => {
  const messages = Object.entries(EVENTS)
    .map(([name, { level, message }]) => `${name.split(".")[0]} ${level}: ${message}`);
  assert.deepEqual(messages.filter((each, i) => messages.indexOf(each) !== i), []);
  for (const [name, { message }] of Object.entries(EVENTS)) {
    assert.match(message, /^[A-Za-z][^{}="]{1,79}$/, name);
    assert.doesNotMatch(message, /\.$/, name);
  }
});

Deno.test("a single event has its own level, or is off, whatever the level of its part is", () => {
  const lines: string[] = [];
  configureLog({
    format: "text",
    level: "warning",
    parts: { server: "error", "server.stopped": "info", "audit.unwritable": "off" },
    write: (line) => lines.push(line.replace(/^\S+Z |\n$/g, "")),
  });
  observe("server.stopped");
  observe("server.systemd_unreachable", { reason: "none" });
  observe("audit.unwritable", { file: "a", reason: "none" });
  observe("audit.not_rotated", { file: "a", reason: "none" });
  configureLog({ format: "text", level: "error", write: () => {} });
  assert.deepEqual(lines.map((line) => line.split(":")[0]), ["INFO server", "ERROR audit"]);
});
