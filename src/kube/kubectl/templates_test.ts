import assert from "node:assert/strict";
import { parseAccounts, parseNamespaces, parseSummaries, parseWritten } from "./templates.ts";

Deno.test("only a whole line with a version counts as written", () => {
  const stdout = [
    "a/x 6da75148-4d94-4bac-aa56-1b2618564944 210",
    "/a 0d041a3d-edf0-4d88-8ffe-c6a61e0c59cd 211",
    "a/dry 6da75148-4d94-4bac-aa56-1b2618564944 ",
    "<no value>/<no value> <no value> <no value>",
    "a/torn 6da75148-4d94-4bac-aa56-1b2618564944 21",
  ].join("\n");
  const written = [
    ["a/x", { uid: "6da75148-4d94-4bac-aa56-1b2618564944", resourceVersion: "210" }],
    ["/a", { uid: "0d041a3d-edf0-4d88-8ffe-c6a61e0c59cd", resourceVersion: "211" }],
  ];
  assert.deepEqual([...parseWritten(stdout, false)], written);
  assert.deepEqual([...parseWritten(stdout, true)], [
    ...written,
    ["a/dry", { uid: "6da75148-4d94-4bac-aa56-1b2618564944", resourceVersion: "" }],
  ]);
});

Deno.test("a summary line without data, labels or type is valid", () => {
  assert.deepEqual(parseSummaries("ns name  2026-01-01T00:00:00Z  \n"), [{
    namespace: "ns",
    name: "name",
    type: "",
    creationTimestamp: "2026-01-01T00:00:00Z",
    labels: {},
    repository: { usernameIsToken: false },
  }]);
});

Deno.test("free text is decoded, with spaces and newlines", () => {
  const [summary] = parseSummaries("ns name a%0Ab+c%2Bd 2026-01-01T00:00:00Z k/l=v,\n");
  assert.equal(summary!.type, "a\nb c+d");
  assert.deepEqual(summary!.labels, { "k/l": "v" });
});

Deno.test("an annotation may be empty, and precedes the repository's fields", () => {
  const line = (column: string) =>
    `ns name Opaque 2026-01-01T00:00:00Z  ${column} dQ==,,,,,,token\n`;
  const summaries = parseSummaries(line("") + line("=") + line("=x+%3D%0A"), true);
  assert.deepEqual(summaries.map(({ annotation }) => annotation), [undefined, "", "x =\n"]);
  for (const { repository } of summaries) {
    assert.deepEqual(repository, { url: "u", usernameIsToken: true });
  }
});

Deno.test("lines of namespaces and service accounts are read with any missing columns", () => {
  assert.deepEqual([...parseNamespaces("a Active\nb Terminating\nc \n")], [
    ["a", "Active"],
    ["b", "Terminating"],
    ["c", "Active"],
  ]);
  assert.deepEqual(parseAccounts("a one x,y%2C+z,\na two \n"), [
    { namespace: "a", name: "one", pullSecrets: ["x", "y, z"] },
    { namespace: "a", name: "two", pullSecrets: [] },
  ]);
});
