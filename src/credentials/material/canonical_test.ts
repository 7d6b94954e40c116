import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeBase64Text } from "../../text/bytes.ts";
import { canonicalJson, canonicalPem, exactText } from "./canonical.ts";

const KEY = "-----BEGIN X-----\nAAAA\n-----END X-----";

for (const end of ["", "\n", "\r\n", "\n\n", "\r\n\r\n", "\r"]) {
  Deno.test(`a PEM text is the same with ${JSON.stringify(end)} at its end`, () => {
    assert.equal(canonicalPem(KEY + end), KEY);
    assert.equal(canonicalPem(KEY.replaceAll("\n", "\r\n") + end), KEY);
  });
}

Deno.test("a PEM text with another line, or with a space around it, is another one", () => {
  for (const other of [`${KEY} `, ` ${KEY}`, KEY.replace("AAAA", "AAAA\n"), `${KEY}x`]) {
    assert.notEqual(canonicalPem(other), KEY);
  }
});

Deno.test("JSON is the same with any indentation, and another with another value", () => {
  const key = { type: "service_account", private_key: "a\nb" };
  const compact = JSON.stringify(key);
  assert.equal(canonicalJson(JSON.stringify(key, null, 2) + "\n"), compact);
  assert.notEqual(canonicalJson(JSON.stringify({ ...key, private_key: "a\nb\n" })), compact);
  assert.equal(canonicalJson("no JSON\n"), "no JSON");
  assert.equal(canonicalJson("[1, 2]"), "[1, 2]");
});

Deno.test("two values have the same text exactly when they have the same bytes", () => {
  const bytes = fc.uint8Array({ maxLength: 6 });
  fc.assert(fc.property(bytes, bytes, (a, b) => {
    const same = a.toBase64() === b.toBase64();
    assert.equal(exactText(a.toBase64()) === exactText(b.toBase64()), same);
  }));
  // Bytes that decoders drop or replace.
  const odd = ["\ufeffx", "x", "\ufffd", "\u{10ffff}"].map(encodeBase64Text);
  const all = [...odd, "/w==", "7w==", "//8="];
  assert.equal(new Set(all.map(exactText)).size, all.length);
});

Deno.test("the exact text of UTF-8 bytes is the text itself", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.equal(exactText(encodeBase64Text(text)), text);
  }));
});
