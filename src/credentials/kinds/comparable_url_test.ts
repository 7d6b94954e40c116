import assert from "node:assert/strict";
import { comparableUrl, normalizeGitUrl, templateKey } from "./comparable_url.ts";

const COMPARED: [a: string, b: string, equal: boolean][] = [
  ["https://x/y", "HTTPS://X/Y", true],
  ["https://x/y", " https://x/y ", true],
  ["https://x/y", "\u0085https://x/y\u3000", true],
  ["https://x/y", "\ufeffhttps://x/y", false],
  ["https://x/y.git", "https://x/y", true],
  ["https://x/y.GIT", "https://x/y", true],
  ["https://x/y.git.git", "https://x/y", false],
  ["https://x/y.git/", "https://x/y/", false],
  ["git@github.com:org/x.git", "ssh://git@github.com/org/x", true],
  ["git@x:a b", "git@x:a%20b", true],
  ["git@x:a b", "ssh://git@x/a%20b.git", true],
  ["git@x:2222/a", "ssh://git@x:2222/a", false],
  ["user@x/y", "ssh://user@x/y", true],
  ["https://x/y/", "https://x/y", false],
  ["https://user@x/y", "https://x/y", false],
  ["oci://x/y", "x/y", false],
  ["https://x:443/y", "https://x/y", false],
  ["ghcr.io", "https://ghcr.io", false],
  ["https://x/y", "https://x/y2", false],
  ["https://x/y#", "https://x/y", true],
  ["https://git.example.com/a b/c", "https://git.example.com/a%20b/c", true],
  ['https://git.example.com/a"b', "https://git.example.com/a%22b", true],
  ["https://git.example.com/a|b", "https://git.example.com/a%7cb", false],
  ["https://git.example.com/a[b", "https://git.example.com/a%5bb", false],
  ["https://git.example.com/{b", "https://git.example.com/%7bb", false],
  ["https://git.example.com/~b", "https://git.example.com/%7eb", false],
  ["https://git.example.com/ö", "https://git.example.com/%c3%b6", false],
  ["https://git.example.com/Ö", "https://git.example.com/ö", true],
  ["https://git.example.com/a/b", "https://git.example.com/a%2Fb", false],
  ["https://git.example.com/İ", "https://git.example.com/i", true],
  ["https://git.example.com/ΑΣ", "https://git.example.com/ασ", true],
  // A URL that Go cannot parse is compared as it is.
  ["192.0.2.10:1843/X", "192.0.2.10:1843/x", false],
  ["192.0.2.10:1843/x.git", "192.0.2.10:1843/x", false],
  ["192.0.2.10:1843/x", "192.0.2.10:1843/x", true],
];

for (const [a, b, equal] of COMPARED) {
  Deno.test(`for Argo CD '${a}' and '${b}' are ${equal ? "one repository" : "two repositories"}`, () => {
    assert.equal(comparableUrl(a) === comparableUrl(b), equal);
  });
}

const TEMPLATES: [url: string, key: string][] = [
  ["https://x/org", "https://x/org"],
  ["https://x/org/", "https://x/org"],
  ["https://x/org//", "https://x/org/"],
  ["https://x/app.git", "https://x/app"],
  ["git@github.com:", "git@github.com"],
  ["ssh://git@github.com/", "git@github.com"],
  ["GHCR.io/Org/", "ghcr.io/org"],
  ["192.0.2.10:1843/x/", ""],
  ["", ""],
];

for (const [url, key] of TEMPLATES) {
  Deno.test(`the key of a template for '${url}' is '${key}'`, () => {
    assert.equal(templateKey(url), key);
  });
}

Deno.test("a URL that Go cannot parse has no normal form, so no template is used for it", () => {
  assert.equal(normalizeGitUrl("192.0.2.10:1843/x"), "");
  assert.equal(normalizeGitUrl(" 192.0.2.10/X.git "), "192.0.2.10/x");
});
