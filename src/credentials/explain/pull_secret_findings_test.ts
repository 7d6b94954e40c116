import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import type { ServiceAccount, StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { dockercfg, fakePullSecret, login, pullSecretOf } from "../fake/pull_secret.ts";
import { namedButNotListed, pullSecretFindings } from "./pull_secret_findings.ts";

const CANARY = "not-a-secret";

const at = (...keys: string[]) =>
  fakePullSecret("s", Object.fromEntries(keys.map((key) => [key, login("u", CANARY)])));

/** The findings of one secret in a namespace that Image Updater does not read. */
const rows: [what: string, secret: StoredSecret, found: (readonly [string, RegExp])[]][] = [
  ["a host", at("ghcr.io"), []],
  ["a host with scheme and version", at("https://ghcr.io/v2/"), []],
  ["a port and a path", at("registry.example.com:5000/org/"), []],
  ["wildcards", at("*.example.com"), []],
  ["Docker Hub as kubectl writes it", at("https://index.docker.io/v1/"), []],
  [
    "Docker Hub as argocd-configurer does",
    at("https://index.docker.io/v1/", "https://registry-1.docker.io"),
    [],
  ],
  ["Docker Hub as docker.io", at("docker.io"), []],
  [
    "Docker Hub's registry alone",
    at("https://registry-1.docker.io"),
    [["kubelet_cannot_match", /of docker\.io: the kubelet knows Docker Hub only as docker\.io/]],
  ],
  [
    "a version without a slash",
    at("https://ghcr.io/v2"),
    [[
      "kubelet_cannot_match",
      /key 'https:\/\/ghcr\.io\/v2' for images of ghcr\.io: without a trailing slash, the kubelet treats \/v2 as/,
    ]],
  ],
  ["the same beside a correct one", at("https://ghcr.io/v2", "ghcr.io"), []],
  ["a user", at("u@ghcr.io"), []],
  ["a user and a password", at(`https://u:${CANARY}@ghcr.io/org`), []],
  ["a query", at(`ghcr.io/?x=${CANARY}`), []],
  ["a fragment", at(`ghcr.io/org#${CANARY}`), []],
  ["a path that ends within a name", at("ghcr.io/org-", "ghcr.io/org/app_"), []],
  [
    "a user, and a version without a slash",
    at("u@ghcr.io/v2"),
    [["kubelet_cannot_match", /kubelet treats \/v2 as the path/]],
  ],
  ["two slashes", at("ghcr.io//org"), [["kubelet_cannot_match", /no image name starts with it/]]],
  [
    "a key that only docker login uses",
    at(
      "https://index.docker.io/v1/",
      "https://index.docker.io/v1/access-token",
      "https://index.docker.io/v1/refresh-token",
    ),
    [],
  ],
  ["a scheme", at("oci://ghcr.io"), [[
    "kubelet_cannot_match",
    /does not support oci:\/\/ in a key/,
  ]]],
  ["upper case", at("GHCR.io/org"), [["kubelet_cannot_match", /case-sensitively/]]],
  ["a tag", at("ghcr.io/org/app:1.2"), [["kubelet_cannot_match", /without their tag/]]],
  ["a name without a dot", at("registry"), [["kubelet_cannot_match", /a dot or a port/]]],
  ["an IPv6 address", at("[fd00::1]"), [["kubelet_cannot_match", /only with a port/]]],
  ["a space", at("ghcr.io x"), [["kubelet_cannot_match", /'ghcr\.io x': it is not a valid URL/]]],
  ["an empty key", at(""), [["kubelet_cannot_match", /uses key '': no image name/]]],
  [
    "plain HTTP",
    at("http://registry.example.com"),
    [["plain_http_registry", /over which the password can be intercepted/]],
  ],
  [
    "an identity token only",
    fakePullSecret("s", { "ghcr.io": { identitytoken: CANARY } }),
    [[
      "login_incomplete",
      /no user name and no password that the kubelet can use.* not 'identitytoken'/,
    ]],
  ],
  [
    "a user name only",
    fakePullSecret("s", { "ghcr.io": { username: "u" } }),
    [["login_incomplete", /'ghcr\.io' has no password/]],
  ],
  [
    "one invalid entry",
    fakePullSecret("s", { "ghcr.io": login("u", CANARY), "quay.io": { auth: CANARY } }),
    [[
      "pull_secret_unreadable",
      /'auth' of an entry must be base64.*even if they have other pull secrets/,
    ]],
  ],
  ["invalid JSON", pullSecretOf("s", `{"auths":"${CANARY}`), [[
    "pull_secret_unreadable",
    /not valid JSON/,
  ]]],
  ["the older type", dockercfg("s", { "ghcr.io": login("u", CANARY) }), []],
  ["a secret that was read without its values", { ...at("ghcr.io"), data: seal({}) }, []],
  ["another type", { ...at("oci://ghcr.io"), type: "Opaque" }, []],
];

for (const [what, secret, found] of rows) {
  Deno.test(`findings of a pull secret: ${what}`, () => {
    const findings = pullSecretFindings([secret]);
    deepEqual(findings.map(({ code }) => code), found.map(([code]) => code));
    findings.forEach(({ message, secrets, remedy }, i) => {
      match(message, found[i]![1]);
      match(remedy ?? "", /^[A-Z].*[^.]$/);
      deepEqual(secrets, [{ namespace: "team", name: "s" }]);
    });
    doesNotMatch(JSON.stringify(findings), new RegExp(CANARY));
  });
}

Deno.test("a password in a key is not shown", () => {
  const [finding] = pullSecretFindings([at(`https://u:${CANARY}@ghcr.io/v2`)]);
  match(finding!.message, /ghcr\.io\/v2/);
  doesNotMatch(JSON.stringify(finding), new RegExp(CANARY));
});

/** By the rules of the kubelet, and by what Image Updater reads from an entry. */
const updater: [what: string, secret: StoredSecret, code: string | undefined][] = [
  ["ghcr.io", at("ghcr.io"), undefined],
  ["https://ghcr.io", at("https://ghcr.io"), undefined],
  ["https://ghcr.io/v2/", at("https://ghcr.io/v2/"), undefined],
  [
    "both of Docker Hub's keys",
    at("https://index.docker.io/v1/", "https://registry-1.docker.io"),
    undefined,
  ],
  ["kubectl's key of Docker Hub", at("https://index.docker.io/v1/"), "image_updater_cannot_match"],
  ["docker.io", at("docker.io"), "image_updater_cannot_match"],
  [
    "an entry without 'auth'",
    fakePullSecret("s", { "ghcr.io": { username: "u", password: "p" } }),
    "image_updater_cannot_match",
  ],
  ["the older type", dockercfg("s", { "ghcr.io": login("u") }), "image_updater_cannot_match"],
];

for (const [what, secret, code] of updater) {
  Deno.test(`Image Updater findings: ${what}`, () => {
    const codes = (argocdNamespace?: string) =>
      pullSecretFindings([secret], [], { argocdNamespace }).map(({ code }) => code);
    deepEqual(codes("team"), code === undefined ? [] : [code]);
    deepEqual([codes("argocd"), codes()], [[], []], "it looks nowhere else");
  });
}

const account = (name: string, ...pullSecrets: string[]): ServiceAccount => ({
  namespace: "team",
  name,
  pullSecrets,
});

Deno.test("a missing pull secret that several service accounts name is one finding", () => {
  const accounts = [account("default", "s", "gone"), account("ci", "gone")];
  const findings = pullSecretFindings([at("ghcr.io")], accounts, { isComplete: true });
  deepEqual(findings.map(({ code, secrets }) => [code, secrets]), [
    ["pull_secret_missing", [{ namespace: "team", name: "gone" }]],
  ]);
  match(findings[0]!.message, /^Service accounts 'default', 'ci' name the pull secret 'gone'/);
});

Deno.test("with an incomplete list, only secrets known to be absent are missing", () => {
  const accounts = [account("default", "unlabelled", "gone")];
  deepEqual(pullSecretFindings([], accounts), []);
  const [finding, ...more] = pullSecretFindings([], accounts, {
    absent: [{ namespace: "team", name: "gone" }, { namespace: "other", name: "gone" }],
  });
  match(finding!.message, /^Service account 'default' names the pull secret 'gone'/);
  equal(more.length, 0);
});

Deno.test("secrets that service accounts name and no list contains are found, for some names or all", () => {
  const accounts = [account("a", "s", "x", "y"), account("b", "x")];
  const names = (only?: ReadonlySet<string>) =>
    namedButNotListed([at("ghcr.io")], accounts, only).map(({ name }) => name);
  deepEqual(names(), ["x", "y"]);
  deepEqual(names(new Set(["y", "s"])), ["y"]);
});
