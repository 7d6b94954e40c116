import assert from "node:assert/strict";
import { countCharts } from "./helm_index.ts";

const entry = (name: string) =>
  `  ${name}:\n  - annotations:\n      a: b\n    apiVersion: v2\n    name: ${name}\n    keywords:\n    - a\n    version: 1.0.0\n`;
const index = (count: number, end = "generated: now\n") =>
  "apiVersion: v1\nentries:\n" +
  Array.from({ length: count }, (_, i) => entry(`chart-${i}`)).join("") + end;

const ROWS: [what: string, text: string, count: number | undefined][] = [
  ["two charts", index(2), 2],
  ["no charts", "apiVersion: v1\nentries: {}\n", 0],
  ["no entries", "apiVersion: v1\n", 0],
  ["JSON", '{"apiVersion": "v1", "entries": {"a": [], "b": []}}', 2],
  ["broken JSON", '{"apiVersion": "v1", "entries": ', undefined],
  ["no version", "entries: {a: []}\n", undefined],
  ["a list of entries", "apiVersion: v1\nentries: [a]\n", undefined],
  ["a page", "<html><body>log in</body></html>", undefined],
  ["nothing", "", undefined],
  ["broken YAML", "apiVersion: v1\nentries: [secret", undefined],
  ["nesting without end", `apiVersion: v1\nentries: ${"[".repeat(100_000)}`, undefined],
];

for (const [what, text, count] of ROWS) {
  Deno.test(`an index of ${what} has ${count ?? "not"} been counted`, () => {
    assert.equal(countCharts(text), count);
  });
}

const LONG: [what: string, text: string, count: number | undefined][] = [
  ["as helm writes it", index(20_000), 20_000],
  ["with the entries last", index(20_000, ""), 20_000],
  ["with the lists deeper", index(20_000).replaceAll("\n  -", "\n    -"), 20_000],
  ["with quoted names", index(20_000).replace(/^ {2}(chart-\d+):/gm, '  "$1":'), 20_000],
  ["with ends of lines as on Windows", index(20_000).replaceAll("\n", "\r\n"), 20_000],
  ["with comments", index(20_000).replaceAll("\n  chart", "\n# x:\n\n  # y:\n  chart"), 20_000],
  ["with the lists as deep as the map", index(20_000).replaceAll(/^ {2}/gm, ""), undefined],
  ["without a version", index(20_000).replace("apiVersion: v1\n", ""), undefined],
  ["of a single line", "apiVersion: v1 ".repeat(100_000), undefined],
];

for (const [what, text, count] of LONG) {
  Deno.test(`a long index ${what} is counted line by line, and soon`, () => {
    assert.ok(text.length > 1024 * 1024);
    const start = performance.now();
    assert.equal(countCharts(text), count);
    assert.ok(performance.now() - start < 3000, `${performance.now() - start} ms`);
  });
}
