import assert from "node:assert/strict";
import type { Verifiable } from "../../../src/verify/verdict.ts";
import { Limits } from "../../../src/operations/limits.ts";
import { serverLimits } from "../../../src/operations/server_limits.ts";
import { withLog } from "../audit_place.ts";
import { assertDocumented, assertEventDocumented } from "../documented.ts";
import { type Kept, matrixStage, putArgocd, putPull } from "../matrix_stage.ts";
import { assertRequestDocumented } from "../request_schemas.ts";
import { DOCKER_LABELS, type StageOptions } from "../stage.ts";
import { assertAbsent, CANARY, post } from "../support.ts";
import { bearer, options as withTokens } from "../tokens.ts";

const GIT = "https://git.example.com/team/app";

/** The response of each server; all others accept. */
type Answers = Readonly<Record<string, { accepted?: boolean | undefined; status?: number }>>;

/** A stage that checks the clusters' secrets and records which servers were contacted. */
function stage(
  kept: Readonly<Record<string, Kept>>,
  answers: Answers = {},
  more: StageOptions = {},
) {
  const asked: string[] = [];
  const it = matrixStage(kept, {
    ...more,
    verifyOne: (what: Verifiable) => {
      const place = what.kind === "registry" ? what.host : "url" in what ? what.url : what.kind;
      asked.push(place);
      const answer = { accepted: true, status: 200, ...answers[place] };
      const { status } = answer;
      return Promise.resolve({
        reachable: status > 0,
        may: [],
        asked: `https://${place}`,
        why: `It answers with ${status}`,
        ...answer,
      });
    },
  });
  return {
    ...it,
    asked,
    async check(body: object = {}, headers: Readonly<Record<string, string>> = {}) {
      const request = post("/api/v1/checks", body, headers);
      const response = await it.app.fetch(request.clone());
      const text = await response.text();
      assertAbsent(text + it.logged.join(""), CANARY);
      if (headers.Accept !== undefined) {
        for (const line of linesOf(text)) await assertEventDocumented(request, line);
        return { status: response.status, lines: linesOf(text), body: {} as Body };
      }
      await assertRequestDocumented(request.clone(), response.status, text);
      const answer = JSON.parse(text);
      await assertDocumented(request, response.status, answer);
      return { status: response.status, body: answer as Body, lines: [] };
    },
  };
}

// deno-lint-ignore no-explicit-any -- a parsed response
type Body = any;

const linesOf = (text: string): Body[] =>
  text.trimEnd().split("\n").map((line) => JSON.parse(line));

const PULL = { namespace: "web", name: "pull" };
const login = (password = CANARY) => ({ username: "ci", password });

const pull = (...hosts: readonly string[]): Kept => ({
  fill: (cluster) =>
    putPull(cluster, PULL, Object.fromEntries(hosts.map((host) => [host, login()]))),
});
const app = (password = CANARY): Kept => ({
  fill: (cluster) => putArgocd(cluster, "app", "repository", { url: GIT, ...login(password) }),
});

const told = ({ checks }: Body) =>
  checks.map((
    { place, state, cells }: Body,
  ) => [place, state, cells.map(({ cluster }: Body) => cluster)]);

Deno.test("each distinct value is verified once per place, not once per cluster, and the result lists its cells", async () => {
  const it = stage({
    a: pull("ghcr.io"),
    b: {
      fill: (cluster) => [pull("ghcr.io", "quay.io"), app()].forEach(({ fill }) => fill!(cluster)),
    },
  }, { "quay.io": { accepted: false, status: 401 } });
  const { status, body } = await it.check();
  assert.equal(status, 200);
  assert.deepEqual(told(body), [
    ["ghcr.io", "accepted", ["a", "b"]],
    [GIT, "accepted", ["b"]],
    ["quay.io", "refused", ["b"]],
  ]);
  assert.deepEqual(it.asked.sort(), ["ghcr.io", GIT, "quay.io"]);
  const [first] = body.checks;
  assert.deepEqual(first.cells, [
    { cluster: "a", namespace: "web", name: "pull", key: "ghcr.io" },
    { cluster: "b", namespace: "web", name: "pull", key: "ghcr.io" },
  ]);
  assert.match(first.fingerprint, /^[0-9a-f]{16}$/);
  assert.equal(
    body.checks[1].fingerprint,
    first.fingerprint,
    "one value at two places has one fingerprint",
  );
  assert.equal(first.message, "It answers with 200");
  assert.deepEqual(
    [body.total, body.accepted, body.refused, body.unreachable, body.not_tried, body.success],
    [3, 2, 1, 0, 0, true],
  );
});

