import assert from "node:assert/strict";
import fc from "fast-check";
import { escaped, escapedJson, hasHidden } from "./escaped.ts";

/** C0, DEL, C1, separators, bidi marks and overrides, joiners, a tag beyond 16 bits. */
const HIDDEN =
  "\0\x1b[2J\x07\x7f\x80\x85\x9b1m\x9f\u00ad\u061c\u200b\u200e\u202a\u202e\u2028\u2029\u2066\u2069\ufeff\u{e0041}\u{1d173}";

const RAW = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

Deno.test("a line has no control or invisible characters", () => {
  assert.doesNotMatch(escaped(HIDDEN + "\n\t"), RAW);
  assert.equal(escaped("a\u202e\x9b\u{e0041}ü🔑"), "a\\u202e\\u009b\\udb40\\udc41ü🔑");
});

Deno.test("escaped JSON has the same meaning, without control or invisible characters", () => {
  const value = { [HIDDEN]: [HIDDEN, "\n", "ü🔑", { a: HIDDEN }] };
  for (const json of [JSON.stringify(value), JSON.stringify(value, null, 2) + "\n"]) {
    const shown = escapedJson(json);
    assert.deepEqual(JSON.parse(shown), value);
    assert.doesNotMatch(shown.replaceAll("\n", ""), RAW);
    assert.ok(!hasHidden(shown) && hasHidden(json));
  }
});

Deno.test("any escaped JSON has the same meaning", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const json = JSON.stringify(value);
    assert.deepEqual(JSON.parse(escapedJson(json)), JSON.parse(json));
  }));
});
