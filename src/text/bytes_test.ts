import fc from "fast-check";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  base64Length,
  byteLength,
  decodeBase64,
  decodeBase64Text,
  encodeBase64Text,
  encodeBase64Url,
  joined,
} from "./bytes.ts";

const TEXTS: [text: string, base64: string, base64Url: string, bytes: number][] = [
  ["", "", "", 0],
  ["a", "YQ==", "YQ", 1],
  ["ab", "YWI=", "YWI", 2],
  ["abc", "YWJj", "YWJj", 3],
  ["ä", "w6Q=", "w6Q", 2],
  ["?>?>", "Pz4/Pg==", "Pz4_Pg", 4],
  ["\u{1F511}", "8J+UkQ==", "8J-UkQ", 4],
  ["\0", "AA==", "AA", 1],
];

for (const [text, base64, base64Url, bytes] of TEXTS) {
  Deno.test(`${JSON.stringify(text)} has ${bytes} bytes, and is '${base64}' in base64`, () => {
    assert.equal(byteLength(text), bytes);
    assert.equal(encodeBase64Text(text), base64);
    assert.equal(encodeBase64Url(text), base64Url);
    assert.equal(decodeBase64Text(base64), text);
    assert.equal(base64Length(base64), bytes);
  });
}

Deno.test("any bytes are encoded as by Node, in either alphabet, and decoded again", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    const base64 = Buffer.from(bytes).toString("base64");
    assert.equal(encodeBase64Url(bytes), Buffer.from(bytes).toString("base64url"));
    assert.deepEqual(decodeBase64(base64, true), new Uint8Array(bytes));
    assert.equal(base64Length(base64), bytes.length);
  }));
});

const DECODED: [base64: string, loose: string | undefined, strict: string | undefined][] = [
  ["YQ==", "a", "a"],
  ["YQ", "a", undefined],
  ["YR==", "a", undefined],
  ["Y Q\r\n=\t=", "a", "a"],
  ["Y", undefined, undefined],
  ["YQ=", undefined, undefined],
  ["YQ===", undefined, undefined],
  ["YQ==YQ==", undefined, undefined],
  ["_-__", undefined, undefined],
  ["no base64!", undefined, undefined],
];

for (const [base64, loose, strict] of DECODED) {
  const said = loose === undefined
    ? "not base64"
    : strict === undefined
    ? "loose base64"
    : "base64";
  Deno.test(`${JSON.stringify(base64)} is ${said}`, () => {
    const text = (bytes?: Uint8Array) => bytes && new TextDecoder().decode(bytes);
    assert.equal(text(decodeBase64(base64)), loose);
    assert.equal(text(decodeBase64(base64, true)), strict);
    assert.equal(decodeBase64Text(base64), loose ?? "");
  });
}

Deno.test("pieces are joined in order, and no pieces give nothing", () => {
  const pieces = [[1, 2], [], [3], [4, 5, 6]].map((bytes) => Uint8Array.from(bytes));
  assert.deepEqual(joined(pieces), Uint8Array.of(1, 2, 3, 4, 5, 6));
  assert.deepEqual(joined([]), new Uint8Array());
});

Deno.test("invalid UTF-8 is replaced", () => {
  assert.equal(decodeBase64Text("Yf9i"), "a\ufffdb");
});
