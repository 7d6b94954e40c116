import assert from "node:assert/strict";
import fc from "fast-check";
import { anyText, webUrl } from "../../../tests/support/arbitrary.ts";
import type { RepositoryType, SecretKind } from "./credential_kind.ts";
import { parseUrl, type UrlQuestion } from "./repository_url.ts";
import type { RepositoryUrl } from "./url.ts";

function parsed(text: string, question: UrlQuestion): RepositoryUrl {
  const result = parseUrl(text, question);
  assert.ok(result.ok, `${text} ${result.ok || result.why}`);
  return result.value;
}

const TYPES: readonly RepositoryType[] = ["git", "helm", "oci"];

/** A spelling, the stored URL, and the repoURL of an Application. */
type Row = [type: RepositoryType, text: string, url: string, application?: string];

const REPOSITORIES: Row[] = [
  ["git", "github.com/org/app", "https://github.com/org/app"],
  ["git", "git@github.com:org/app.git", "git@github.com:org/app.git"],
  ["helm", "charts.example.com/x", "https://charts.example.com/x"],
  ["helm", "oci://ghcr.io/org/charts", "ghcr.io/org/charts"],
  ["helm", "ghcr.io/org/charts/", "ghcr.io/org/charts"],
  ["helm", "https://ghcr.io/", "ghcr.io", "ghcr.io/<path>"],
  ["oci", "oci://ghcr.io/org/app", "oci://ghcr.io/org/app"],
  ["oci", "OCI://GHCR.io/Org/App", "oci://ghcr.io/Org/App"],
  ["oci", "ghcr.io/org/app", "oci://ghcr.io/org/app"],
  ["oci", "https://ghcr.io/org/app/", "oci://ghcr.io/org/app"],
  ["oci", "registry.example.com:5000/app", "oci://registry.example.com:5000/app"],
];

const TEMPLATES: Row[] = [
  ["git", "https://github.com/org", "https://github.com/org/"],
  ["git", "https://github.com/org/", "https://github.com/org/"],
  ["git", "https://github.com/org/*", "https://github.com/org/"],
  ["git", "github.com/org", "https://github.com/org/"],
  ["git", "https://github.com", "https://github.com/"],
  ["git", "https://github.com/*", "https://github.com/"],
  ["git", "http://git.example.com:8080", "http://git.example.com:8080/"],
  ["git", "https://[::1]:8443/org", "https://[::1]:8443/org/"],
  ["git", "git@github.com", "git@github.com:"],
  ["git", "git@github.com:", "git@github.com:"],
  ["git", "git@github.com:org", "git@github.com:org/"],
  ["git", "git@github.com:2222:", "git@github.com:2222:/"],
  ["git", "git@github.com:org/*", "git@github.com:org/"],
  ["git", "ssh://git@github.com", "ssh://git@github.com/"],
  ["git", "ssh://git@github.com:22/org", "ssh://git@github.com:22/org/"],
  ["git", "https://github.com/org/app.git/", "https://github.com/org/app.git/"],
  ["git", "https://dev.azure.com/org/My Project", "https://dev.azure.com/org/My%20Project/"],
  ["git", "https://192.0.2.10:1843/org", "https://192.0.2.10:1843/org/"],
  ["helm", "https://charts.example.com", "https://charts.example.com/"],
  ["helm", "https://charts.example.com/a/*", "https://charts.example.com/a/"],
  ["helm", "https://ghcr.io/", "ghcr.io/"],
  ["helm", "oci://ghcr.io/org", "ghcr.io/org/"],
  ["helm", "ghcr.io/org/*", "ghcr.io/org/"],
  ["oci", "ghcr.io", "oci://ghcr.io/"],
  ["oci", "oci://ghcr.io/org", "oci://ghcr.io/org/"],
  ["oci", "oci://ghcr.io/org/*", "oci://ghcr.io/org/"],
  ["oci", "https://registry.example.com:5000", "oci://registry.example.com:5000/"],
  ["oci", "192.0.2.10:1843", "oci://192.0.2.10:1843/"],
  ["helm", "oci://192.0.2.10/team", "192.0.2.10/team/"],
];

for (const [type, text, url, application = url] of REPOSITORIES) {
  Deno.test(`the ${type} repository ${text} is stored as ${url}`, () => {
    const value = parsed(text, { type, as: "repository" });
    assert.deepEqual([value.url, value.applicationRepoUrl], [url, application]);
    assert.equal(value.oci, type === "oci" || !/^(https|git@)/.test(url));
    assert.equal(value.over, url.startsWith("git@") ? "ssh" : "http");
  });
}

for (const [type, text, url] of TEMPLATES) {
  Deno.test(`the ${type} template ${text} is for the prefix ${url}`, () => {
    const value = parsed(text, { type, as: "repo-creds" });
    const { templatePrefix, applicationRepoUrl } = value;
    assert.equal(value.url, url);
    assert.equal(applicationRepoUrl, `${url}<path>`);
    // It is the template, so none is written beside it.
    assert.equal(templatePrefix, undefined);
    assert.equal(value.oci, type === "oci" || (type === "helm" && !url.startsWith("https")));
    assert.equal(value.over, /^(git@|ssh:)/.test(url) ? "ssh" : "http");
  });
}

