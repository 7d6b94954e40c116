import assert from "node:assert/strict";
import type { FakeCluster } from "../../../src/kube/fake/store.ts";
import type { Column } from "../../../src/fleet/matrix/shapes.ts";
import { columnOrReason } from "../../../src/fleet/matrix/entry.ts";
import { matrixOf } from "../../../src/fleet/matrix/rows.ts";
import { idsOf, type Kept, linesOf, matrixStage, putArgocd, putPull } from "../matrix_stage.ts";
import { bearer, options as withTokens } from "../tokens.ts";
import { CANARY, get, refused, testsOf } from "../support.ts";

/** `GET /api/v1/credentials`: the matrix of the credentials of all clusters. */

const OTHER = `${CANARY}-other`;

const login = (password = CANARY, username = "bot") => ({ username, password });

const GHCR = { namespace: "default", name: "ghcr" };
const APP = "https://git.example.com/app";

function usual(cluster: FakeCluster): void {
  putPull(cluster, GHCR, { "ghcr.io": login() });
  putArgocd(cluster, "app", "repository", { url: APP, username: "bot", password: CANARY });
  putArgocd(cluster, "org", "repo-creds", { url: "https://git.example.com/org/", ...login() });
}

/** A normal cluster, one with another value, one without Argo CD, and a hung one. */
const FLEET: Readonly<Record<string, Kept>> = {
  dev: { labels: { env: "dev" }, fill: usual },
  edge: {
    labels: { env: "edge" },
    argocdNamespace: null,
    fill: (cluster) => putPull(cluster, GHCR, { "ghcr.io": login() }),
  },
  hung: { labels: { env: "prod" }, fails: "timeout" },
  prod: {
    labels: { env: "prod" },
    fill(cluster) {
      usual(cluster);
      putPull(cluster, GHCR, { "ghcr.io": login(OTHER) });
      putArgocd(cluster, "push", "repository-write", { url: APP, bearerToken: CANARY });
    },
  },
};

const ROWS = [
  "docker/ghcr differs: dev A, edge A, hung timeout, prod B",
  `repository/git/${APP} same: dev A, edge no_argocd, hung timeout, prod A`,
  "template/https://git.example.com/org same: dev A, edge no_argocd, hung timeout, prod A",
  `write_repository/git/${APP} partial: dev absent, edge no_argocd, hung timeout, prod A`,
];

Deno.test("the matrix shows secrets that differ, are missing or could not be read", async () => {
  const { status, body } = await matrixStage(FLEET).ask();
  assert.equal(status, 207);
  assert.deepEqual(linesOf(body), ROWS);
  assert.equal(body.total, 4);
  assert.deepEqual([body.success, body.succeeded, body.failed, body.not_begun], [false, 3, 1, 0]);
  assert.deepEqual(body.clusters.map(({ name, status }) => `${name} ${status}`), [
    "dev success",
    "edge success",
    "hung timeout",
    "prod success",
  ]);
  assert.match(body.clusters[2]!.message!, /timed out after 10 seconds/);
  assert.equal(body.clusters[1]!.no_argocd, true);
  assert.deepEqual(body.credentials.map(({ not_seen }) => not_seen), [1, 1, 1, 1]);
});

Deno.test("one value has one fingerprint in every kind of secret", async () => {
  const { body } = await matrixStage(FLEET).ask({ clusters: "dev" });
  const all = body.credentials.flatMap(({ cells }) =>
    cells.dev!.secrets.flatMap(({ fingerprints = {} }) => Object.entries(fingerprints))
  );
  const [[, fingerprint] = []] = all;
  assert.deepEqual(all, [
    ["ghcr.io", fingerprint],
    ["password", fingerprint],
    ["password", fingerprint],
  ]);
});

Deno.test("the matrix says that fingerprints change at restart, if values were read", async () => {
  const { ask } = matrixStage({ dev: FLEET.dev! }, { services: { fingerprintsEnd: "no key" } });
  assert.equal((await ask()).body.fingerprints_end, "no key");
  assert.equal((await ask({ fingerprints: "false" })).body.fingerprints_end, undefined);
});

const FILTERED: [parameters: Record<string, string>, status: number, rows: string[]][] = [
  [{ clusters: "dev,edge,prod" }, 200, [
    "docker/ghcr differs: dev A, edge A, prod B",
    `repository/git/${APP} same: dev A, edge no_argocd, prod A`,
    "template/https://git.example.com/org same: dev A, edge no_argocd, prod A",
    `write_repository/git/${APP} partial: dev absent, edge no_argocd, prod A`,
  ]],
  [{ clusters: "!hung", kind: "docker" }, 200, ["docker/ghcr differs: dev A, edge A, prod B"]],
  [{ cluster_selector: "env=prod", kind: "template" }, 207, [
    "template/https://git.example.com/org same: hung timeout, prod A",
  ]],
  [{ clusters: "dev", cluster_selector: "env in (dev)", q: "ORG" }, 200, [
    "template/https://git.example.com/org same: dev A",
  ]],
  [{ state: "differs,partial" }, 207, [ROWS[0]!, ROWS[3]!]],
  [{ state: " same , ,", kind: "repository,docker" }, 207, [ROWS[1]!]],
  [{ q: "no such thing" }, 207, []],
  [{ owner: "none", kind: "docker" }, 207, [ROWS[0]!]],
  [{ owner: "Helm" }, 207, []],
  [{ expires_within: "99999d" }, 207, []],
  [{ kind: "docker", fingerprints: "false" }, 207, [
    "docker/ghcr not_compared: dev present, edge present, hung timeout, prod present",
  ]],
];

