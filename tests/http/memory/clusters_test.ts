import assert from "node:assert/strict";
import { passesCheck } from "../../../src/cli/views/checked_cluster.ts";
import { inMemory, usable } from "../../../src/clusters/fake/in_memory.ts";
import type { ClusterSource, SourceEntry } from "../../../src/clusters/source.ts";
import { KubeError } from "../../../src/kube/errors.ts";
import { PREFIX as V1 } from "../../../src/operations/routes.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import { stage, type StageOptions } from "../stage.ts";
import { get } from "../support.ts";
import { bearer, options as withTokens } from "../tokens.ts";

/** `GET /api/v1/clusters`: the list of clusters and their checks. */

const refused = new KubeError(
  "invalid_kubeconfig",
  "Cannot use kubeconfig 'clusters/broken.kubeconfig': it is empty",
);

/** Two names of one server, one server that production shares, and an unusable cluster. */
const SOURCES = [inMemory(
  usable("a-prod", { identity: "prod" }),
  { name: "broken", labels: {}, problem: refused },
  usable("production-cluster", {
    identity: "prod",
    labels: { env: "prod" },
    warnings: ["Others may read it"],
  }),
  usable("test-2", { identity: "test" }),
  usable("test-cluster", { identity: "test" }),
)];

async function asked(target: string, options: StageOptions = {}, headers = {}) {
  const it = stage({ sources: SOURCES, ...options });
  const response = await it.app.fetch(get(target, headers));
  return { ...it, status: response.status, body: await response.json() };
}

const namesIn = ({ clusters }: { clusters: { name: string }[] }) =>
  clusters.map(({ name }) => name);

Deno.test("each cluster is listed with its server, its labels and whether it is usable", async () => {
  const { status, body, opened, cluster } = await asked(`${V1}/clusters`);
  assert.equal(status, 200);
  const of = (name: string) => ({
    name,
    source: "folder",
    server: `https://${name}.example.com`,
    labels: {},
    usable: true,
    transport: "api",
  });
  assert.deepEqual(body, {
    clusters: [
      { ...of("a-prod"), same_server_as: ["production-cluster"] },
      {
        ...of("broken"),
        server: null,
        usable: false,
        reason: "Cannot use kubeconfig 'clusters/broken.kubeconfig': it is empty",
      },
      {
        ...of("production-cluster"),
        labels: { env: "prod" },
        same_server_as: ["a-prod"],
        warnings: ["Others may read it"],
      },
      { ...of("test-2"), same_server_as: ["test-cluster"] },
      { ...of("test-cluster"), same_server_as: ["test-2"] },
    ],
    total: 5,
  });
  assert.deepEqual([opened, cluster.calls], [[], []], "a cluster was contacted");
});

Deno.test("GET /clusters at the root stays a list of names and takes no parameter", async () => {
  const names = namesIn((await asked(`${V1}/clusters`)).body);
  assert.deepEqual((await asked("/clusters")).body, { clusters: names, total: 5 });
  for (const query of ["check=true", "clusters=test-2"]) {
    const { status, body } = await asked(`/clusters?${query}`);
    assert.equal(status, 400);
    assert.deepEqual(Object.keys(body), ["error", "message", "status_code"]);
  }
});

const SELECTIONS: [query: string, names: string[]][] = [
  ["test-2", ["test-2"]],
  ["test-*", ["test-2", "test-cluster"]],
  ["test-*,!test-2", ["test-cluster"]],
  ["!test-*", ["a-prod", "broken", "production-cluster"]],
  [" a-prod , ,broken", ["a-prod", "broken"]],
  ["*", ["a-prod", "broken", "production-cluster", "test-2", "test-cluster"]],
];

for (const [query, names] of SELECTIONS) {
  Deno.test(`clusters=${query} selects ${names.join(", ")}`, async () => {
    const { body } = await asked(`${V1}/clusters?clusters=${encodeURIComponent(query)}`);
    assert.deepEqual(namesIn(body), names);
    assert.equal(body.total, names.length);
  });
}