Deno.test("a refused login is never verified a second time, whichever request asks", async () => {
  const it = stage({ a: app() }, { [GIT]: { accepted: false, status: 401 } });
  await it.check();
  const { body } = await it.check();
  assert.deepEqual([body.checks[0].state, body.checks[0].cached], ["refused", true]);
  assert.deepEqual(it.asked, [GIT]);
});

Deno.test("the matrix cells show the result and time of the last check, and nothing before the first", async () => {
  const it = stage({ a: pull("ghcr.io", "quay.io"), b: app() }, {
    "quay.io": { accepted: false, status: 401 },
  });
  const cells = async () => {
    const { body } = await it.ask();
    return Object.fromEntries(
      body.credentials.map(({ id, cells }) => {
        const cell = Object.values(cells).find(({ state }) => state === "present")!;
        assert.ok(cell.state === "present");
        return [id, { check: cell.check, checks: cell.secrets[0]!.checks }];
      }),
    );
  };
  const none = { check: undefined, checks: undefined };
  const repository = `repository/git/${GIT}`;
  assert.deepEqual(await cells(), { "docker/pull": none, [repository]: none });
  const { body: { checks } } = await it.check();
  const at = Object.fromEntries(checks.map(({ place, at }: Body) => [place, at]));
  assert.deepEqual(await cells(), {
    "docker/pull": {
      check: { state: "refused", at: at["quay.io"] },
      checks: {
        "ghcr.io": { state: "accepted", at: at["ghcr.io"] },
        "quay.io": { state: "refused", at: at["quay.io"] },
      },
    },
    [repository]: {
      check: { state: "accepted", at: at[GIT] },
      checks: { password: { state: "accepted", at: at[GIT] } },
    },
  });
  putArgocd(it.clusters.b!, "app", "repository", { url: GIT, ...login("another") });
  assert.deepEqual((await cells())[repository], none, "another value has no check");
});

Deno.test("a check of one row verifies only that row, even a pull secret without a label", async () => {
  const it = stage({
    a: {
      fill(cluster) {
        putPull(cluster, PULL, { "ghcr.io": login() });
        putPull(cluster, { namespace: "web", name: "other" }, { "quay.io": login() }, {
          labels: {},
        });
        putArgocd(cluster, "app", "repository", { url: GIT, ...login() });
        putArgocd(cluster, "b", "repository", { url: `${GIT}-b`, ...login() });
      },
    },
  });
  assert.deepEqual(told((await it.check({ id: "docker/other" })).body), [["quay.io", "accepted", [
    "a",
  ]]]);
  const row = await it.check({ id: `repository/git/${GIT}` });
  assert.deepEqual(told(row.body), [[GIT, "accepted", ["a"]]]);
  assert.deepEqual(it.asked, ["quay.io", GIT]);
  assert.deepEqual(
    told((await it.check({})).body).map(([place]: Body) => place),
    ["ghcr.io", GIT, `${GIT}-b`],
  );
  assert.equal((await it.check({ everywhere: true })).body.total, 4);
});

