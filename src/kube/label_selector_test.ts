import { equal, throws } from "node:assert/strict";
import { assertTakesLess } from "../../tests/support/takes_less.ts";
import { parseLabelSelector, parseRequirements, SelectorError } from "./label_selector.ts";

/** The emulator's tests cover which selectors are valid, and the error messages. */

const MANY = 20_000;
const HOSTILE: [what: string, text: string][] = [
  ["empty values and white space", "a= ,".repeat(MANY) + "!!"],
  ["endless values", "a in (" + ",".repeat(MANY)],
  ["endless white space", "a" + " \t\n".repeat(MANY) + "!"],
  ["negations", "!".repeat(MANY)],
  ["equals signs", "a" + "=".repeat(MANY)],
  ["one long word", "a".repeat(MANY) + "!"],
  ["a long number", "a>" + "1".repeat(MANY)],
];

for (const [what, text] of HOSTILE) {
  Deno.test(`a selector of ${what} is rejected quickly`, () =>
    assertTakesLess(1000, () => throws(() => parseLabelSelector(text), SelectorError)));
}

Deno.test("a selector of white space has no requirements, and any other has one for each part", () => {
  equal(parseRequirements(" \n").length, 0);
  equal(parseRequirements("a,!b, c in (d,e)").length, 3);
});
