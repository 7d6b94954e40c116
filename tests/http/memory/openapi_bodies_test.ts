import assert from "node:assert/strict";
import type { z } from "@hono/zod-openapi";
import fc from "fast-check";
import { unsaidRule } from "../../../scripts/fuzz_api/unsaid_rules.ts";
import type { Body as Takes } from "../../../src/operations/schemas/body.ts";
import { addDockerBody } from "../../../src/operations/schemas/docker.ts";
import { addHelmRepoBody } from "../../../src/operations/schemas/helm_repo.ts";
import { addRepoBody } from "../../../src/operations/schemas/repo.ts";
import { VERIFY_BODY } from "../../../src/operations/schemas/verify.ts";
import { anyText } from "../../support/arbitrary.ts";
import { type Body, EXAMPLES, withKeys } from "../bodies.ts";
import { makeRsaKey } from "../material.ts";
import { bodyProblems } from "../request_schemas.ts";
import { REPO, REPO_BODY, VERIFY } from "../requests.ts";
import { DOCKER, DOCKER_BODY, HELM, HELM_BODY } from "../support.ts";

/**
 * The document rejects no body that the program accepts, and accepts a body that the program rejects only
 * if JSON Schema cannot express the rule. (Every row of the other tests checks its body, too.)
 */

const TAKES: Readonly<Record<string, Takes<z.ZodType>>> = {
  [DOCKER]: addDockerBody("cluster_name"),
  [REPO]: addRepoBody("cluster_name"),
  [HELM]: addHelmRepoBody("cluster_name"),
  [VERIFY]: VERIFY_BODY,
  "/api/v1/docker": addDockerBody("cluster"),
  "/api/v1/repositories": addRepoBody("cluster"),
  "/api/v1/helm_repositories": addHelmRepoBody("cluster"),
  "/api/v1/verifications": VERIFY_BODY,
};
const PATHS = Object.keys(TAKES);

/** The program's complaints about a body. */
function complaints(path: string, body: Body): string[] {
  const parsed = TAKES[path]!.schema.safeParse(body);
  if (parsed.success) return [];
  return parsed.error.issues.map(({ path, message }) => `Field '${path.join(".")}' ${message}`);
}

/** Valid bodies to mutate. */
const TAKEN: Readonly<Record<string, Body[]>> = Object.fromEntries(
  EXAMPLES.map(([path, examples]) => [
    path,
    Object.values(examples).map(({ value }) => withKeys(value as Body)),
  ]),
);

const LOGIN = { username: "a", password: "a" };
const GUID = "0000000a-000B-000c-000D-00000000000e";
const rsa = makeRsaKey();
const label = "a".repeat(63);
const long = Array(4).fill(label).join(".").slice(0, 253);

