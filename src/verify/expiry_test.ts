import assert from "node:assert/strict";
import { expiryInHeaders, isoTime } from "./expiry.ts";

const ROWS: [text: string | undefined, expires: string | undefined][] = [
  ["2030-01-02 03:04:05 UTC", "2030-01-02T03:04:05.000Z"],
  ["2030-01-02 03:04:05 +0200", "2030-01-02T01:04:05.000Z"],
  ["2030-01-02 03:04:05 -0730", "2030-01-02T10:34:05.000Z"],
  ["2030-13-02 03:04:05 UTC", undefined],
  ["2030-01-02T03:04:05Z", undefined],
  ["2030-01-02 03:04:05 UTC and more", undefined],
  [undefined, undefined],
];

for (const [text, expires] of ROWS) {
  Deno.test(`GitHub's ${text} is the time ${expires}`, () => {
    assert.equal(expiryInHeaders({ "github-authentication-token-expiration": text }), expires);
  });
}

Deno.test("a time is converted to UTC, and another text is rejected", () => {
  assert.equal(isoTime("2030-01-02T03:04:05+02:00"), "2030-01-02T01:04:05.000Z");
  for (const none of [undefined, 5, "soon", {}]) assert.equal(isoTime(none), undefined);
});