Deno.test("a repository with a docker label is checked once, by the ID of either of its rows", async () => {
  const it = stage({
    a: {
      fill(cluster) {
        const [label] = Object.entries(DOCKER_LABELS);
        putArgocd(cluster, "app", "repository", { url: GIT, ...login() });
        const stored = cluster.secrets.get("argocd/app")!;
        const labels = { ...stored.labels, ...Object.fromEntries([label!]) };
        cluster.secrets.set("argocd/app", { ...stored, labels });
      },
    },
  });
  const { body: { credentials } } = await it.ask();
  assert.deepEqual(credentials.map(({ id }) => id), ["docker/app", `repository/git/${GIT}`]);
  const cells = [{ cluster: "a", namespace: "argocd", name: "app", key: "password" }];
  for (const body of [{}, ...credentials.map(({ id }) => ({ id }))]) {
    const checked = await it.check(body);
    assert.deepEqual([checked.status, checked.body.total], [200, 1], JSON.stringify(body));
    assert.deepEqual(checked.body.checks[0].cells, cells);
  }
});

Deno.test("a check of an unknown row is 404, or 207 when a cluster could not be read", async () => {
  const it = stage({ a: app() });
  const { status, body } = await it.check({ id: "docker/none" });
  assert.deepEqual([status, body.code, body.field], [404, "credential_not_found", "id"]);
  const partly = stage({ a: app(), b: { fails: "unreachable" } });
  const seen = await partly.check({ id: "docker/none" });
  assert.deepEqual([seen.status, seen.body.total], [207, 0]);
  assert.deepEqual([it.asked, partly.asked], [[], []]);
});

Deno.test("unreadable clusters are reported with 207, or with their own status when none could be read", async () => {
  const it = stage({ a: app(), b: { fails: "unreachable" }, c: { isNarrow: true } });
  const { status, body } = await it.check();
  assert.equal(status, 207);
  assert.deepEqual([body.success, body.succeeded, body.failed], [false, 2, 1]);
  assert.deepEqual(
    body.not_seen.map(({ cluster, status }: Body) => [cluster, status]),
    [["b", "cluster_unreachable"], ["c", "namespaces_not_listed"]],
  );
  assert.equal(body.total, 1);
  for (const part of [{ isNarrow: true }, { refused: "argocd" }]) {
    const partly = await stage({ a: app(), b: part }).check();
    assert.deepEqual([partly.status, partly.body.success, partly.body.failed], [207, false, 0]);
    assert.deepEqual(partly.body.not_seen.map(({ cluster }: Body) => cluster), ["b"]);
    assert.equal(partly.body.accepted, 1);
  }
  const none = await stage({ a: { fails: "unreachable" } }).check();
  assert.deepEqual([none.status, none.body.code, none.body.total], [503, "unreachable", 0]);
});

Deno.test("a place that does not answer is unreachable, and an unverifiable one says why", async () => {
  const it = stage({
    a: {
      fill(cluster) {
        putArgocd(cluster, "app", "repository", { url: GIT, ...login() });
        putArgocd(cluster, "creds", "repo-creds", {
          url: "https://git.example.com/",
          ...login("other"),
        });
      },
    },
  }, { [GIT]: { accepted: undefined, status: 503 } });
  const { body } = await it.check();
  assert.deepEqual(
    body.checks.map(({ place, state, message }: Body) => [place, state, message]),
    [
      [
        "https://git.example.com/",
        "not_tried",
        "A credential template is a URL prefix: it has no repository of its own to verify the credential at",
      ],
      [GIT, "unreachable", "It answers with 503"],
    ],
  );
});

Deno.test("a stream has one event per cluster as it is read, and the check results at its end", async () => {
  const it = stage({ a: app(), b: { fails: "unreachable" } });
  const { status, lines } = await it.check({}, { Accept: "application/x-ndjson" });
  assert.equal(status, 200);
  assert.deepEqual(lines.map(({ event }) => event), ["started", "cluster", "cluster", "done"]);
  const [read, failed] = lines.slice(1, 3).sort((a, b) => a.cluster < b.cluster ? -1 : 1);
  assert.deepEqual(read.answer, { cluster: "a", status: "success", secrets: 1, values: 1 });
  assert.equal(failed.status_code, 503);
  assert.deepEqual(told(lines.at(-1)), [[GIT, "accepted", ["a"]]]);
  assert.deepEqual([lines.at(-1).success, lines.at(-1).total], [false, 1]);
});

