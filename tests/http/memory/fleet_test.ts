import assert from "node:assert/strict";
import { usable } from "../../../src/clusters/fake/in_memory.ts";
import { type ClusterSlotRequest, FleetQueue } from "../../../src/fleet/queue.ts";
import { Limits } from "../../../src/operations/limits.ts";
import { PREFIX as V1 } from "../../../src/operations/routes.ts";
import { serverLimits } from "../../../src/operations/server_limits.ts";
import { PerMinute } from "../../../src/rate_limit/per_minute.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import {
  addDocker,
  answered,
  answerOf,
  EVENTS,
  type FleetStage,
  fleetStage,
  holders,
  list,
  PULL_SECRET,
  statuses,
} from "../fleet.ts";
import { get, post } from "../support.ts";
import { bearer, options as withTokens } from "../tokens.ts";

/** Requests to several clusters: the outcome of each, and of the whole. */

const ALL = { clusters: ["*"] };

/** Runs one cluster at a time. */
const oneAtOnce = () => {
  const one = { connections: 1, processes: 1 };
  return new FleetQueue({ atOnce: one, held: one, perServer: one, stalled: 60_000 });
};

/** Makes every call to a cluster fail. */
function failing(
  { fleet }: FleetStage,
  name: string,
  error: "unreachable" | "forbidden" = "unreachable",
) {
  fleet[name]!.fault = () => ({ kind: "throw", error });
}

Deno.test("each cluster has the same answer as in a request of its own", async () => {
  const it = fleetStage();
  const { status, body } = await answered(it, addDocker(ALL));
  assert.equal(status, 200);
  const { clusters, ...counts } = body;
  assert.deepEqual(counts, { success: true, succeeded: 3, failed: 0, not_begun: 0 });
  for (const { cluster, status_code, transport, answer } of clusters) {
    const alone = fleetStage();
    const { body } = await answered(alone, addDocker({ cluster }));
    assert.deepEqual([status_code, answer], [200, body as unknown]);
    assert.equal(transport, "kubectl");
    const refs = Object.keys(it.fleet[cluster]!.dump());
    assert.deepEqual(refs, Object.keys(alone.fleet[cluster]!.dump()));
    assert.equal(refs.length, 2);
  }
  assert.deepEqual(clusters.map(({ cluster }) => cluster), ["a", "b", "c"]);
});

Deno.test("the request log line has the number of clusters", async () => {
  const it = fleetStage();
  await answered(it, list("clusters=a,b"));
  const line = it.logged.map((each) => JSON.parse(each))
    .find(({ message }) => message === "request");
  assert.deepEqual([line.clusters, line.cluster], [2, undefined]);
});

Deno.test("a partial failure is 207, not a success, and the other clusters are written", async () => {
  const it = fleetStage();
  failing(it, "b");
  const { status, body } = await answered(it, addDocker(ALL));
  assert.deepEqual([status, body.success, body.succeeded, body.failed, body.not_begun], [
    207,
    false,
    2,
    1,
    0,
  ]);
  assert.deepEqual(statuses(body.clusters), { a: 200, b: 503, c: 200 });
  assert.equal(answerOf(body.clusters, "b").code, "unreachable");
  assert.deepEqual(holders(it), ["a", "c"]);
});

Deno.test("when all clusters fail alike, the response has their status and the first one's message", async () => {
  const it = fleetStage();
  await answered(it, addDocker(ALL));
  const { status, body } = await answered(it, addDocker(ALL));
  assert.equal(status, 409);
  const { clusters: _, message, ...rest } = body;
  assert.deepEqual(rest, {
    success: false,
    succeeded: 0,
    failed: 3,
    not_begun: 0,
    error: true,
    status_code: 409,
    code: "exists",
  } as unknown);
  assert.match(message!, /^None of 3 clusters succeeded\. Cluster 'a': Secrets already exist/);
});

Deno.test("when clusters fail differently, the response is 502", async () => {
  const it = fleetStage();
  failing(it, "a");
  failing(it, "b", "forbidden");
  failing(it, "c");
  const { status, body } = await answered(it, addDocker(ALL));
  assert.deepEqual([status, body.status_code, body.code], [502, 502, "clusters_failed"]);
});