for (const [parameters, status, rows] of FILTERED) {
  Deno.test(`${JSON.stringify(parameters)} filters the rows`, async () => {
    const answer = await matrixStage(FLEET).ask(parameters);
    assert.equal(answer.status, status);
    assert.deepEqual(linesOf(answer.body), rows);
    assert.equal(answer.body.total, rows.length);
  });
}

Deno.test("no value is read when fingerprints are not requested", async () => {
  const { ask, clusters } = matrixStage({ dev: FLEET.dev! });
  clusters.dev!.putAccount({ namespace: "default", name: "default", pullSecrets: ["own"] });
  putPull(clusters.dev!, { namespace: "default", name: "own" }, { "quay.io": login() }, {
    labels: {},
  });
  const { body } = await ask({ fingerprints: "false" });
  assert.deepEqual(
    body.credentials.map(({ cells }) => Object.keys(cells.dev!.secrets[0]!)),
    body.credentials.map(() => ["namespace", "name", "managed", "owner"]),
  );
  assert.equal(body.credentials.length, 3);
  assert.ok(clusters.dev!.calls.every(({ method }) => method !== "read"));
});

Deno.test("everywhere=true adds pull secrets without a label", async () => {
  const fill = (cluster: FakeCluster) => {
    putPull(cluster, GHCR, { "ghcr.io": login() });
    putPull(cluster, { namespace: "team", name: "own" }, { "quay.io": login() }, { labels: {} });
  };
  const { ask } = matrixStage({ dev: { fill } });
  assert.deepEqual(linesOf((await ask()).body), ["docker/ghcr same: dev A"]);
  assert.deepEqual(linesOf((await ask({ everywhere: "true" })).body), [
    "docker/ghcr same: dev A",
    "docker/own same: dev A",
  ]);
});

Deno.test("findings are on their rows, with cluster and remedy", async () => {
  const fill = (cluster: FakeCluster) => {
    putArgocd(cluster, "app", "repository", { url: APP, username: "bot" });
    cluster.putAccount({ namespace: "default", name: "default", pullSecrets: ["gone", "there"] });
    putPull(cluster, { namespace: "default", name: "there" }, { "quay.io": login() }, {
      labels: {},
    });
  };
  const { body } = await matrixStage({ dev: { fill }, prod: { fill: usual } }).ask();
  const found = body.credentials.flatMap(({ id, findings }) =>
    findings.map(({ code, cluster, remedy }) => [id, code, cluster, typeof remedy])
  );
  assert.deepEqual(found, [
    ["docker/gone", "pull_secret_missing", "dev", "string"],
    [`repository/git/${APP}`, "username_only", "dev", "string"],
  ]);
  assert.deepEqual(linesOf(body).slice(0, 2), [
    "docker/ghcr partial: dev absent, prod A",
    "docker/gone partial: dev absent, prod absent",
  ]);
});

Deno.test("a resource that cannot be listed is a warning and not a finding", async () => {
  const fill = (cluster: FakeCluster) => {
    cluster.putAccount({ namespace: "default", name: "default", pullSecrets: ["gone"] });
  };
  const { ask } = matrixStage({ dev: { fill, fails: "forbidden", failsAt: "serviceAccounts" } });
  const { status, body } = await ask();
  assert.equal(status, 200);
  assert.deepEqual(body.credentials, []);
  assert.deepEqual(body.clusters[0]!.warnings, [
    "The kubeconfig's user cannot list service accounts",
  ]);
});

Deno.test("when secrets in all namespaces cannot be listed, a pull secret is unknown and not missing", async () => {
  const { ask, follow } = matrixStage({ dev: { fill: usual }, prod: { isNarrow: true } });
  const { status, body } = await ask({ kind: "docker" });
  assert.deepEqual(linesOf(body), ["docker/ghcr same: dev A, prod namespaces_not_listed"]);
  assert.match(body.clusters[1]!.warnings![0]!, /cannot list secrets in all namespaces/);
  // A filter leaves out rows, and not what could not be seen.
  const filtered = await ask({ state: "differs" });
  for (const each of [{ status, body }, filtered]) {
    assert.deepEqual([each.status, each.body.success, each.body.succeeded], [207, false, 2]);
  }
  const { event: _, ...done } = (await follow()).at(-1)!;
  assert.deepEqual(done, { success: false, succeeded: 2, failed: 0, not_begun: 0 });
  const whole = await ask({ kind: "repository" });
  assert.deepEqual([whole.status, whole.body.success], [200, true]);
});