const REFUSED: [type: RepositoryType, as: SecretKind, text: string, why: RegExp][] = [
  ["git", "repository", "oci://ghcr.io/x", /must begin with https/],
  ["git", "repository", "https://github.com/org/*", /send "as": "repo-creds"/],
  ["helm", "repository", "git@github.com:org/app", /must not contain credentials/],
  ["helm", "repository", "ssh://git@github.com/app", /must begin with https/],
  ["oci", "repository", "http://ghcr.io/org", /"insecure_oci_http": true/],
  ["oci", "repository", "HTTP://ghcr.io/org", /"insecure_oci_http": true/],
  ["oci", "repository", "oci://ghcr.io/org/*", /send "as": "repo-creds"/],
  ["oci", "repository", "oci://user:pass@ghcr.io/org", /must not contain credentials/],
  ["oci", "repository", "git@github.com:org/app", /must not contain credentials/],
  ["git", "repo-creds", "", /must name a host/],
  ["git", "repo-creds", "*", /must name a host/],
  ["git", "repo-creds", "https://*", /must name a host/],
  ["git", "repo-creds", "https://github.com/*/app", /only as its last path segment/],
  ["git", "repo-creds", "https://github.com/**", /only as its last path segment/],
  ["git", "repo-creds", "https://*.github.com/", /only as its last path segment/],
  ["git", "repo-creds", "https://user:pass@github.com", /must not contain credentials/],
  ["git", "repo-creds", "user:pass@github.com", /must be like git@host:path/],
  ["helm", "repo-creds", "https://x.example/**", /only as its last path segment/],
  ["helm", "repo-creds", "git@github.com", /must not contain credentials/],
  ["oci", "repo-creds", "oci://ghcr.io/**", /only as its last path segment/],
  ["oci", "repo-creds", "http://ghcr.io", /"insecure_oci_http": true/],
  [
    "git",
    "repo-creds",
    "https://github.com/org/app.git",
    /used for https:\/\/github\.com\/org\/app-other too: send "as": "repository"/,
  ],
  ["git", "repo-creds", "git@github.com:org/App.GIT", /ends with \.git/],
  ["git", "repo-creds", "https://github.com/org/app.git*", /ends with \.git/],
  ["helm", "repo-creds", "ghcr.io/app.git", /ends with \.git/],
  ["oci", "repo-creds", "oci://ghcr.io/app.git", /ends with \.git/],
  ["helm", "repo-creds", "oci://192.0.2.10:1843", /cannot parse \(192\.0\.2\.10:1843\/\)/],
  [
    "helm",
    "repo-creds",
    "oci://[2001:db8::5]:5000/team",
    /cannot parse \(\[2001:db8::5\]:5000\/team\/\)/,
  ],
  ["helm", "repo-creds", "oci://[2001:db8::5]", /cannot parse/],
  [
    "helm",
    "repo-creds",
    "oci://3scale.example.com:5000",
    /cannot parse \(3scale\.example\.com:5000\/\)/,
  ],
  ["git", "repo-creds", "https://git.example.com/%zz", /cannot parse/],
];

for (const [type, as, text, why] of REFUSED) {
  Deno.test(`the ${type} ${as} ${JSON.stringify(text)} is rejected with the reason`, () => {
    const result = parseUrl(text, { type, as });
    assert.match(result.ok ? "" : result.why, why);
  });
}

const WHOLE_HOST = /uses the template for every repository on/;
const ENDED = /slash was appended to the prefix/;
const ONLY_THIS = /only for Applications with exactly this URL/;

const HINTS: [type: RepositoryType, as: SecretKind, text: string, hints: RegExp[]][] = [
  ["git", "repository", "https://github.com/org/app", []],
  ["git", "repository", "https://github.com/org/app/", [/ends with a slash/]],
  ["git", "repository", "https://github.com", [ONLY_THIS]],
  ["git", "repository", "https://github.com:8443/", [/ends with a slash/, ONLY_THIS]],
  ["git", "repository", "git@github.com:", [ONLY_THIS]],
  ["git", "repository", "ssh://git@github.com:22", [ONLY_THIS]],
  ["oci", "repository", "oci://ghcr.io", [ONLY_THIS]],
  ["oci", "repository", "oci://ghcr.io/app", []],
  // A Helm repository may be at the root, and a registry is covered by its template.
  ["helm", "repository", "https://charts.example.com", []],
  ["helm", "repository", "https://ghcr.io/", []],
  ["git", "repo-creds", "https://github.com/org/", []],
  ["git", "repo-creds", "https://github.com/org/*", []],
  ["git", "repo-creds", "git@github.com:org/*", []],
  ["git", "repo-creds", "https://github.com/org", [ENDED]],
  ["git", "repo-creds", "https://github.com/org*", [ENDED]],
  ["git", "repo-creds", "http://git.example.com/org/", [/unencrypted/]],
  ["git", "repo-creds", "https://github.com/org/app.git/", []],
  ["git", "repo-creds", "git@github.com", [WHOLE_HOST]],
  ["git", "repo-creds", "git@github.com:", [WHOLE_HOST]],
  ["git", "repo-creds", "https://github.com/", [WHOLE_HOST]],
  ["git", "repo-creds", "https://github.com", [ENDED, WHOLE_HOST]],
  ["git", "repo-creds", "https://[::1]:8443/", [WHOLE_HOST]],
  ["git", "repo-creds", "ssh://git@github.com:22/", [WHOLE_HOST]],
  ["helm", "repo-creds", "ghcr.io/org/", []],
  ["helm", "repo-creds", "ghcr.io/org", [ENDED]],
  ["helm", "repo-creds", "http://ghcr.io/org/*", [/http:\/\/ was dropped/]],
  ["helm", "repo-creds", "https://charts.example.com/a/", []],
  ["oci", "repo-creds", "oci://ghcr.io/org/*", []],
  ["oci", "repo-creds", "oci://ghcr.io/*", [WHOLE_HOST]],
  ["oci", "repo-creds", "oci://registry.example.com:5000/", [WHOLE_HOST]],
];