/** Valid and nearly valid values of fields. */
const NEARLY: readonly [fields: RegExp, values: readonly unknown[]][] = [
  [/^(cluster|cluster_name|name|project|repository_name|service_accounts)$/, [
    ...[
      "a",
      "A",
      "a b",
      " a",
      "a\u0085b",
      "../a",
      "a..b",
      "a.b",
      "a_b",
      "-a",
      "a-",
      "😀".repeat(200),
    ],
    ...[label, `${label}a`, long, `${long}a`, "a".repeat(221), "a".repeat(222), "a".repeat(250)],
    ...[[], ["a"], ["a", "a"], ["a", 1], [""], Array(11).fill("a")],
  ]],
  [/^(exclude_)?namespaces$|^(namespace_selector|all_namespaces)$/, [
    ...["a, ,b", " a ,", ",", "a,B", "a b,c", label, `${label}a`, "default,\u2003kube-system"],
    ...[["default", " kube-system "], ["*", "kube-*"], [], [""], ["", "a"], ["A"], true, false],
    ...["team=web,env!=test", "team in (a,b)", "team in", "=", "x".repeat(1001)],
  ]],
  [/^(username|password|bearer_token|ssh_private_key|tls_client_\w+)$/, [
    ...["a", "a b", "a:b", "a\u0000", "\ud800", "é", "ghp_x", "-----BEGIN PRIVATE KEY-----\nx"],
  ]],
  [/^registr(y|ies)$/, [
    ...[
      "ghcr.io",
      "GHCR.io/org/",
      " docker.io ",
      "https://ghcr.io",
      "http://ghcr.io",
      "a_b",
      "h/a__b",
    ],
    ...["localhost:99999", "[::1]:5000", "\u212a8s.io", "h/a___b", "h//a", "h/v2/", `${long}.io`],
    ...[[{ registry: "a", ...LOGIN }], [{ registry: "a" }], [{ x: 1 }], []],
    [{ registry: "docker.io", username: "a:b", password: "a" }],
    ["docker.io", "index.docker.io"].map((registry) => ({ registry, ...LOGIN })),
    ["a", "b"].map((registry) => ({ registry, ...LOGIN })),
  ]],
  [/^(repository_)?urls?$/, [
    ...["https://charts.example.com/x", "oci://ghcr.io/org/", "git@host:org/app.git", "h/a b"],
    ...["ssh://git@host/x", "ftp://host/x", "https://u:p@host/x", "https://h/x?y", "https://h\\x"],
    ...["https://h/*", "https://ghcr.io/", "ghcr.io/org/charts", " https://h", "https://h/x#y"],
    ...[["https://h/a"], ["https://h/a", "https://h/b"], ["h/a", "h/a"], ["https://h/a", "h/a"]],
    ...[[], ["git@h:a"], "x".repeat(2048), "x".repeat(2049)],
  ]],
  [/^(type|as)$/, ["git", "helm", "oci", "svn", "repository", "repo-creds"]],
  [/^(no_)?proxy$/, [
    ...["HTTP://proxy.example.com:3128", "socks5h://u:p@h:1/", "socks4://h", "http://h/x", "a,b c"],
    "localhost,10.0.0.0/8",
  ]],
  [
    /^azure_service_principal$/,
    [
      {},
      { tenant_id: "example.com" },
      { tenant_id: "11111111-2222-3333-4444-555555555555", authority_url: "https://h/" },
      { tenant_id: "organizations" },
      { tenant_id: `${long}.io` },
      { tenant_id: "a.b", authority_url: "http://h" },
      { tenant_id: "a.b", client_id: "a" },
      { tenant_id: "a.b", client_secret: "" },
    ].map((more) => ({ client_id: GUID, client_secret: "a", ...more })),
  ],
  [/^use_azure_workload_identity$/, [true, false, "true"]],
  [/^depth$/, [0, -1, 1.5, 1_000_000, 1_000_001, 2 ** 53, "1"]],
  [/^(github_app|gcp_service_account_key)$/, [
    { id: 1, installation_id: "2", private_key: rsa },
    { id: "12345", installation_id: "012", private_key: rsa },
    { id: 1, installation_id: 2 ** 53, private_key: rsa, enterprise_url: "https://h/api/v3" },
    { id: 0, installation_id: 1, private_key: "" },
    { id: 1, installation_id: 1, private_key: rsa, enterprise_url: "http://h" },
    { type: "service_account", client_email: "a@b", private_key: rsa },
    { type: "service_account", client_email: "a", private_key: rsa },
    { type: "service_account", client_email: "a@b", private_key: 1 },
    { type: "authorized_user", client_email: "a@b", private_key: rsa },
    JSON.stringify({ type: "service_account", client_email: "a@b", private_key: rsa }),
    ...["", "{}", "[]", "null"],
  ]],
  [/^/, [null, true, false, 0, 1, "", " ", "true", [], {}]],
];

const anyValue = fc.oneof(
  fc.constantFrom(...NEARLY.flatMap(([, values]) => values)),
  anyText({ maxLength: 20 }),
  fc.jsonValue({ maxDepth: 2 }),
);

const valueFor = (field: string) => {
  const values = NEARLY.filter(([fields]) => fields.test(field)).flatMap(([, values]) => values);
  return fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...values) }, anyValue);
};

type Change = (body: Body) => Body;

/** Gives another value to one of the path's fields, or sometimes to another field. */
const set = (path: string) =>
  fc.constantFrom(...Object.keys(TAKES[path]!.fields), "unknown", "__proto__").chain((name) =>
    valueFor(name).map((value): Change => (body) => ({ ...body, [name]: value }))
  );

