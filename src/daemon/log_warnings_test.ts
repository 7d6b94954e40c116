import assert from "node:assert/strict";
import { configureLog, log } from "../log/logger.ts";
import { problemsIn, warningsIn } from "./log_warnings.ts";

for (const format of ["text", "json"] as const) {
  Deno.test(`warnings and errors are found in a ${format} log`, () => {
    const lines: string[] = [];
    configureLog({
      format,
      level: "debug",
      write: (line) => void lines.push(line.trimEnd()),
    });
    log("config", "debug", "one");
    log("config", "info", "two", { reason: "WARNING" });
    log("config", "warning", "three", { reason: "a b", count: 3 });
    log("config", "error", "four");
    assert.deepEqual(warningsIn([...lines, "{", "a WARNING b", ""]), [
      'warning: config: three reason="a b" count=3',
      "error: config: four",
    ]);
    assert.deepEqual(problemsIn([...lines, "{", "error: a crash", ""]), [
      'warning: config: three reason="a b" count=3',
      "error: config: four",
      "{",
      "error: a crash",
    ]);
  });
}