for (const [type, as, text, expected] of HINTS) {
  const what = expected.map((each) => each.source).join(" and ") || "nothing";
  Deno.test(`the hints for the ${type} ${as} ${text} are about ${what}`, () => {
    const { hints } = parsed(text, { type, as });
    assert.equal(hints.length, expected.length, hints.join("; "));
    expected.forEach((hint, i) => assert.match(hints[i]!, hint));
  });
}

Deno.test("a hint about a whole host names it with its port", () => {
  const hints = (text: string, type: RepositoryType) =>
    parsed(text, { type, as: "repo-creds" }).hints.join();
  assert.match(hints("https://[::1]:8443/", "git"), /repository on \[::1\]:8443 without/);
  assert.match(hints("git@github.com", "git"), /repository on github\.com without/);
  assert.match(hints("ghcr.io/*", "oci"), /repository on ghcr\.io without/);
});

Deno.test("a template for a path that ends with the segment .git ends with one slash, as others do", () => {
  const template = { as: "repo-creds" } as const;
  assert.equal(parsed("oci://org/.git//", { type: "oci", ...template }).url, "oci://org/.git/");
});

Deno.test("use_oci decides whether the charts of a template are OCI artifacts", () => {
  const question = { type: "helm", as: "repo-creds" } as const;
  assert.equal(
    parsed("harbor.example.com/a", { ...question, useOci: true }).url,
    "harbor.example.com/a/",
  );
  assert.equal(parsed("ghcr.io/a", { ...question, useOci: false }).url, "https://ghcr.io/a/");
});

const piece = fc.constantFrom(
  ..."https:// http:// ssh:// oci:// git@ u:p@ @ github.com ghcr.io [::1] :22 :org / /* * // ? #"
    .split(" "),
  ...". .. ü \\ \0 \n org app .git".split(" "),
  " ",
);
const urlLike = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
  webUrl(),
  anyText(),
);
const question = fc.record({
  type: fc.constantFrom(...TYPES),
  as: fc.constantFrom<SecretKind>("repository", "repo-creds"),
});

Deno.test("an accepted URL has no credentials, and parses to itself", () => {
  const accepted = new Map<string, number>();
  fc.assert(
    fc.property(urlLike, question, (text, { type, as }) => {
      const result = parseUrl(text, { type, as });
      if (!result.ok) return assert.ok(result.why.length > 0);
      accepted.set(type + as, (accepted.get(type + as) ?? 0) + 1);
      const { url, oci, over } = result.value;
      assert.doesNotMatch(url, /^ | $|[^\S ]|[\p{Cc}\\?#*]/u);
      if (over === "http") {
        const { username, password } = new URL(
          oci ? `https://${url.replace(/^oci:\/\//, "")}` : url,
        );
        assert.deepEqual([username, password], ["", ""]);
        // A path may look like that.
      } else assert.doesNotMatch(url, /^(ssh:\/\/)?[^@/]*:[^@/]*@/);
      const again = parsed(url, { type, as, ...(type === "helm" ? { useOci: oci } : {}) });
      assert.deepEqual([again.url, again.oci, again.over], [url, oci, over]);
    }),
    { numRuns: 5000 },
  );
  for (const type of TYPES) {
    for (const as of ["repository", "repo-creds"]) {
      assert.ok((accepted.get(type + as) ?? 0) > 20, `${type} ${as}: ${accepted.get(type + as)}`);
    }
  }
});

Deno.test("the prefix of a template ends with a slash or colon, so that it matches whole segments only", () => {
  fc.assert(
    fc.property(urlLike, fc.constantFrom(...TYPES), (text, type) => {
      const result = parseUrl(text, { type, as: "repo-creds" });
      if (result.ok) assert.match(result.value.url, /[/:]$/);
    }),
    { numRuns: 2000 },
  );
});
