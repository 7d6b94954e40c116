import assert from "node:assert/strict";
import { declaredTime, earliest, type Expiry } from "./expiry.ts";

const TIMES: [text: string, time: string | undefined][] = [
  ["2027-01-31T12:00:00Z", "2027-01-31T12:00:00.000Z"],
  ["2027-01-31t12:00:00z", "2027-01-31T12:00:00.000Z"],
  ["2027-01-31T12:00:00.123456789+02:00", "2027-01-31T10:00:00.123Z"],
  ["2027-01-31", "2027-01-31T00:00:00.000Z"],
  ["2028-02-29", "2028-02-29T00:00:00.000Z"],
  ["2027-02-29", undefined],
  ["2027-02-30T12:00:00Z", undefined],
  ["2027-13-01", undefined],
  ["2027-01-31T25:00:00Z", undefined],
  ["2027-01-31T12:00:00", undefined], // invalid without a time zone
  ["2027-01-31T12:00Z", undefined],
  [" 2027-01-31", undefined],
  ["30d", undefined],
  ["", undefined],
];

for (const [text, time] of TIMES) {
  Deno.test(`a declared expiry of '${text}' is ${time ?? "invalid"}`, () => {
    assert.equal(declaredTime(text), time);
  });
}

Deno.test("the earliest expiry counts, and of two at the same time the more reliable one", () => {
  const at = "2027-01-01T00:00:00.000Z";
  const declared: Expiry = { at, source: "declared" };
  const value: Expiry = { at, source: "value" };
  const later: Expiry = { at: "2027-01-01T00:00:00.001Z", source: "issuer" };
  assert.deepEqual(earliest([later, undefined, declared, value]), value);
  assert.deepEqual(earliest([value, declared]), value);
  assert.deepEqual(earliest([later]), later);
  assert.equal(earliest([undefined]), undefined);
  assert.equal(earliest([]), undefined);
});
