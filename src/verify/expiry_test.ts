import assert from "node:assert/strict";
import { seal } from "../log/sealed.ts";
import { expiryIn, isoTime } from "./expiry.ts";
import { expiryApi, GITHUB_EXPIRY } from "./expiry_api.ts";

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
    assert.equal(expiryIn({ "github-authentication-token-expiration": text }), expires);
  });
}

Deno.test("a time is brought to UTC, and what is none is none", () => {
  assert.equal(isoTime("2030-01-02T03:04:05+02:00"), "2030-01-02T01:04:05.000Z");
  for (const none of [undefined, 5, "soon", {}]) assert.equal(isoTime(none), undefined);
});

Deno.test("only a personal token of GitHub's own hosts is shown to GitHub's API", () => {
  const api = (host: string, password: string | undefined) =>
    expiryApi(GITHUB_EXPIRY, host, password === undefined ? undefined : seal(password))?.href;
  const url = "https://api.github.com/rate_limit";
  assert.equal(api("ghcr.io", "ghp_x"), url);
  assert.equal(api("github.com", "github_pat_x"), url);
  assert.equal(api("github.com", "another"), undefined);
  assert.equal(api("github.com", undefined), undefined);
  assert.equal(api("github.example", "ghp_x"), undefined);
  assert.equal(api("toString", "ghp_x"), undefined);
});
