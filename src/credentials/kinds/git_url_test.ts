import assert from "node:assert/strict";
import fc from "fast-check";
import { anyText, webUrl } from "../../../tests/support/arbitrary.ts";
import { parseGitUrl } from "./git_url.ts";
import { comparableUrl } from "./comparable_url.ts";
import type { RepositoryUrl } from "./url.ts";

function parsed(text: string): RepositoryUrl {
  const result = parseGitUrl(text);
  assert.ok(result.ok, `${text} ${result.ok || result.why}`);
  return result.value;
}

/** A spelling, the protocol, and the stored URL (the same when absent). */
const ACCEPTED: [text: string, over: "http" | "ssh", url?: string][] = [
  ["https://github.com/org/app.git", "http"],
  ["https://github.com/org/app", "http"],
  ["HTTPS://GitHub.com/Org/App.git", "http", "https://github.com/Org/App.git"],
  ["github.com/org/app", "http", "https://github.com/org/app"],
  ["git.example.com:8443/app", "http", "https://git.example.com:8443/app"],
  ["localhost:3000/app", "http", "https://localhost:3000/app"],
  ["http://git.example.com/app", "http"],
  ["https://[::1]:8443/app", "http"],
  ["https://git.example.com", "http"],
  ["https://git.example.com/app/", "http"],
  ["https://dev.azure.com/org/project/_git/app", "http"],
  ["https://git.example.com/a@b", "http"],
  [
    "https://dev.azure.com/org/My Project/_git/app",
    "http",
    "https://dev.azure.com/org/My%20Project/_git/app",
  ],
  ["https://git.example.com/a%2fb c", "http"], // encoded, it would be another repository to Argo CD
  ["git@git.example.com:My Project/app", "ssh"], // over SSH nothing decodes it
  ["ssh://git@git.example.com/My Project/app", "ssh"],
  ["https://git.example.com/%2e%2e/app", "http"],
  ["ssh://git@github.com/org/app.git", "ssh"],
  ["SSH://git@GitHub.com/Org/App.git", "ssh", "ssh://git@github.com/Org/App.git"],
  ["ssh://git@git.example.com:2222/app.git", "ssh"],
  ["ssh://APKAEXAMPLE@git-codecommit.eu-west-1.amazonaws.com/v1/repos/app", "ssh"],
  ["ssh://git@[::1]:2222/app", "ssh"],
  ["git@github.com:org/app.git", "ssh"],
  ["git@GitHub.com:Org/App.git", "ssh", "git@github.com:Org/App.git"],
  ["git@ssh.dev.azure.com:v3/org/project/app", "ssh"],
  ["org-1234@github.com:org/app.git", "ssh"],
  ["first.last_2@git.example.com:app", "ssh"],
  ["git@git.example.com:/srv/git/app.git", "ssh"],
  ["git@git.example.com:2222/app.git", "ssh"],
];

for (const [text, over, url = text] of ACCEPTED) {
  Deno.test(`the Git repository ${text} is stored as ${url}, and accessed over ${over}`, () => {
    const { hints: _, ...value } = parsed(text);
    assert.deepEqual(value, { url, oci: false, over, applicationRepoUrl: url });
  });
}

const REFUSED: [text: string, why: RegExp][] = [
  ["", /must name a host/],
  ["https://", /must name a host/],
  ["https:///app", /must name a host/],
  ["/srv/git/app", /must name a host/],
  ["./app", /must name a host/],
  ["https://git.example.com:/app", /must name a host/],
  ["https://git.example.com:65536/app", /must name a host/],
  ["https://git_example/app", /must name a host/],
  ["https://-x/app", /must name a host/],
  ["ssh://git@/app", /must name a host/],
  ["ssh://git@github.com:org/app.git", /must name a host/],
  ["git@:app", /must name a host/],
  ["git@[::1]:app", /must name a host/],
  ["git@-oProxyCommand=x:app", /must name a host/],
  ["ext::sh", /must name a host/],
  ["ssh://github.com/org/app", /must have a user, and no password/],
  ["ssh://git:pass@github.com/org/app", /must have a user, and no password/],
  ["ssh://a@b@github.com/org/app", /must have a user, and no password/],
  ["ssh://-oProxyCommand=x@github.com/app", /must have a user, and no password/],
  ["https://user:pass@github.com/org/app", /must not contain credentials/],
  ["https://token@github.com/org/app", /must not contain credentials/],
  ["http://@github.com/org/app", /must not contain credentials/],
  ["user:pass@github.com/org/app", /must be like git@host:path/],
  ["user:pass@github.com:org/app", /must be like git@host:path/],
  ["git@github.com", /must be like git@host:path/],
  ["git@github.com/org/app", /must be like git@host:path/],
  ["-oProxyCommand=x@github.com:app", /must be like git@host:path/],
  ["git@a@github.com:app", /must be like git@host:path/],
  ["git://github.com/org/app", /must begin with https/],
  ["file:///srv/git/app", /must begin with https/],
  ["oci://ghcr.io/org/app", /must begin with https/],
  ["git+ssh://git@github.com/app", /must begin with https/],
  ["https://https://github.com/app", /must be one URL/],
  ["codecommit::eu-west-1://app", /must be one URL/],
  ["https://github.com/org/app?ref=main", /query or a fragment/],
  ["https://github.com/org/app#main", /query or a fragment/],
  ["git@github.com:org/app#main", /query or a fragment/],
  [" https://github.com/app", /white space/],
  ["https://github.com/a\tb", /white space/],
  ["https://git hub.com/a", /must name a host/],
  ["https://github.com/app\n", /white space/],
  ["https://github.com/\0", /control characters/],
  ["https://github.com/\u0085", /control characters/],
  ["https://github.com\\app", /backslashes/],
  ["https://github.com/org/*", /must name one repository/],
  ["git@github.com:org/*", /must name one repository/],
  ["https://github.com/*/app", /must name one repository/],
  [`https://github.com/${"x".repeat(2048)}`, /at most 2048/],
];