const WRONG: [query: string, status: number, code: string, message: RegExp][] = [
  ["clusters=nope", 400, "invalid_field", /must name existing clusters: there is no 'nope'$/],
  ["clusters=tset-2", 400, "invalid_field", /there is no 'tset-2'; did you mean 'test-2'\?$/],
  ["clusters=x-*", 400, "invalid_field", /must match at least one cluster: 'x-\*' matches none$/],
  ["clusters=!nope", 400, "invalid_field", /there is no 'nope'$/],
  ["clusters=", 400, "invalid_field", /'clusters' must name at least one cluster$/],
  ["clusters=,%20,", 400, "invalid_field", /'clusters' must name at least one cluster$/],
  ["clusters=a/b", 400, "invalid_field", /must be comma-separated cluster names/],
  ["clusters=a&clusters=b", 400, "invalid_field", /must be a string$/],
  ["check=yes", 400, "invalid_field", /'check' must be true or false$/],
  ["cluster=a", 400, "unknown_field", /did you mean 'clusters'\?$/],
];

for (const [query, status, code, message] of WRONG) {
  Deno.test(`?${query} is ${status}, and no cluster is contacted`, async () => {
    const { cluster, ...answer } = await asked(`${V1}/clusters?check=true&${query}`);
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    assert.equal(answer.body.code, code);
    assert.match(answer.body.message, message);
    assert.deepEqual(cluster.calls, []);
  });
}

Deno.test("a token limited to some clusters sees and checks only those, and no other name", async () => {
  const options = { ...withTokens, sources: SOURCES };
  const limited = await asked(`${V1}/clusters?check=true`, options, bearer("one-cluster"));
  assert.deepEqual(namesIn(limited.body), ["test-2", "test-cluster"]);
  const other = await asked(`${V1}/clusters`, options, bearer("other-cluster"));
  assert.deepEqual(namesIn(other.body), ["production-cluster"]);
  assert.equal(other.body.clusters[0].same_server_as, undefined, JSON.stringify(other.body));
  assert.ok(!JSON.stringify(other.body).includes("a-prod"));
  const outside = await asked(`${V1}/clusters?clusters=test-2`, options, bearer("other-cluster"));
  assert.deepEqual([outside.status, outside.body.code], [403, "cluster_not_allowed"]);
  const pattern = await asked(`${V1}/clusters?clusters=test*`, options, bearer("other-cluster"));
  assert.equal(pattern.status, 400);
  const reader = await asked(`${V1}/clusters?check=true`, options, bearer("reader"));
  assert.equal(reader.status, 200);
});

const ALL = { secrets: ["get", "list", "create", "update", "delete"] };
const EVERYWHERE = {
  ...ALL,
  namespaces: ["get", "list", "create"],
  service_accounts: ["get", "list", "update"],
};

Deno.test("a check reports versions, permissions, the credential's expiry and the clock skew", async () => {
  const { app, cluster, answered } = stage({ sources: [inMemory(usable("test-cluster"))] });
  cluster.shown.version = { version: "v1.35.4", clockSkewSeconds: -7 };
  cluster.shown.argocdVersion = "v3.2.0";
  cluster.shown.credentialExpires = new Date("2030-01-02T03:04:05Z");
  const body = await (await app.fetch(get(`${V1}/clusters?check=true`))).json();
  assert.deepEqual(body.clusters[0].check, {
    reachable: true,
    status: "success",
    version: "v1.35.4",
    argocd_version: "v3.2.0",
    rights: {
      missing: [],
      limited: [],
      argocd_namespace: { namespace: "argocd", ...ALL },
      all_namespaces: EVERYWHERE,
    },
    credential_expires: "2030-01-02T03:04:05.000Z",
    clock_skew_seconds: -7,
  });
  assert.deepEqual(answered, ["test-cluster"]);
});

type Question = { verb: string; resource: string; namespace?: string };

const RIGHTS: [
  what: string,
  isAllowed: (question: Question) => boolean,
  missing: string[],
  limited: RegExp[],
][] = [
  ["nothing", () => false, ["get, list, create, update, delete secrets in namespace 'argocd'"], [
    /^get, list namespaces: /,
    /^create namespaces: 'create_namespaces' fails$/,
    /^get, list, update service accounts in all namespaces: /,
  ]],
  [
    "read only",
    ({ verb }) => verb === "get" || verb === "list",
    ["create, update, delete secrets in namespace 'argocd'"],
    [/^create namespaces: /, /^update service accounts in all namespaces: /],
  ],
  ["Argo CD's namespace only", ({ namespace }) => namespace === "argocd", [], [
    /^get, list, create, update, delete secrets in all namespaces: namespaces other than 'argocd' need /,
    /^get, list namespaces: /,
    /^create namespaces: /,
    /^get, list, update service accounts /,
  ]],
  ["all secrets only", ({ resource }) => resource === "secrets", [], [
    /^get, list namespaces: /,
    /^create namespaces: /,
    /^get, list, update service accounts /,
  ]],
];

