import assert from "node:assert/strict";
import { assertTakesLess } from "../../tests/support/takes_less.ts";
import { countCharts, HEAD } from "./helm_index.ts";

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
  ["endless nesting", `apiVersion: v1\nentries: ${"[".repeat(100_000)}`, undefined],
];

for (const [what, text, count] of ROWS) {
  Deno.test(`an index of ${what} has ${count ?? "no countable"} charts`, () => {
    const charts = count === undefined ? undefined : { count, isCut: text.length >= HEAD };
    assert.deepEqual(countCharts(text), charts);
  });
}

/** The number of entries whose names are in the head. */
const inHead = (text: string) =>
  text.slice(0, HEAD).split(/[\r\n]/).slice(0, -1).filter((line) =>
    /^ {2}"?chart-\d+"?:/.test(line)
  ).length;

const LONG: [what: string, text: string, isIndex: boolean][] = [
  ["as helm writes it", index(20_000), true],
  ["with the entries last", index(20_000, ""), true],
  ["with the lists deeper", index(20_000).replaceAll("\n  -", "\n    -"), true],
  ["with quoted names", index(20_000).replace(/^ {2}(chart-\d+):/gm, '  "$1":'), true],
  ["with line breaks as on Windows", index(20_000).replaceAll("\n", "\r\n"), true],
  ["with line breaks as on old Macs", index(20_000).replaceAll("\n", "\r"), true],
  ["with comments", index(20_000).replaceAll("\n  chart", "\n# x:\n\n  # y:\n  chart"), true],
  ["with the lists as deep as the map", index(20_000).replaceAll(/^ {2}/gm, ""), false],
  ["without a version", index(20_000).replace("apiVersion: v1\n", ""), false],
  ["of a single line", "apiVersion: v1 ".repeat(100_000), false],
];

for (const [what, text, isIndex] of LONG) {
  Deno.test(`a long index ${what} is ${isIndex ? "counted by the lines of its head" : "not counted"}, quickly`, async () => {
    assert.ok(text.length > 1024 * 1024);
    await assertTakesLess(1000, () => {
      const count = inHead(text);
      assert.ok(!isIndex || count > 100, String(count));
      assert.deepEqual(countCharts(text), isIndex ? { count, isCut: true } : undefined);
    });
  });
}

Deno.test("the properties in the head of a long JSON index are counted", () => {
  const entries = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, i) => [`chart-${i}`, [{ name: "a", entries: { b: 1 } }]]),
  );
  const text = JSON.stringify({ apiVersion: "v1", entries });
  const charts = countCharts(text);
  assert.equal(charts?.isCut, true);
  assert.equal(charts?.count, text.slice(0, HEAD).match(/"chart-/g)?.length);
  assert.equal(countCharts(text.replace("apiVersion", "version")), undefined);
});

const HOSTILE: [what: string, text: string][] = [
  ["lone carriage returns", "apiVersion: v1\nentries:\n" + "  a\r".repeat(262_400)],
  ["indentation", "apiVersion: v1\nentries:\n" + " ".repeat(HEAD * 20)],
  ["empty lines", "apiVersion: v1\nentries:\n" + "\n".repeat(HEAD * 20)],
  ["colons", "apiVersion: v1\nentries:\n  a" + ":".repeat(HEAD * 20)],
  ["brackets in JSON", '{"apiVersion": "v1", "entries": ' + "[".repeat(HEAD * 20)],
  ["quotes in JSON", '{"apiVersion": "v1", "entries": {' + '"'.repeat(HEAD * 20)],
  ...[
    ["brackets", "["],
    ["braces", "{"],
    ["lists", "- "],
    ["keys", "? "],
    ["anchors", "&a "],
    ["tags", "!a "],
    ["quotes", '"'],
    ["blocks", "|\n "],
    ["escapes", '"\\'],
    ["merges", "a: &a {<<: *a}\n"],
  ].map(([what, part]): [string, string] => [
    `${what} in YAML`,
    "apiVersion: v1\nentries: " + part!.repeat(Math.floor(HEAD / part!.length) - 20),
  ]),
];

for (const [what, text] of HOSTILE) {
  Deno.test(`an index of ${what} does not block other requests`, () =>
    assertTakesLess(1000, () => void countCharts(text)));
}
