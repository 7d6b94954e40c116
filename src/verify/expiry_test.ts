import assert from "node:assert/strict";
import { expiryInHeaders, isoTime } from "./expiry.ts";

const ROWS: [text: string | undefined, expires: string | undefined][] = [
  ["2030-01-02 03:04:05 UTC", "2030-01-02T03:04:05.000Z"],
  ["2030-01-02 03:04:05 +0200", "2030-01-02T01:04:05.000Z"],
  ["2030-01-02 03:04:05 -0730", "2030-01-02T10:34:05.000Z"],
  ["2030-13-02 03:04:05 UTC", undefined],
  ["2030-02-30 03:04:05 UTC", undefined],
  ["2030-01-02T03:04:05Z", undefined],
  ["2030-01-02 03:04:05 UTC and more", undefined],
  [undefined, undefined],
];

for (const [text, expires] of ROWS) {
  Deno.test(`GitHub's expiry '${text}' is ${expires}`, () => {
    assert.equal(expiryInHeaders({ "github-authentication-token-expiration": text }), expires);
  });
}

Deno.test("a time is converted to UTC, and another text is rejected", () => {
  assert.equal(isoTime("2030-01-02T03:04:05+02:00"), "2030-01-02T01:04:05.000Z");
  assert.equal(isoTime("2030-01-31"), "2030-01-31T00:00:00.000Z");
  assert.equal(isoTime("2028-02-29t01:02:03.1234567z"), "2028-02-29T01:02:03.123Z");
  const guessed = [
    "1",
    "never 1",
    "2030",
    "01/02/2030",
    "2030-01-31T10:00:00",
    "2030-01-31 10:00:00",
  ];
  const absent = ["2030-02-30", "2030-02-29T00:00:00Z", "2030-13-01", "2030-01-01T25:00:00Z"];
  for (const none of [undefined, 5, "", "soon", {}, ...guessed, ...absent]) {
    assert.equal(isoTime(none), undefined, String(none));
  }
});
