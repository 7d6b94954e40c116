import { deepEqual, equal } from "node:assert/strict";
import { seal } from "../../log/sealed.ts";
import { kubeletMatches, loginsInOrder } from "./kubelet_keyring.ts";

/**
 * The tables of the kubelet's own tests, and Docker Hub's names.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/credentialprovider/keyring_test.go
 */
const rows: [key: string, repository: string, isMatch: boolean][] = [
  ["*.kubernetes.io", "prefix.kubernetes.io", true],
  ["prefix.*.io", "prefix.kubernetes.io", true],
  ["prefix.kubernetes.*", "prefix.kubernetes.io", true],
  ["*-good.kubernetes.io", "prefix-good.kubernetes.io", true],
  ["*.kubernetes.io/blah", "prefix.kubernetes.io/blah", true],
  ["prefix.*.io/foo", "prefix.kubernetes.io/foo/bar", true],
  ["*.kubernetes.io:1111/blah", "prefix.kubernetes.io:1111/blah", true],
  ["*.kubernetes.io", "kubernetes.io", false],
  ["*.*.kubernetes.io", "prefix.kubernetes.io", false],
  ["*kubernetes.io", "a.kubernetes.io", false],
  ["*kubernetes.io", "kubernetes.io", true],
  ["*.*.*.kubernetes.io", "a.b.c.kubernetes.io", true],
  ["kubernetes.io", "kubernetes.com", false],
  ["k*.io", "quay.io", false],
  ["*.kubernetes.io:1234/blah", "prefix.kubernetes.io:1111/blah", false],
  ["prefix.*.io/foo", "prefix.kubernetes.io:1111/foo/bar", false],
  ["https://*.docker.io/v1/", "prefix.docker.io/path/foo/bar", true],
  ["https://*.docker.io/v2/", "prefix.docker.io/path/foo/bar", true],
  ["https://prefix.*.io/path:1111", "prefix.docker.io/path/subpath", false],
  ["ghcr.io", "ghcr.io/org/app", true],
  ["https://ghcr.io/v2/", "ghcr.io/org/app", true],
  ["https://ghcr.io/v2", "ghcr.io/org/app", false],
  ["oci://ghcr.io", "ghcr.io/org/app", false],
  ["http://ghcr.io", "ghcr.io/org/app", true],
  ["ghcr.io/org", "ghcr.io/org-other/app", true],
  ["ghcr.io/org/", "ghcr.io/org-other/app", false],
  ["ghcr.io:", "ghcr.io/org/app", true],
  ["user@ghcr.io", "ghcr.io/org/app", true],
  ["GHCR.io", "ghcr.io/org/app", false],
  [" ghcr.io", "ghcr.io/org/app", false],
  ["https://index.docker.io/v1/", "docker.io/library/nginx", true],
  ["https://index.docker.io/v1", "docker.io/library/nginx", false],
  ["index.docker.io", "docker.io/library/nginx", true],
  ["docker.io", "docker.io/library/nginx", true],
  ["docker.io/library", "docker.io/library/nginx", true],
  ["https://registry-1.docker.io", "docker.io/library/nginx", false],
  ["https://index.docker.io/v1/", "quay.io/org/app", false],
  ["[fd00::1]", "[fd00::1]/app", false],
  ["[fd00::1]:5000", "[fd00::1]:5000/app", true],
];

for (const [key, repository, isMatch] of rows) {
  Deno.test(`the key '${key}' ${isMatch ? "matches" : "does not match"} ${repository}`, () => {
    equal(kubeletMatches(key, repository), isMatch);
  });
}

const holder = (source: string, ...keys: string[]) => ({
  source,
  logins: keys.map((key) => ({ key, username: "u", password: seal("not-a-secret") })),
});

const orders: [what: string, holders: ReturnType<typeof holder>[], tried: string[]][] = [
  [
    "longer paths are tried first, wherever they are",
    [holder("a", "ghcr.io"), holder("b", "ghcr.io/org/app", "ghcr.io/org")],
    ["b: ghcr.io/org/app", "b: ghcr.io/org", "a: ghcr.io"],
  ],
  [
    "a name comes before a wildcard",
    [holder("a", "*.io"), holder("b", "ghcr.io")],
    ["b: ghcr.io", "a: *.io"],
  ],
  [
    "the same key in two secrets is tried in the order of the secrets",
    [holder("b", "https://ghcr.io"), holder("a", "ghcr.io")],
    ["b: https://ghcr.io", "a: ghcr.io"],
  ],
  [
    "the same key twice in one secret is tried in either order",
    [holder("a", "ghcr.io", "https://ghcr.io/v2/")],
    ["a: ghcr.io | https://ghcr.io/v2/"],
  ],
];

for (const [what, holders, tried] of orders) {
  Deno.test(what, () => {
    deepEqual(
      loginsInOrder(holders, "ghcr.io/org/app").map(({ source, logins }) =>
        `${source}: ${logins.map(({ key }) => key).join(" | ")}`
      ),
      tried,
    );
  });
}

Deno.test("Docker Hub's own login is used only if no other key matches", () => {
  const sources = (...holders: ReturnType<typeof holder>[]) =>
    loginsInOrder(holders, "docker.io/library/nginx").map(({ source }) => source);
  const hub = holder("hub", "https://index.docker.io/v1/");
  deepEqual(sources(hub), ["hub"]);
  deepEqual(sources(hub, holder("other", "docker.io")), ["other"]);
});

Deno.test("a key of many wildcards takes no longer than others", () => {
  const key = `${"*a".repeat(5000)}.io`;
  equal(kubeletMatches(key, `${"a".repeat(5000)}b.io/app`), false);
});