Deno.test("when no cluster could be read, the response has their status and each cluster's reason", async () => {
  const fleet = { a: { fails: "unreachable" }, b: { fails: "unreachable" } } as const;
  const { status, body } = await matrixStage(fleet).ask();
  assert.equal(status, 503);
  assert.deepEqual([body.error, body.code, body.total], [true, "unreachable", 0]);
  assert.deepEqual(body.clusters.map(({ status }) => status), [
    "cluster_unreachable",
    "cluster_unreachable",
  ]);
});

Deno.test("a stream has one column per cluster, which together make the same matrix", async () => {
  const it = matrixStage(FLEET);
  const events = await it.follow();
  const [started, ...rest] = events;
  assert.deepEqual(started, {
    event: "started",
    clusters: 4,
    names: ["dev", "edge", "hung", "prod"],
  });
  const done = rest.pop()!;
  assert.deepEqual(done, { event: "done", success: false, succeeded: 3, failed: 1, not_begun: 0 });
  const ended = rest.flatMap((each) => each.event === "cluster" ? [each] : []);
  assert.deepEqual(linesOf(matrixOf(ended.map(columnOrReason))), ROWS);
  const { body } = await it.ask();
  const { clusters, credentials, total } = body;
  assert.deepEqual(matrixOf(ended.map(columnOrReason)), { clusters, credentials, total });
});

Deno.test("a stream has only rows of the requested kinds, whatever their state", async () => {
  const events = await matrixStage(FLEET).follow({
    kind: "docker",
    state: "same",
    clusters: "dev",
  });
  const columns = events.flatMap((each) =>
    each.event === "cluster" ? [idsOf(each.answer as Column)] : []
  );
  assert.deepEqual(columns, [["docker/ghcr"]]);
});

Deno.test("a token limited to some clusters sees only their columns", async () => {
  const fleet = { "test-a": FLEET.dev!, "test-b": FLEET.prod!, other: FLEET.dev! };
  const { ask } = matrixStage(fleet, withTokens);
  const { status, body } = await ask({}, bearer("one-cluster"));
  assert.equal(status, 200);
  assert.deepEqual(body.clusters.map(({ name }) => name), ["test-a", "test-b"]);
  assert.doesNotMatch(JSON.stringify(body), /other"/);
  const outside = await ask({ clusters: "other" }, bearer("one-cluster"));
  assert.deepEqual([outside.status, outside.body.code], [403, "cluster_not_allowed"]);
});

const list = (query: string) => () => get(`/api/v1/credentials?${query}`);

const REFUSED: [query: string, message: RegExp][] = [
  [
    "kind=dockers",
    /^Parameter 'kind' must be one or more of docker, repository, template, write_/,
  ],
  ["kind=", /^Parameter 'kind' must be one or more of/],
  ["kind=docker,x", /^Parameter 'kind' must be one or more of/],
  [
    "state=unknown",
    /^Parameter 'state' must be one or more of differs, partial, not_compared, same, comma-separated$/,
  ],
  ["q=", /^Parameter 'q' must not be empty$/],
  ["q=a%0ab", /^Parameter 'q' must not contain control characters$/],
  [`q=${"a".repeat(201)}`, /^Parameter 'q' must have at most 200 characters$/],
  ["owner=", /^Parameter 'owner' must not be empty$/],
  ["everywhere=yes", /^Parameter 'everywhere' must be true or false$/],
  ["fingerprints=0", /^Parameter 'fingerprints' must be true or false$/],
  ["clusters=", /^Parameter 'clusters' must name at least one cluster$/],
  ["clusters=no-such", /^Parameter 'clusters' must name existing clusters: there is no 'no-such'/],
  ["cluster_selector=a%3D%3D%3Db", /^Parameter 'cluster_selector' /],
  ["cluster_selector=env%3Dnowhere", /^Parameter 'cluster_selector' matches no cluster$/],
  ["cluster=test-cluster", /^Unknown parameter 'cluster'; did you mean 'clusters'/],
  ...["", "30", "d", "1.5d", "-1d", "30 d", "100000d", "1w"].map((text): [string, RegExp] => [
    `expires_within=${text}`,
    /^Parameter 'expires_within' must be a duration: 30d, 12h, 90m or 60s$/,
  ]),
];

const refusals = REFUSED.map(([query, message]) =>
  refused(`credentials?${query.slice(0, 40)} is rejected`, list(query), 400, message)
);

for (const test of testsOf(refusals)) Deno.test(test);

Deno.test("the matrix exists below /api/v1 only", async () => {
  const response = await matrixStage(FLEET).app.fetch(get("/credentials"));
  assert.equal(response.status, 404);
  await response.body?.cancel();
});