Deno.test("a bug on one cluster is that cluster's 500 and is logged", async () => {
  const it = fleetStage({
    onOpen(name) {
      if (name === "b") throw new Error("a bug");
    },
  });
  const { status, body } = await answered(it, list("clusters=*"));
  assert.equal(status, 207);
  assert.deepEqual(statuses(body.clusters), { a: 200, b: 500, c: 200 });
  assert.equal(answerOf(body.clusters, "b").code, "internal");
  assert.ok(it.logged.some((line) => line.includes("a bug")));
});

Deno.test("a hung cluster costs its own timeout and delays no other", async () => {
  using clock = fakeClock();
  const it = fleetStage({ seconds: 10 });
  it.fleet.a!.fault = () => ({ kind: "hang" });
  const answering = answered(it, list("clusters=*"));
  await clock.advance(1);
  assert.ok(it.fleet.b!.calls.length > 0 && it.fleet.c!.calls.length > 0);
  await clock.advance(60_000);
  const { status, body } = await answering;
  assert.equal(status, 207);
  assert.deepEqual(statuses(body.clusters), { a: 504, b: 200, c: 200 });
});

const OTHERS: [what: string, request: () => Request][] = [
  ["a repository", () =>
    post(`${V1}/repositories`, {
      ...ALL,
      name: "r",
      type: "git",
      url: "https://git.example.com/org/app",
      username: "ci",
      password: PULL_SECRET.password,
    })],
  ["the older repository request", () =>
    post(`${V1}/helm_repositories`, {
      ...ALL,
      name: "r",
      repository_url: "https://charts.example.com",
      username: "ci",
      password: PULL_SECRET.password,
    })],
];

for (const [what, request] of OTHERS) {
  Deno.test(`${what} is written to each cluster and deleted from each`, async () => {
    const it = fleetStage();
    const added = await answered(it, request());
    assert.deepEqual([added.status, added.body.succeeded], [200, 3]);
    for (const { secrets } of Object.values(it.fleet)) assert.ok(secrets.has("argocd/r"));
    const shown = await answered(it, get(`${V1}/secrets/r?clusters=a,b`));
    assert.deepEqual(statuses(shown.body.clusters), { a: 200, b: 200 });
    const query = "name=r&clusters=*&first=a&max_failures=0";
    const gone = await answered(it, get(`${V1}/secrets?${query}`, {}, "DELETE"));
    assert.deepEqual([gone.status, gone.body.succeeded], [200, 3]);
    for (const { secrets } of Object.values(it.fleet)) assert.equal(secrets.size, 0);
  });
}

Deno.test("a repository is rejected for a cluster without Argo CD", async () => {
  const it = fleetStage({ argocdNamespace: null });
  const { status, body } = await answered(it, OTHERS[0]![1]());
  assert.deepEqual([status, body.code], [422, "no_argocd"]);
});

Deno.test("clusters in 'first' are written first, the others after they have succeeded", async () => {
  const it = fleetStage();
  const { status } = await answered(it, addDocker({ ...ALL, first: ["c", "b"] }));
  assert.equal(status, 200);
  assert.deepEqual(it.opened, ["b", "c", "a"]);
});

Deno.test("a failure in 'first' skips the other clusters", async () => {
  const it = fleetStage();
  failing(it, "b");
  const { status, body } = await answered(it, addDocker({ ...ALL, first: ["b"] }));
  assert.equal(status, 503);
  assert.deepEqual(statuses(body.clusters), { a: 503, b: 503, c: 503 });
  assert.deepEqual([body.failed, body.not_begun, body.code], [1, 2, "unreachable"]);
  assert.equal(answerOf(body.clusters, "a").code, "not_begun");
  assert.match(body.message!, /'b': /);
  assert.deepEqual([it.opened, holders(it)], [["b"], []]);
});

Deno.test("skipped clusters do not affect the response's status and message", async () => {
  const it = fleetStage();
  failing(it, "b", "forbidden");
  const { status, body } = await answered(it, addDocker({ ...ALL, first: ["b"] }));
  assert.deepEqual(statuses(body.clusters), { a: 503, b: 502, c: 503 });
  assert.deepEqual([status, body.status_code, body.code], [502, 502, "forbidden"]);
  assert.match(body.message!, /'b': /);
});