for (const [text, why] of REFUSED) {
  Deno.test(`the Git repository ${JSON.stringify(text).slice(0, 50)} is rejected with the reason`, () => {
    const result = parseGitUrl(text);
    assert.match(result.ok ? "" : result.why, why);
  });
}

const HINTS: [text: string, hints: RegExp[]][] = [
  ["https://git.example.com/app", []],
  ["ssh://git@git.example.com/app", []],
  ["git@git.example.com:app.git", []],
  ["http://git.example.com/app", [/unencrypted/]],
  ["https://git.example.com/app/", [/ends with a slash/]],
  ["ssh://git@git.example.com/app/", [/ends with a slash/]],
  ["http://git.example.com/app/", [/unencrypted/, /ends with a slash/]],
];

for (const [text, expected] of HINTS) {
  const what = expected.length === 0
    ? "no hint"
    : `hints about ${expected.map((each) => each.source).join(" and ")}`;
  Deno.test(`${text} comes with ${what}`, () => {
    const { hints } = parsed(text);
    assert.equal(hints.length, expected.length);
    expected.forEach((hint, i) => assert.match(hints[i]!, hint));
  });
}

const piece = fc.constantFrom(
  ..."https:// http:// ssh:// oci:// git@ u:p@ -x@ @ github.com GitHub.com [::1] :22 :org / .git"
    .split(" "),
  ..."// * ? # . .. %40 ü \\ \0 \n \u0085 \u2028 9".split(" "),
  " ",
);
const urlLike = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
  webUrl(),
  fc.tuple(fc.stringMatching(/^[a-z0-9._-]{1,8}$/), fc.domain(), fc.string())
    .map(([user, host, path]) => `${user}@${host}:${path}`),
  anyText(),
);

Deno.test("an accepted Git repository has no credentials in its URL, which is one line", () => {
  let accepted = 0;
  fc.assert(
    fc.property(urlLike, (text) => {
      const result = parseGitUrl(text);
      if (!result.ok) return assert.ok(result.why.length > 0);
      accepted++;
      const { url, over, applicationRepoUrl } = result.value;
      assert.doesNotMatch(url, /^ | $|[^\S ]|[\p{Cc}\\?#*]/u);
      assert.equal(applicationRepoUrl, url);
      if (over === "http") {
        const { username, password, protocol } = new URL(url);
        assert.deepEqual([username, password], ["", ""]);
        assert.match(protocol, /^https?:$/);
      } else {
        // A user name that ssh cannot take for a flag, and no password.
        assert.match(url, /^(ssh:\/\/)?[A-Za-z0-9_][A-Za-z0-9._-]*@[a-z0-9[][^@]*([:/]|$)/);
      }
    }),
    { numRuns: 3000 },
  );
  assert.ok(accepted > 100, `${accepted}`);
});

Deno.test("a stored Git repository URL parses to itself, and is the same to Argo CD", () => {
  fc.assert(
    fc.property(urlLike, (text) => {
      const result = parseGitUrl(text);
      if (!result.ok) return;
      const { url } = result.value;
      assert.deepEqual(parsed(url), { ...result.value, applicationRepoUrl: url });
      // With a scheme, only upper and lower case may have changed.
      if (/^([a-z]+:\/\/|[^/]*@)/i.test(text)) {
        assert.equal(comparableUrl(url), comparableUrl(text));
      }
    }),
    { numRuns: 3000 },
  );
});
