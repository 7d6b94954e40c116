import assert from "node:assert/strict";
import fc from "fast-check";
import { helpWidth, wrap, wrapCommand } from "./wrap.ts";

const WIDTHS: [what: string, terminal: number | undefined, columns: string, width: number][] = [
  ["that of the terminal", 90, "70", 90],
  ["100 at most", 300, "", 100],
  ["40 at least", 10, "", 40],
  ["COLUMNS without a terminal", undefined, "60", 60],
  ["80 with an invalid COLUMNS", undefined, "wide", 80],
  ["80 with an empty COLUMNS", undefined, "", 80],
  ["80 on a terminal without a size", 0, "", 80],
];

for (const [what, terminal, columns, width] of WIDTHS) {
  Deno.test(`the width of help is ${what}`, () => {
    assert.equal(helpWidth({ terminal: () => terminal, env: () => columns }), width);
  });
}

const word = fc.stringMatching(/^[a-z,'(-]{1,14}$/);

Deno.test("lines hold all words in order, as many as fit", () => {
  fc.assert(fc.property(fc.array(word), fc.integer({ min: 20, max: 100 }), (words, width) => {
    const lines = wrap(words.join(" "), width, "  ");
    assert.deepEqual(lines.join(" ").split(/\s+/).filter(Boolean), words);
    for (const [i, line] of lines.entries()) {
      assert.ok(line.length <= width, line);
      const next = lines[i + 1]?.trimStart().split(" ", 1)[0];
      if (next !== undefined) assert.ok(line.length + 1 + next.length > width, line);
    }
  }));
});

Deno.test("a word that is too long has a line of its own", () => {
  assert.deepEqual(wrap("a bbbbbbbb c", 4), ["a", "bbbbbbbb", "c"]);
});

Deno.test("a wrapped command keeps flags with their values, and quoted words together", () => {
  const line = "prog add --name ghcr --label 'a b c' --yes --url=x < token";
  assert.deepEqual(wrapCommand(line, 80, "  "), [`  ${line}`]);
  assert.deepEqual(wrapCommand(line, 24, "  "), [
    "  prog add --name ghcr \\",
    "    --label 'a b c' \\",
    "    --yes --url=x \\",
    "    < token",
  ]);
});