Deno.test("more failures than max_failures skip the remaining clusters", async () => {
  const known = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, {}]));
  const results: Record<string, unknown> = {};
  for (const most of [0, 1]) {
    const it = fleetStage({ known, deps: { gates: { fleet: oneAtOnce() } } });
    failing(it, "b");
    failing(it, "c");
    const { body } = await answered(it, addDocker({ ...ALL, max_failures: most }));
    results[most] = body.clusters.map(({ answer }) => (answer as { code?: string }).code ?? "done");
  }
  assert.deepEqual(results, {
    0: ["done", "unreachable", "not_begun", "not_begun"],
    1: ["done", "unreachable", "unreachable", "not_begun"],
  });
});

const REFUSING = {
  reachable: true,
  accepted: false,
  may: [],
  asked: "https://ghcr.io/",
  why: "no",
} as const;

Deno.test("a credential is verified once for all clusters, and counts once", async () => {
  const tried: unknown[] = [];
  const tries = new PerMinute({ allowed: 2 });
  const it = fleetStage({
    verifyOne(what) {
      tried.push(what);
      return Promise.resolve({ ...REFUSING, accepted: true });
    },
    deps: { gates: { tries } },
  });
  const { status } = await answered(it, addDocker({ ...ALL, verify: true }));
  assert.deepEqual([status, tried.length], [200, 1]);
  const again = await answered(it, addDocker({ ...ALL, dry_run: true, upsert: true }));
  assert.equal(again.status, 200);
  const third = await answered(it, addDocker({ ...ALL, dry_run: true }));
  assert.equal(third.status, 429);
});

Deno.test("a refused credential is written to no cluster", async () => {
  const it = fleetStage({ verifyOne: () => Promise.resolve(REFUSING) });
  const { status, body } = await answered(it, addDocker({ ...ALL, verify: true }));
  assert.equal(status, 422);
  assert.deepEqual(statuses(body.clusters), { a: 422, b: 422, c: 422 });
  assert.deepEqual(holders(it), []);
});

Deno.test("a dry run over several clusters writes nothing", async () => {
  const it = fleetStage();
  const { status, body } = await answered(it, addDocker({ ...ALL, dry_run: true }));
  assert.deepEqual([status, body.succeeded, holders(it)], [200, 3, []]);
});

Deno.test("when the server is stopping, the current cluster finishes and the others are skipped", async () => {
  const limits = new Limits(serverLimits({ maxRequests: 10, seconds: 10 }));
  const it = fleetStage({
    onOpen: () => limits.close(),
    deps: { gates: { limits, fleet: oneAtOnce() } },
  });
  const { status, body } = await answered(it, addDocker(ALL));
  assert.equal(status, 207);
  assert.deepEqual(statuses(body.clusters), { a: 200, b: 503, c: 503 });
  assert.deepEqual([body.not_begun, it.opened, holders(it)], [2, ["a"], ["a"]]);
  assert.match(
    String(answerOf(body.clusters, "b").message),
    /was skipped: the request was stopped .*\. Nothing was changed$/,
  );
});

Deno.test("after the client disconnects, the current cluster finishes and the others are skipped", async () => {
  const gone = new AbortController();
  const it = fleetStage({
    onOpen: () => gone.abort(),
    deps: { gates: { fleet: oneAtOnce() } },
  });
  await it.app.fetch(new Request(addDocker(ALL), { signal: gone.signal }));
  assert.deepEqual([it.opened, holders(it)], [["a"], ["a"]]);
});

Deno.test("a request to many clusters needs no slots of the per-cluster queue", async () => {
  const limits = new Limits({
    ...serverLimits({ maxRequests: 8, seconds: 10 }),
    slots: 1,
    held: 1,
    perCluster: 1,
    waiting: 0,
  });
  const known = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`c${i}`, {}]));
  const it = fleetStage({ known, deps: { gates: { limits } } });
  const { status, body } = await answered(it, list("clusters=*"));
  assert.deepEqual([status, body.succeeded], [200, 100]);
});

/** Records the requests for slots. */
class NotedTurns extends FleetQueue {
  readonly noted: ClusterSlotRequest[] = [];

