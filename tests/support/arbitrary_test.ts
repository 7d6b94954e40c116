import assert from "node:assert/strict";
import fc from "fast-check";
import { anyText, webUrl } from "./arbitrary.ts";

const sample = (texts: fc.Arbitrary<string>) => fc.sample(texts, { numRuns: 2000, seed: 1 });

Deno.test("any text is well-formed and has characters of every kind", () => {
  const texts = sample(anyText());
  assert.ok(texts.every((text) => text.isWellFormed()));
  for (const kind of [/^$/, /\0/, /[a-z]/, /[\u0080-\ud7ff]/, /[\ue000-\uffff]/, /\p{Cc}/u]) {
    assert.ok(texts.some((text) => kind.test(text)), String(kind));
  }
  assert.ok(texts.some((text) => [...text].some((one) => one > "\u{100000}")));
  assert.ok(texts.some((text) => text.includes("__proto__")), "dangerous characters are missing");
  assert.ok(
    sample(anyText({ minLength: 1, maxLength: 3 })).every((text) => /^.{1,3}$/su.test(text)),
  );
});

Deno.test("a failing text shrinks to its first character", () => {
  const { counterexample } = fc.check(
    fc.property(anyText(), (text) => !/[\ue000-\u{10ffff}]/u.test(text)),
    { numRuns: 1000, seed: 1 },
  );
  assert.deepEqual(counterexample, ["\ue000"]);
});

Deno.test("web URLs parse and have paths with and without percent-encoding", () => {
  const urls = sample(webUrl());
  for (const url of urls) {
    assert.ok(URL.canParse(url), url);
    const { protocol, search, hash } = new URL(url);
    assert.match(protocol, /^https?:$/);
    assert.deepEqual([search, hash], ["", ""]);
  }
  for (
    const kind of [/^https?:\/\/[^/]+$/, /\/\//, /%[0-9A-F]{2}%/, /%[0-9a-f]{2}(?!%)/, /:[0-9]+/]
  ) {
    assert.ok(urls.some((url) => kind.test(url)), String(kind));
  }
});