const drop = fc.nat().map((n): Change => (body) => {
  const names = Object.keys(body);
  const { [names[n % names.length]!]: _, ...rest } = body;
  return rest;
});

/** Copies a field from another body. */
const mix = (path: string) =>
  fc.tuple(fc.constantFrom(...TAKEN[path]!), fc.nat()).map(([other, n]): Change => (body) => {
    const names = Object.keys(other);
    const name = names[n % names.length]!;
    return { ...body, [name]: other[name] };
  });

const made = fc.constantFrom(...PATHS).chain((path) => {
  const change = fc.oneof({ weight: 4, arbitrary: set(path) }, drop, mix(path));
  return fc.tuple(
    fc.constant(path),
    fc.tuple(fc.constantFrom(...TAKEN[path]!), fc.array(change, { maxLength: 3 }))
      .map(([body, changes]) => changes.reduce((body, change) => change(body), body)),
  );
});

Deno.test("the document and the program agree on mutated valid bodies", async () => {
  const found = { taken: 0, refused: 0, unsaid: 0 };
  const agrees = async ([path, body]: [string, Body]) => {
    const said = await bodyProblems(path, body);
    const done = complaints(path, body);
    found[done.length === 0 ? "taken" : said.length === 0 ? "unsaid" : "refused"]++;
    if (done.length === 0) {
      return assert.deepEqual(said, [], "the document rejects an accepted body");
    }
    if (said.length > 0) return;
    assert.deepEqual(
      done.filter((each) => !unsaidRule(each)),
      [],
      "the document accepts a body rejected for another rule",
    );
  };
  await fc.assert(fc.asyncProperty(made, agrees), { numRuns: 8000 });
  for (const [what, times] of Object.entries(found)) assert.ok(times > 20, `${times} ${what}`);
});

const SEVERAL = { ...DOCKER_BODY, username: undefined, password: undefined };
const LONG_URL = `https://example.com/${"😀".repeat(1015)}`;

/** For each rule about a body alone: a body that shows that the document cannot express it. */
const UNSAID: [path: string, body: Body, what: RegExp][] = [
  [REPO, { ...REPO_BODY, url: "ftp://example.com" }, /what a URL means/],
  [
    REPO,
    { ...REPO_BODY, url: undefined, urls: ["https://a/b", "a/b"] },
    /one repository to Argo CD/,
  ],
  [REPO, { ...REPO_BODY, url: "git@example.com:a/b" }, /how a repository is reached/],
  [REPO, {
    ...REPO_BODY,
    ...{ username: undefined, password: undefined },
    ssh_private_key: "x",
    url: "git@example.com:a/b",
  }, /whether a text is a key/],
  [HELM, { ...HELM_BODY, name: "a".repeat(250), repository_url: "https://ghcr.io/" }, /the room/],
  [DOCKER, { ...DOCKER_BODY, registry: "localhost:65536" }, /a port or a name/],
  [
    DOCKER,
    {
      ...SEVERAL,
      registries: ["docker.io", "index.docker.io"].map((registry) => ({ ...LOGIN, registry })),
    },
    /two logins/,
  ],
  [
    DOCKER,
    { ...DOCKER_BODY, namespaces: Array.from({ length: 1001 }, (_, i) => `n${i}`) },
    /number of namespaces/,
  ],
  [DOCKER, { ...DOCKER_BODY, namespace_selector: "team in" }, /label selectors/],
  [DOCKER, { ...DOCKER_BODY, password: "\ud800" }, /half a character/],
  [REPO, { ...REPO_BODY, url: LONG_URL }, /UTF-16/],
  ["/api/v1/docker", {
    ...DOCKER_BODY,
    ...{ cluster_name: undefined, cluster: "test-cluster", clusters: ["*"] },
  }, /which clusters/],
];

for (const [path, body, what] of UNSAID) {
  Deno.test(`the document cannot express for ${path}: ${what.source}`, async () => {
    const sent = JSON.parse(JSON.stringify(body));
    assert.deepEqual(await bodyProblems(path, sent), []);
    const [complaint] = complaints(path, sent);
    assert.match(unsaidRule(complaint!)!.what, what);
  });
}
