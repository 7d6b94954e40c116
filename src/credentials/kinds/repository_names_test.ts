import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_SUFFIX, secretNamesFor, sharedPrefix } from "./repository_names.ts";
import { parseUrl } from "./repository_url.ts";
import { comparableUrl } from "./comparable_url.ts";

const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

Deno.test("the secret of a single URL has the requested name", () => {
  assert.deepEqual(secretNamesFor("team", ["https://github.com/org/app.git"]), ["team"]);
});

/** The middle part of the name for one URL among several. */
const PARTS: [url: string, part: string][] = [
  ["https://github.com/org/app.git", "app"],
  ["https://github.com/org/App.GIT", "app"],
  ["git@github.com:app.git", "app"],
  ["ssh://git@github.com:22/org/my_app", "my-app"],
  ["ghcr.io/org/charts", "charts"],
  ["oci://ghcr.io/org/app/", "app"],
  ["https://git.example.com", "git-example-com"],
  ["https://x.example/org/--a..b--", "a-b"],
  ["https://x.example/org/a-very-long-name-of-a-repository", "a-very-long-name-of-a-re"],
  ["https://x.example/org/a-very-long-name-of-ab-repository", "a-very-long-name-of-ab-r"],
  ["https://x.example/org/a-very-long-name-of-abc-repository", "a-very-long-name-of-abc"],
];

for (const [url, part] of PARTS) {
  Deno.test(`among several URLs, the name for ${url} has '${part}' in it and a hash`, () => {
    const [name] = secretNamesFor("team", [url, "https://other.example/x"]);
    assert.match(name!, new RegExp(`^team-${part}-[0-9a-f]{6}$`));
  });
}

Deno.test("a last path segment without a letter or digit is left out of the name", () => {
  const [name] = secretNamesFor("team", ["https://x.example/ü", "https://x.example/y"]);
  assert.match(name!, /^team-[0-9a-f]{6}$/);
});

const name = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?$/)
  .filter((text) => NAME.test(text));
const segment = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9._~-]{1,40}$/),
  fc.string({ unit: "grapheme", minLength: 1 }),
);
const url = fc.oneof(
  fc.tuple(fc.domain(), segment, segment).map(([host, a, b]) => `https://${host}/${a}/${b}`),
  fc.tuple(fc.domain(), segment).map(([host, a]) => `git@${host}:${a}.git`),
  fc.tuple(fc.domain(), segment).map(([host, a]) => `oci://${host}/${a}`),
  fc.domain(),
);
/** As validated requests have them: no two are the same to Argo CD. */
const urls = fc.uniqueArray(url, { minLength: 2, maxLength: 8, selector: comparableUrl });

Deno.test("names are unique, valid in Kubernetes, and not much longer than the requested name", () => {
  fc.assert(fc.property(name, urls, (name, urls) => {
    const names = secretNamesFor(name, urls);
    assert.equal(names.length, urls.length);
    assert.equal(new Set(names).size, urls.length);
    for (const each of names) {
      assert.match(each, NAME);
      assert.ok(each.startsWith(`${name}-`));
      assert.ok(each.length <= name.length + MAX_SUFFIX, each);
    }
  }));
});

Deno.test("the name for a URL does not depend on the other URLs or their order", () => {
  fc.assert(fc.property(name, urls, url, (name, urls, other) => {
    const byUrl = new Map(urls.map((each, i) => [each, secretNamesFor(name, urls)[i]]));
    const reversed = [other, ...urls.toReversed()];
    const names = secretNamesFor(name, reversed);
    reversed.forEach((each, i) => {
      if (byUrl.has(each)) assert.equal(names[i], byUrl.get(each));
    });
  }));
});

Deno.test("spellings of one Argo CD repository get one name", () => {
  const same = [
    ["https://github.com/org/app", "HTTPS://GitHub.com/Org/App.git"],
    ["git@github.com:org/app.git", "ssh://git@github.com/org/app"],
  ];
  for (const [a, b] of same) {
    assert.equal(comparableUrl(a!), comparableUrl(b!));
    const [first] = secretNamesFor("team", [a!, "https://x.example/y"]);
    const [second] = secretNamesFor("team", [b!, "https://x.example/y"]);
    assert.equal(first, second);
  }
});

