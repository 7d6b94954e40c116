import assert from "node:assert/strict";
import { makeCanary } from "./canary.ts";

const canary = makeCanary();

Deno.test("it is found as it is, and within base64 wherever it begins", () => {
  assert.ok(canary.isIn(`password ${canary.value}-1`));
  for (const before of ["", "u", "us", "user:"]) {
    assert.ok(canary.isIn(`auth ${btoa(`${before}${canary.value}-1`)}`), before);
  }
});

Deno.test("it is not found where it is not", () => {
  assert.equal(canary.isIn(`canary-${crypto.randomUUID()}`), false);
  assert.equal(canary.isIn(""), false);
});
