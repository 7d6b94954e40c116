import assert from "node:assert/strict";
import fc from "fast-check";
import { shellWord } from "./shell.ts";

const WORDS: [text: string, word: string][] = [
  ["clusters/all.kubeconfig", "clusters/all.kubeconfig"],
  ["", "''"],
  ["a b", "'a b'"],
  ["it's", `'it'\\''s'`],
  ["$(x)", "'$(x)'"],
  ["*", "'*'"],
];

for (const [text, word] of WORDS) {
  Deno.test(`${JSON.stringify(text)} is quoted for a shell as ${word}`, () => {
    assert.equal(shellWord(text), word);
  });
}

Deno.test("the quotes of any text are closed, and nothing is outside of them", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const word = shellWord(text);
    if (!word.startsWith("'")) return assert.match(word, /^[A-Za-z0-9_./:@%+=,-]+$/);
    assert.ok(word.endsWith("'"));
    const quoted = word.slice(1, -1).split("'\\''");
    assert.ok(quoted.every((each) => !each.includes("'")));
    assert.equal(quoted.join("'"), text);
  }));
});