for (const [what, isAllowed, missing, limited] of RIGHTS) {
  Deno.test(`with rights to ${what}, the check lists what will fail`, async () => {
    const { app, cluster } = stage({ sources: [inMemory(usable("test-cluster"))] });
    cluster.shown.isAllowed = isAllowed;
    const body = await (await app.fetch(get(`${V1}/clusters?check=true`))).json();
    const { rights } = body.clusters[0].check;
    assert.deepEqual(rights.missing, missing);
    assert.equal(rights.limited.length, limited.length, rights.limited.join("\n"));
    limited.forEach((pattern, i) => assert.match(rights.limited[i], pattern));
  });
}

/** A failure of one request of a check, and the expected result. */
const FAILURES: [
  method: "version" | "access" | "argocdVersion",
  error: KubeError["kind"],
  check: Record<string, unknown>,
][] = [
  ["version", "unreachable", { reachable: false, status: "cluster_unreachable" }],
  ["version", "untrusted", { reachable: false, status: "error" }],
  ["version", "busy", { reachable: false, status: "error" }],
  ["version", "unauthorized", { reachable: true, status: "unauthorized" }],
  ["version", "failed", { reachable: true, status: "error" }],
  ["version", "forbidden", { reachable: true, status: "success", argocd_version: "v3.2.0" }],
  ["access", "forbidden", { reachable: true, status: "success", argocd_version: "v3.2.0" }],
  ["access", "timeout", { reachable: true, status: "success", version: "v1.35.4" }],
  ["argocdVersion", "forbidden", { reachable: true, status: "success", version: "v1.35.4" }],
];

for (const [method, error, expected] of FAILURES) {
  Deno.test(`a cluster whose ${method} check is ${error} does not fail the request`, async () => {
    const { app, cluster, answered } = stage({ sources: [inMemory(usable("test-cluster"))] });
    cluster.shown.argocdVersion = "v3.2.0";
    cluster.fault = (call) => call.method === method ? { kind: "throw", error } : undefined;
    const response = await app.fetch(get(`${V1}/clusters?check=true`));
    assert.equal(response.status, 200);
    const { check } = (await response.json()).clusters[0];
    for (const [field, value] of Object.entries(expected)) assert.equal(check[field], value, field);
    const why = `Cannot do it: ${error}`;
    assert.equal(check.message, why);
    const isKnown = check.status === "success" && method !== "access";
    assert.equal(check.rights.unknown, isKnown ? undefined : why);
    assert.deepEqual(answered, check.reachable ? ["test-cluster"] : []);
    const asked = cluster.calls.map(({ method }) => method);
    if (check.status !== "success") assert.deepEqual(asked, ["version"]);
    if (error === "timeout") assert.deepEqual(asked, ["version", "access"]);
  });
}

Deno.test("a missing Argo CD, or one of unknown version, is not reported as an error", async () => {
  const { app, cluster } = stage({ sources: [inMemory(usable("test-cluster"))] });
  for (const error of [undefined, "not_found", "namespace_not_found"] as const) {
    cluster.fault = ({ method }) =>
      error && method === "argocdVersion" ? { kind: "throw", error } : undefined;
    const body = await (await app.fetch(get(`${V1}/clusters?check=true`))).json();
    const { check } = body.clusters[0];
    assert.deepEqual([check.argocd_version, check.message], [undefined, undefined]);
  }
});

Deno.test("a cluster with an unusable kubeconfig is not contacted, and its check says why", async () => {
  const { body, cluster } = await asked(`${V1}/clusters?check=true&clusters=broken`);
  assert.deepEqual(body.clusters[0].check, {
    reachable: false,
    status: "invalid_kubeconfig",
    rights: { unknown: refused.message },
    message: refused.message,
  });
  assert.deepEqual(cluster.calls, []);
});