Deno.test("a check counts once against the limit per minute, however many places it verifies", async () => {
  const it = stage({ a: pull(...Array.from({ length: 10 }, (_, i) => `r${i}.example.com`)) });
  for (let i = 0; i < 60; i++) assert.equal((await it.check()).status, 200);
  const { status, body } = await it.check();
  assert.deepEqual([status, body.code], [429, "rate_limited"]);
});

Deno.test("the audit log records the checked clusters and the results, and no value", () =>
  withLog(async ({ auditLog, entries }) => {
    const answers = { "quay.io": { accepted: false, status: 401 } };
    const it = stage({ a: pull("ghcr.io", "quay.io"), b: app() }, answers, { auditLog });
    await it.check({ clusters: ["*"] });
    const [begin, end, ...others] = entries().filter(({ phase }) => phase !== "started");
    assert.deepEqual(others, []);
    assert.deepEqual([begin!.phase, begin!.kind, begin!.clusters], ["begin", "check", ["a", "b"]]);
    const counts = { accepted: 2, refused: 1, unreachable: 0, not_tried: 0 };
    assert.deepEqual([end!.phase, end!.outcome, end!.counts], ["end", "not_accepted", counts]);
  }));

Deno.test("no further place is verified when the server is stopping, and the response says so", async () => {
  const it = stage({ a: pull("ghcr.io", "quay.io") });
  const limits = new Limits(serverLimits({ maxRequests: 10, seconds: 10 }));
  const stopped = stage({ a: pull("ghcr.io", "quay.io") }, {}, {
    deps: { gates: { limits } },
    services: { fingerprint: () => (limits.close(), Promise.resolve("0123456789abcdef")) },
  });
  assert.equal((await it.check()).body.accepted, 2);
  const { status, body } = await stopped.check();
  assert.deepEqual([status, body.not_tried], [200, 2]);
  assert.match(body.checks[0].message, /^The request was stopped before this check$/);
  assert.deepEqual(body.checks.map(({ skipped }: Body) => skipped), [true, true]);
  assert.deepEqual(stopped.asked, []);
});

Deno.test("a token limited to some clusters checks only those, and a reader checks nothing", async () => {
  const it = stage({ "test-a": app(), production: pull("ghcr.io") }, {}, withTokens);
  const limited = await it.check({}, bearer("one-cluster"));
  assert.deepEqual(told(limited.body), [[GIT, "accepted", ["test-a"]]]);
  const outside = await it.check({ clusters: ["production"] }, bearer("one-cluster"));
  assert.deepEqual([outside.status, outside.body.code], [403, "cluster_not_allowed"]);
  const reader = await it.check({}, bearer("reader"));
  assert.deepEqual([reader.status, reader.body.code], [403, "role_required"]);
  assert.deepEqual(it.asked, [GIT]);
});

Deno.test("a check uses the result of an earlier verification", async () => {
  const answers: Record<string, { accepted: boolean; status: number }> = {
    "ghcr.io": { accepted: false, status: 401 },
  };
  const it = stage({ a: pull("ghcr.io") }, answers);
  assert.equal((await it.check()).body.checks[0].state, "refused");
  answers["ghcr.io"] = { accepted: true, status: 200 };
  assert.equal((await it.check()).body.checks[0].state, "refused");
  const verify = () =>
    it.app.fetch(post("/api/v1/verifications", { registry: "ghcr.io", ...login() }));
  assert.equal((await verify()).status, 200);
  assert.equal((await it.check()).body.checks[0].state, "accepted");
  answers["ghcr.io"] = { accepted: false, status: 401 };
  assert.equal((await verify()).status, 422);
  const asked = it.asked.length;
  assert.deepEqual((await it.check()).body.checks[0].state, "refused");
  assert.equal(it.asked.length, asked);
});
