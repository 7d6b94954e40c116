import assert from "node:assert/strict";
import { isObject, parsedJson, parsedObject } from "./json.ts";

const ROWS: [text: string, value: unknown, isMembers: boolean][] = [
  ['{"a": 1}', { a: 1 }, true],
  ["{}", {}, true],
  ["[1]", [1], false],
  ["null", null, false],
  ['"a"', "a", false],
  ["1", 1, false],
  ["", undefined, false],
  ["{", undefined, false],
  ["{} x", undefined, false],
];

for (const [text, value, isMembers] of ROWS) {
  const what = value === undefined ? "not JSON" : isMembers ? "a JSON object" : "other JSON";
  Deno.test(`'${text}' is ${what}`, () => {
    assert.deepEqual(parsedJson(text), value);
    assert.deepEqual(parsedObject(text), isMembers ? value : undefined);
    assert.equal(isObject(value), isMembers);
  });
}
