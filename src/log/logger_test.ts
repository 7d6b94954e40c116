import assert from "node:assert/strict";
import { inRequest } from "./in_request.ts";
import { configureLog, log, ofNoRequest } from "./logger.ts";
import { seal } from "./sealed.ts";

function logged(format: "text" | "json", act: () => void) {
  const lines: string[] = [];
  configureLog({ format, level: "debug", write: (line) => lines.push(line) });
  act();
  configureLog({ format, level: "error", write: () => {} });
  return lines;
}

const NASTY = 'a\nb\r\n2026 INFO forged\u2028\u0085\x1b[31m"quoted" ünï';

for (const format of ["text", "json"] as const) {
  Deno.test(`one event is one ${format} line whatever is in the input`, () => {
    const lines = logged(format, () => {
      log("test", "info", "request", { path: NASTY, error: new Error(NASTY), [`key`]: [NASTY] });
      log("test", "warning", NASTY);
    });
    assert.equal(lines.length, 2);
    for (const line of lines) {
      assert.match(line, /^[^\p{Cc}\p{Zl}\p{Zp}]*\n$/u);
    }
  });

  Deno.test(`a ${format} line shows no credential`, () => {
    const token = "ghp_" + "x".repeat(36);
    const [line] = logged(format, () => {
      log("test", "info", "clone", {
        sealed: seal("canary"),
        url: "https://user:canary@host/x",
        header: "Bearer canarycanary",
        text: `pushed with ${token}`,
      });
    });
    assert.ok(!line!.includes("canary"), line!);
    assert.ok(!line!.includes(token), line!);
    assert.ok(line!.includes("[sealed]"));
  });
}

Deno.test("a text line reads as time, level, part, message, properties", () => {
  const [line] = logged(
    "text",
    () => log("test", "info", "request", { method: "GET", status: 200 }),
  );
  assert.match(line!, /^\d{4}-\d\d-\d\dT[\d:.]+Z INFO test: request method=GET status=200\n$/);
});

Deno.test("a JSON line is an object with the properties beside the message", () => {
  const [line] = logged(
    "json",
    () => log("test", "warning", "request", { method: "GET", nothing: undefined }),
  );
  const { time: _time, ...rest } = JSON.parse(line!);
  assert.deepEqual(rest, { level: "warning", part: "test", message: "request", method: "GET" });
});

Deno.test("a value that cannot be serialized still gives one line", () => {
  const circle: Record<string, unknown> = {};
  circle.circle = circle;
  for (const value of [circle, 1n]) {
    const [line, ...more] = logged("text", () => log("test", "error", "rejected", { value }));
    assert.match(line!, /Z ERROR test: rejected unprintable=\["value"\]\n$/);
    assert.deepEqual(more, []);
  }
});

Deno.test("a part of the program may have its own level", () => {
  const lines: string[] = [];
  configureLog({
    format: "text",
    level: "warning",
    parts: { quiet: "error", loud: "debug" },
    write: (line) => lines.push(line.split(" ").slice(1, 3).join(" ")),
  });
  for (const part of ["quiet", "loud", "other"]) {
    for (const level of ["debug", "warning", "error"] as const) log(part, level, "m");
  }
  configureLog({ format: "text", level: "error", write: () => {} });
  assert.deepEqual(lines, [
    "ERROR quiet:",
    "DEBUG loud:",
    "WARNING loud:",
    "ERROR loud:",
    "WARNING other:",
    "ERROR other:",
  ]);
});

Deno.test("a line below the level is not written, and an error is written immediately", () => {
  const lines: [string, boolean | undefined][] = [];
  const write = (line: string, now?: boolean) => void lines.push([line.slice(25), now]);
  configureLog({ format: "text", level: "info", write });
  for (const level of ["debug", "info", "warning", "error"] as const) log("test", level, "m");
  configureLog({ format: "text", level: "error", write: () => {} });
  assert.deepEqual(lines, [
    ["INFO test: m\n", false],
    ["WARNING test: m\n", true],
    ["ERROR test: m\n", true],
  ]);
});

Deno.test("buffered lines are written before the log is configured again", () => {
  let flushed = 0;
  const write = Object.assign(() => {}, { flush: () => flushed++ });
  configureLog({ format: "text", level: "info", write });
  configureLog({ format: "text", level: "error", write: () => {} });
  assert.equal(flushed, 1);
});

Deno.test("a line outside a request has no id, whatever is running at the time", async () => {
  const lines: string[] = [];
  configureLog({ format: "text", level: "debug", write: (line) => lines.push(line) });
  await inRequest("id-a", async () => {
    await Promise.resolve();
    ofNoRequest(() => log("test", "info", "reloaded"));
    log("test", "info", "asked");
  });
  configureLog({ format: "text", level: "error", write: () => {} });
  assert.deepEqual(lines.map((line) => line.replace(/^.* test: |\n$/g, "")), [
    "reloaded",
    "asked id=id-a",
  ]);
});

Deno.test("each line of a request has its id, also among concurrent requests", async () => {
  const lines: string[] = [];
  configureLog({ format: "text", level: "debug", write: (line) => lines.push(line) });
  const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
  const handle = async (name: string) => {
    log("test", "info", "begun", { name });
    await turn();
    log("test", "warning", "half", { name });
    await turn();
    log("test", "info", "done", { name, nothing: undefined });
  };
  await Promise.all(["a", "b"].map((name) => inRequest(`id-${name}`, () => handle(name))));
  log("test", "info", "other", { id: "own" });
  await inRequest("id-c", () => Promise.resolve(log("test", "info", "request", { id: "own" })));
  configureLog({ format: "text", level: "error", write: () => {} });
  assert.deepEqual(lines.map((line) => line.replace(/^.* test: |\n$/g, "")).sort(), [
    "begun id=id-a name=a",
    "begun id=id-b name=b",
    "done id=id-a name=a",
    "done id=id-b name=b",
    "half id=id-a name=a",
    "half id=id-b name=b",
    "other id=own",
    "request id=own",
  ]);
});
