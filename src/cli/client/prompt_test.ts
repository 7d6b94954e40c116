import assert from "node:assert/strict";
import fc from "fast-check";
import { HiddenLine } from "./prompt.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** The line after these keys, and how it ends. */
function typed(keys: string): { text: string; ended: string } {
  const line = new HiddenLine();
  let ended = "more";
  for (const byte of bytes(keys)) {
    ended = line.type(byte);
    if (ended !== "more") break;
  }
  return { text: line.text, ended };
}

const KEYS: [what: string, keys: string, text: string, ended: string][] = [
  ["Enter ends the line", "abc\r", "abc", "end"],
  ["a line feed ends the line, without the text after it", "abc\ndef", "abc", "end"],
  ["an empty line", "\r", "", "end"],
  ["backspace removes the last character", "abc\x7f\x08d\r", "ad", "end"],
  ["backspace removes a character of several bytes", "aé🔑\x7f\x7fb\r", "ab", "end"],
  ["backspace does nothing in an empty line", "\x7f\x7fa\r", "a", "end"],
  ["Ctrl-U removes everything", "wrong\x15right\r", "right", "end"],
  ["Ctrl-C interrupts the prompt", "abc\x03", "abc", "interrupted"],
  ["Ctrl-D cancels an empty line", "\x04", "", "cancelled"],
  ["Ctrl-D ends a line with text", "abc\x04", "abc", "end"],
  ["arrow keys type nothing", "a\x1b[D\x1b[1;5Cb\x1bOAc\r", "abc", "end"],
  ["other control characters type nothing", "a\x00\x01\x1ab\r", "ab", "end"],
  ["tabs and spaces are part of the line", " a\tb \r", " a\tb ", "end"],
];

for (const [what, keys, text, ended] of KEYS) {
  Deno.test(`a hidden line: ${what}`, () => {
    assert.deepEqual(typed(keys), { text, ended });
  });
}

Deno.test("any text without control characters is kept as it was typed", () => {
  const text = fc.string({ unit: "grapheme" }).filter((each) => !/\p{Cc}/u.test(each));
  fc.assert(fc.property(text, (text) => {
    assert.equal(typed(text + "\r").text, text);
  }));
});
