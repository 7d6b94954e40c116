import assert from "node:assert/strict";
import { makeCanary } from "./canary.ts";

const canary = makeCanary();

Deno.test("the canary is found in plain text, and in base64 at any offset", () => {
  assert.ok(canary.isIn(`password ${canary.value}-1`));
  for (const before of ["", "u", "us", "user:"]) {
    assert.ok(canary.isIn(`auth ${btoa(`${before}${canary.value}-1`)}`), before);
  }
});

Deno.test("the canary is not found in other texts", () => {
  assert.equal(canary.isIn(`canary-${crypto.randomUUID()}`), false);
  assert.equal(canary.isIn(""), false);
});