const GONE = /^Cannot use kubeconfig 'test-cluster': it does not exist$/;
const LATER: [what: string, later: SourceEntry | undefined, message: RegExp][] = [
  ["is removed", undefined, GONE],
  ["becomes unusable", { name: "test-cluster", labels: {}, problem: refused }, /it is empty$/],
];

for (const [what, later, message] of LATER) {
  Deno.test(`a cluster that ${what} before its check is not ready`, async () => {
    const source = inMemory(usable("test-cluster"));
    let looked = 0;
    const find: ClusterSource["find"] = async (name) =>
      looked++ === 0 ? await source.find(name) : later;
    const { body, cluster } = await asked(`${V1}/clusters?check=true`, {
      sources: [{ ...source, find }],
    });
    const [{ check, ...row }] = body.clusters;
    assert.deepEqual([check.reachable, check.status], [false, "invalid_kubeconfig"]);
    assert.match(check.message, message);
    assert.equal(passesCheck({ ...row, check }), false);
    assert.deepEqual(cluster.calls, []);
  });
}

Deno.test("a hung cluster costs only its own timeout, and the others are reported", async () => {
  const sources = [inMemory(...["a", "b", "c"].map((name) => usable(name)))];
  using clock = fakeClock({ runs: true });
  const { app, cluster } = stage({ sources, seconds: 0.2 });
  let count = 0;
  cluster.fault = ({ method }) =>
    method === "version" && count++ === 0 ? { kind: "hang" } : undefined;
  const body = await (await app.fetch(get(`${V1}/clusters?check=true`))).json();
  assert.ok(clock.elapsed < 2000, `${clock.elapsed} ms`);
  const statuses = body.clusters.map(({ check }: { check: { status: string } }) => check.status);
  assert.deepEqual(statuses, ["timeout", "success", "success"]);
});

Deno.test("checks are limited to 8 concurrent clusters per request and 16 in total", async () => {
  const names = Array.from({ length: 40 }, (_, i) => `c${i}`);
  const { app, cluster } = stage({ sources: [inMemory(...names.map((name) => usable(name)))] });
  let underWay = 0;
  let most = 0;
  const probe = cluster.probe.bind(cluster);
  cluster.probe = () => ({
    ...probe(),
    async version() {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 5));
      underWay--;
      return {};
    },
  });
  const check = async () => (await app.fetch(get(`${V1}/clusters?check=true`))).json();
  assert.equal((await check()).total, 40);
  assert.equal(most, 8);
  await Promise.all([check(), check(), check()]);
  assert.equal(most, 16);
});

Deno.test("when the server is stopping, clusters that are waiting are reported as not reached", async () => {
  const { body, cluster } = await asked(`${V1}/clusters?check=true`, { isStopping: true });
  for (const { check, usable } of body.clusters) {
    assert.equal(check.reachable, false);
    if (usable) assert.match(check.message, /^Cannot reach cluster '.*': the server is stopping$/);
  }
  assert.deepEqual(cluster.calls, []);
});

Deno.test("after the client disconnects no further cluster is contacted", async () => {
  const names = Array.from({ length: 40 }, (_, i) => `c${i}`);
  const { app, cluster } = stage({ sources: [inMemory(...names.map((name) => usable(name)))] });
  const gone = new AbortController();
  cluster.fault = () => {
    gone.abort();
    return undefined;
  };
  const target = new URL(`${V1}/clusters?check=true`, "http://localhost");
  await app.fetch(new Request(target, { headers: { Host: "localhost" }, signal: gone.signal }));
  const asked = cluster.calls.filter(({ method }) => method === "version").length;
  assert.ok(asked <= 8, `${asked} clusters were contacted`);
});

Deno.test("warnings about all clusters are shown only to a caller who may see all of them", async () => {
  const text = "clusters/labels.yaml has labels for clusters without a kubeconfig: a-secret";
  const warning = { kind: "labels_unusable", text } as const;
  const [source] = SOURCES;
  const options = {
    sources: [{ ...source!, list: async () => ({ ...await source!.list(), warnings: [warning] }) }],
    ...withTokens,
  };
  const all = await asked(`${V1}/clusters`, options, bearer("reader"));
  assert.deepEqual(all.body.warnings, [text]);
  const some = await asked(`${V1}/clusters`, options, bearer("one-cluster"));
  assert.deepEqual(namesIn(some.body), ["test-2", "test-cluster"]);
  assert.equal(some.body.warnings, undefined);
});
