import assert from "node:assert/strict";
import { WrongTokens } from "./wrong_tokens.ts";

Deno.test("ten wrong tokens a minute are answered as such, the next ones are to wait", () => {
  let now = 0;
  const wrong = new WrongTokens(() => now);
  for (let i = 0; i < 10; i++) assert.equal(wrong.count("a"), undefined);
  assert.equal(wrong.count("a"), 60);
  now = 30_500;
  assert.equal(wrong.count("a"), 30);
  assert.equal(wrong.count("b"), undefined);
  now = 60_000;
  assert.equal(wrong.count("a"), undefined);
});

Deno.test("however many addresses there are, only so many are remembered", () => {
  const wrong = new WrongTokens(() => 0);
  for (let i = 0; i < 11; i++) wrong.count("first");
  for (let i = 0; i < 10_000; i++) wrong.count(`address-${i}`);
  assert.equal(wrong.count("first"), undefined);
});

Deno.test("the addresses of an IPv6 /64 are one, and so is an IPv4 address in either writing", () => {
  const wrong = new WrongTokens(() => 0);
  for (let i = 0; i < 10; i++) assert.equal(wrong.count(`2001:db8::${i}`), undefined);
  assert.equal(wrong.count("2001:db8::a:b:c:d"), 60);
  assert.equal(wrong.count("2001:db8:0:1::1"), undefined);
  for (let i = 0; i < 10; i++) wrong.count("192.0.2.1");
  assert.equal(wrong.count("::ffff:192.0.2.1"), 60);
});
