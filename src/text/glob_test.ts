import fc from "fast-check";
import assert from "node:assert/strict";
import { assertTakesLess } from "../../tests/support/takes_less.ts";
import { matchesPattern } from "./glob.ts";

const ROWS: [text: string, pattern: string, is: boolean][] = [
  ["a", "a", true],
  ["a", "b", false],
  ["ab", "a", false],
  ["a", "ab", false],
  ["", "*", true],
  ["abc", "*", true],
  ["abc", "**", true],
  ["abc", "a*", true],
  ["abc", "*c", true],
  ["abc", "*b*", true],
  ["abc", "a*c", true],
  ["ac", "a*c", true],
  ["abc", "a*b", false],
  ["abc", "b*", false],
  // The parts before and after a star do not overlap.
  ["aba", "ab*ba", false],
  ["abba", "ab*ba", true],
  ["aa", "a*a*a", false],
  ["aaa", "a*a*a", true],
  ["abcabc", "*abc", true],
  ["abcabd", "a*bc*bd", true],
  ["xay", "*a*", true],
  // Only the star has a special meaning.
  ["abc", "a.c", false],
  ["a.c", "a.c", true],
  ["a+", "a+", true],
  ["aa", "a+", false],
  ["prod-b", "prod-*", true],
  ["Prod", "prod", false],
  ["x", "**", true],
];

for (const [text, pattern, is] of ROWS) {
  Deno.test(`'${text}' ${is ? "matches" : "does not match"} '${pattern}'`, () => {
    assert.equal(matchesPattern(pattern, text), is);
  });
}

Deno.test("patterns match as their regular expressions would", () => {
  const part = fc.stringMatching(/^[ab.*]{0,8}$/);
  fc.assert(fc.property(part, fc.stringMatching(/^[ab.]{0,10}$/), (pattern, text) => {
    const expression = pattern.split("*").map((piece) => piece.replaceAll(".", "\\."));
    const expected = new RegExp(`^${expression.join(".*")}$`).test(text);
    assert.equal(matchesPattern(pattern, text), expected);
  }));
});

const SLOW: [what: string, pattern: string, text: string][] = [
  ["many stars before letters", `${"*a".repeat(31)}b`, "a".repeat(63)],
  ["many stars behind letters", `${"a*".repeat(100)}b`, "a".repeat(253)],
  [
    "adjacent stars before letters",
    `${"*".repeat(150)}${"9*".repeat(50)}`,
    "a".repeat(253),
  ],
  ["nothing but stars and a letter that is not there", `${"*".repeat(250)}b`, "a".repeat(253)],
];

for (const [what, pattern, text] of SLOW) {
  Deno.test(`${what} take no longer than any other pattern`, () =>
    // As a regular expression, one of these would take longer than a test may.
    assertTakesLess(5000, () => {
      for (let i = 0; i < 1000; i++) assert.equal(matchesPattern(pattern, text), false);
    }));
}