const SHARED: [urls: string[], prefix: string | undefined][] = [
  [["https://github.com/org/a", "https://github.com/org/b"], "https://github.com/org/"],
  [["https://github.com/org/a", "https://github.com/org/a-b"], "https://github.com/org/"],
  [["https://github.com/org/a", "https://github.com/org/a/b"], "https://github.com/org/"],
  [["https://github.com/org/x/a", "https://github.com/org/x/b"], "https://github.com/org/x/"],
  [
    ["https://github.com/org/x/a", "https://github.com/org/x/b", "https://github.com/org/c"],
    "https://github.com/org/",
  ],
  [["git@github.com:org/a", "git@github.com:org/b"], "git@github.com:org/"],
  [["ssh://git@x.example:22/org/a", "ssh://git@x.example:22/org/b"], "ssh://git@x.example:22/org/"],
  [["ghcr.io/org/a", "ghcr.io/org/b"], "ghcr.io/org/"],
  [["oci://ghcr.io/org/a", "oci://ghcr.io/org/b"], "oci://ghcr.io/org/"],
  [["https://[::1]:8443/org/a", "https://[::1]:8443/org/b"], "https://[::1]:8443/org/"],
  // A host alone also has repositories of other owners.
  [["https://github.com/org/a", "https://github.com/other/a"], undefined],
  [["https://github.com/org-a/x", "https://github.com/org-b/x"], undefined],
  [["https://github.com:8443/a/x", "https://github.com:8443/b/x"], undefined],
  [["https://[::1]:8443/a/x", "https://[::1]:8443/b/x"], undefined],
  [["git@github.com:a/x", "git@github.com:b/x"], undefined],
  [["git@github.com:a", "git@github.com:b"], undefined],
  [["ssh://git@github.com/a/x", "ssh://git@github.com/b/x"], undefined],
  [["ghcr.io/a/x", "ghcr.io/b/x"], undefined],
  [["oci://ghcr.io/a/x", "oci://ghcr.io/b/x"], undefined],
  // A scheme, or part of a host name, is not a prefix either.
  [["https://github.com/org/a", "https://gitlab.com/org/a"], undefined],
  [["https://a.example/org/a", "https://b.example/org/a"], undefined],
  [["oci://a.example/org/a", "oci://b.example/org/a"], undefined],
  [["https://github.com/org/a", "git@github.com:org/b"], undefined],
  [["https://github.com/org/a"], undefined],
  [[], undefined],
];

for (const [urls, prefix] of SHARED) {
  Deno.test(`${urls.join(" and ") || "no URLs"} ${prefix ? `have ${prefix} in common` : "have no prefix"}`, () => {
    assert.equal(sharedPrefix(urls), prefix);
    assert.equal(sharedPrefix(urls.toReversed()), prefix);
  });
}

Deno.test("a shared prefix is valid for a template, and each of the URLs starts with it", () => {
  const path = fc.array(fc.constantFrom("a", "b", "A", "a.git", ""), { maxLength: 4 });
  const host = fc.constantFrom(
    ..."https://a.example/ https://a.example:8443/ https://[::1]/ git@a.example: ssh://git@a.example/"
      .split(" "),
  );
  let found = 0;
  fc.assert(
    fc.property(host, fc.array(path, { minLength: 2, maxLength: 3 }), (host, paths) => {
      const urls = paths.map((path) => host + path.join("/"));
      // Such as `git@host://a`.
      if (!urls.every((url) => parseUrl(url, { type: "git", as: "repository" }).ok)) return;
      const prefix = sharedPrefix(urls);
      if (prefix === undefined) return;
      found++;
      assert.ok(urls.every((each) => each.startsWith(prefix)));
      const template = parseUrl(prefix, { type: "git", as: "repo-creds" });
      assert.equal(template.ok && template.value.url, prefix);
      assert.deepEqual(template.ok && template.value.hints, []);
    }),
    { numRuns: 2000 },
  );
  assert.ok(found > 20, `${found}`);
});
