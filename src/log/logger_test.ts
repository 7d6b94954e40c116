import assert from "node:assert/strict";
import { inRequest } from "./in_request.ts";
import { configureLog, loggerOf, logInfo, ofNoRequest } from "./logger.ts";
import { seal } from "./sealed.ts";

function logged(format: "text" | "json", log: (logger: ReturnType<typeof loggerOf>) => void) {
  const lines: string[] = [];
  configureLog({ format, level: "debug", write: (line) => lines.push(line) });
  log(loggerOf("test"));
  configureLog({ format, level: "error", write: () => {} });
  return lines;
}

const NASTY = 'a\nb\r\n2026 INFO forged\u2028\u0085\x1b[31m"quoted" ünï';

for (const format of ["text", "json"] as const) {
  Deno.test(`one event is one ${format} line whatever is in the input`, () => {
    const lines = logged(format, (log) => {
      log.info("request", { path: NASTY, error: new Error(NASTY), [`key`]: [NASTY] });
      log.warn(NASTY);
    });
    assert.equal(lines.length, 2);
    for (const line of lines) {
      assert.match(line, /^[^\p{Cc}\p{Zl}\p{Zp}]*\n$/u);
    }
  });

  Deno.test(`a ${format} line shows no credential`, () => {
    const token = "ghp_" + "x".repeat(36);
    const [line] = logged(format, (log) => {
      log.info("clone", {
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
  const [line] = logged("text", (log) => log.info("request", { method: "GET", status: 200 }));
  assert.match(line!, /^\d{4}-\d\d-\d\dT[\d:.]+Z INFO test: request method=GET status=200\n$/);
});

Deno.test("a JSON line is an object with the properties beside the message", () => {
  const [line] = logged(
    "json",
    (log) => log.warn("request", { method: "GET", nothing: undefined }),
  );
  const { time: _time, ...rest } = JSON.parse(line!);
  assert.deepEqual(rest, { level: "warning", part: "test", message: "request", method: "GET" });
});

Deno.test("a line of no request has no id, whatever is going on around it", async () => {
  const lines: string[] = [];
  configureLog({ format: "text", level: "debug", write: (line) => lines.push(line) });
  const log = loggerOf("test");
  await inRequest("id-a", async () => {
    await Promise.resolve();
    ofNoRequest(() => log.info("reloaded"));
    log.info("asked");
  });
  configureLog({ format: "text", level: "error", write: () => {} });
  assert.deepEqual(lines.map((line) => line.replace(/^.* test: |\n$/g, "")), [
    "reloaded",
    "asked id=id-a",
  ]);
});

Deno.test("each line of a request has its id, those of others beside it have theirs", async () => {
  const lines: string[] = [];
  configureLog({ format: "text", level: "debug", write: (line) => lines.push(line) });
  const log = loggerOf("test");
  const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
  const handle = async (name: string) => {
    log.info("begun", { name });
    await turn();
    log.warn("half", { name });
    await turn();
    logInfo(log, "done", { name, nothing: undefined });
  };
  await Promise.all(["a", "b"].map((name) => inRequest(`id-${name}`, () => handle(name))));
  logInfo(log, "other", { id: "own" });
  await inRequest("id-c", () => Promise.resolve(logInfo(log, "request", { id: "own" })));
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