  constructor() {
    const some = { connections: 8, processes: 8 };
    super({ atOnce: some, held: some, perServer: some, stalled: 60_000 });
  }

  override during<Result>(turn: ClusterSlotRequest, act: () => Promise<Result>): Promise<Result> {
    this.noted.push(turn);
    return super.during(turn, act);
  }
}

Deno.test("cluster slots are counted per token, per request whatever its ID, and per server whatever its name", async () => {
  const fleet = new NotedTurns();
  const known = { a: { identity: "one" }, b: { identity: "two" }, c: { identity: "one" } };
  const it = fleetStage({ known, deps: { ...withTokens.deps, gates: { fleet } } });
  const same = { ...bearer("reader"), "X-Request-Id": "the-same" };
  for (const which of ["clusters=a,b", "clusters=c"]) await answered(it, list(which, same));
  await answered(it, list("clusters=a", bearer("admin")));
  assert.deepEqual(fleet.noted.map(({ caller, server }) => [caller, server]), [
    ["token reader", "one"],
    ["token reader", "two"],
    ["token reader", "one"],
    ["token admin", "one"],
  ]);
  const [first, second, third] = fleet.noted.map(({ call }) => call);
  assert.equal(first, second);
  assert.notEqual(first, third);
});

Deno.test("a request rejected as busy reads no kubeconfig", async () => {
  const looked: string[] = [];
  const limits = new Limits({
    ...serverLimits({ maxRequests: 10, seconds: 10 }),
    fleetsPerToken: 0,
  });
  const it = fleetStage({
    source: {
      find(name) {
        looked.push(name);
        return Promise.resolve(undefined);
      },
    },
    deps: { ...withTokens.deps, gates: { limits } },
  });
  for (const wants of [{}, EVENTS]) {
    const response = await it.app.fetch(list("clusters=*", { ...bearer("reader"), ...wants }));
    const { code } = await response.json();
    assert.deepEqual([response.status, code, looked], [503, "too_many_requests", []]);
  }
});

Deno.test("a request releases its slot, whatever its outcome", async () => {
  const limits = new Limits({
    ...serverLimits({ maxRequests: 10, seconds: 10 }),
    fleetsPerToken: 1,
  });
  let isBroken = false;
  const it = fleetStage({
    source: {
      find(name) {
        if (isBroken) throw new Error("a bug");
        return Promise.resolve(usable(name));
      },
    },
    deps: { ...withTokens.deps, gates: { limits } },
  });
  const ask = async (wants = {}) => {
    const response = await it.app.fetch(list("clusters=*", { ...bearer("reader"), ...wants }));
    await response.text();
    return response.status;
  };
  for (isBroken of [false, true, false]) {
    for (const wants of [{}, EVENTS]) assert.equal(await ask(wants), isBroken ? 500 : 200);
  }
});

Deno.test("a cluster whose labels no longer match when its turn comes is skipped", async () => {
  const entries = ["a", "b", "c"].map((name) => ({ ...usable(name), labels: { env: "test" } }));
  const relabelled = (name: string) => ({
    ...entries.find((each) => each.name === name)!,
    ...name === "b" && it.opened.includes("a") ? { labels: { env: "prod" } } : {},
  });
  const it: FleetStage = fleetStage({
    known: Object.fromEntries(entries.map(({ name, labels }) => [name, { labels }])),
    source: { find: (name) => Promise.resolve(relabelled(name)) },
  });
  const request = addDocker({ cluster_selector: "env!=prod", first: ["a"] });
  const { status, body } = await answered(it, request);
  assert.deepEqual([status, body.succeeded, body.failed, body.not_begun], [207, 2, 0, 1]);
  assert.deepEqual(holders(it), ["a", "c"]);
  const { code, message } = answerOf(body.clusters, "b");
  assert.equal(code, "not_begun");
  assert.match(String(message), /'b' was skipped: its labels have changed and no longer match/);
  assert.deepEqual(it.fleet.b!.calls, []);
});

Deno.test("a cluster selected by name is written to, whatever its labels", async () => {
  const it = fleetStage({ known: { a: { labels: { env: "prod" } } } });
  const { status } = await answered(it, addDocker({ clusters: ["a"] }));
  assert.deepEqual([status, holders(it)], [200, ["a"]]);
});
