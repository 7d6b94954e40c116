import assert from "node:assert/strict";
import { parseSummaries, parseWritten } from "./templates.ts";

Deno.test("only a whole line with a version says that something was written", () => {
  const written = parseWritten([
    "a/x 6da75148-4d94-4bac-aa56-1b2618564944 210",
    "a/dry 6da75148-4d94-4bac-aa56-1b2618564944 <no value>",
    "<no value>/<no value> <no value> <no value>",
    "a/torn 6da75148-4d94-4bac-aa56-1b2618564944 21",
  ].join("\n"));
  assert.deepEqual([...written], [
    ["a/x", { uid: "6da75148-4d94-4bac-aa56-1b2618564944", resourceVersion: "210" }],
  ]);
});

Deno.test("a summary line without data, labels or type is one", () => {
  assert.deepEqual(parseSummaries("ns name  2026-01-01T00:00:00Z  \n"), [{
    namespace: "ns",
    name: "name",
    type: "",
    creationTimestamp: "2026-01-01T00:00:00Z",
    labels: {},
    repository: { usernameIsToken: false },
  }]);
});

Deno.test("free text is decoded, spaces and newlines too", () => {
  const [summary] = parseSummaries("ns name a%0Ab+c%2Bd 2026-01-01T00:00:00Z k/l=v,\n");
  assert.equal(summary!.type, "a\nb c+d");
  assert.deepEqual(summary!.labels, { "k/l": "v" });
});
