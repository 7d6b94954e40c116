import assert from "node:assert/strict";
import { usable } from "../../../src/clusters/fake/in_memory.ts";
import { Limits } from "../../../src/operations/limits.ts";
import { serverLimits } from "../../../src/operations/server_limits.ts";
import { FleetQueue } from "../../../src/fleet/queue.ts";
import type { FakeCluster } from "../../../src/kube/fake/store.ts";
import {
  codesOf,
  NEW,
  OLD,
  passwordIn,
  putManaged,
  putRepository,
  rotation,
  type RotationOptions,
  rotationStage,
  statusesOf,
} from "../rotation_stage.ts";
import { post } from "../support.ts";
import { bearer, options as withTokens } from "../tokens.ts";

/** In which order clusters are rotated, and what stops it. */

const failsToWrite = (cluster: FakeCluster) => {
  cluster.fault = ({ method }) =>
    method === "replace" ? { kind: "throw", error: "unreachable" } : undefined;
};

/** Clusters one after the other. */
function oneAtOnce(options: RotationOptions = {}) {
  const one = { connections: 1, processes: 1 };
  const fleet = new FleetQueue({ atOnce: one, held: one, perServer: one, stalled: 60_000 });
  return rotationStage({ ...options, deps: { gates: { fleet, ...options.deps?.gates } } });
}

Deno.test("where one of those that go first fails, no other is begun", async () => {
  const it = rotationStage();
  failsToWrite(it.fleet.b!);
  const { status, body } = await it.rotate({ first: ["b"], max_failures: 5 });
  assert.equal(status, 503, "of those that were begun none succeeded");
  assert.deepEqual(statusesOf(body), { a: "not_begun", b: "failed", c: "not_begun" });
  assert.equal(body.clusters[1]!.first, true);
  assert.deepEqual([passwordIn(it.fleet.a!), passwordIn(it.fleet.c!)], [OLD, OLD]);
  assert.equal((body.clusters[0]!.answer as { code: string }).code, "not_begun");
  assert.deepEqual(codesOf(body), ["places_left"]);
});

Deno.test("those that go first are done before the others are begun", async () => {
  const replaced: string[] = [];
  const it = rotationStage();
  for (const [name, cluster] of Object.entries(it.fleet)) {
    cluster.fault = ({ method }) => {
      if (method === "replace") replaced.push(name);
      return undefined;
    };
  }
  const { status } = await it.rotate({ first: ["c"] });
  assert.equal(status, 200);
  assert.deepEqual([replaced[0], replaced.length], ["c", 3]);
});

Deno.test("where nothing is written in the end, since all of it is going, nothing is rotated or proven", async () => {
  const it = rotationStage();
  it.fleet.a!.namespaces.set("default", "Terminating");
  const { status, body } = await it.rotate({ first: ["a"] });
  assert.equal(status, 207);
  assert.deepEqual(statusesOf(body), { a: "not_found", b: "not_begun", c: "not_begun" });
  assert.deepEqual(body.clusters[0]!.left.map(({ reason }) => reason), ["being_deleted"]);
  assert.equal(body.rotated, 0);
  assert.equal(passwordIn(it.fleet.b!), OLD);
  const all = await it.rotate();
  assert.deepEqual(statusesOf(all.body), { a: "not_found", b: "rotated", c: "rotated" });
  assert.deepEqual(codesOf(all.body), ["places_left"]);
});

Deno.test("where the rest of it is going, a cluster that holds the new value is unchanged", async () => {
  const it = rotationStage({
    fill(cluster, name) {
      putManaged(cluster);
      if (name === "a") putRepository(cluster, "app", NEW);
    },
  });
  it.fleet.a!.namespaces.set("default", "Terminating");
  const { body } = await it.rotate({ first: ["a"] });
  assert.deepEqual(statusesOf(body), { a: "unchanged", b: "rotated", c: "rotated" });
  assert.deepEqual(body.clusters[0]!.secrets.map(({ output }) => output), ["secret/app unchanged"]);
});

Deno.test("one whose labels have changed since the plan is left alone, and is no failure", async () => {
  for (const first of [undefined, ["b"]]) {
    let isPlanned = false;
    const labelsOf = (name: string) => ({ env: isPlanned && name === "b" ? "test" : "prod" });
    const it = oneAtOnce({
      verdict() {
        isPlanned = true;
        return { reachable: true, accepted: true, may: [], asked: "https://ghcr.io/", why: "Yes" };
      },
      source: {
        list: () =>
          Promise.resolve({
            clusters: ["a", "b", "c"].map((name) => ({ name, labels: labelsOf(name) })),
          }),
        find: (name) => Promise.resolve(usable(name, { labels: labelsOf(name) })),
      },
    });
    const which = { clusters: undefined, cluster_selector: "env=prod" };
    const { body } = await it.rotate({ ...which, first });
    const other = first === undefined ? "rotated" : "not_begun";
    assert.deepEqual(statusesOf(body), { a: other, b: "not_begun", c: other });
    assert.deepEqual(codesOf(body), ["places_left"]);
  }
});

Deno.test("one that goes first may hold the new value already", async () => {
  const it = rotationStage({
    fill: (cluster, name) => putManaged(cluster, "ghcr", name === "a" ? NEW : OLD),
  });
  const { body } = await it.rotate({ first: ["a"] });
  assert.deepEqual(statusesOf(body), { a: "unchanged", b: "rotated", c: "rotated" });
});

Deno.test("after more failures than may be no further cluster is begun", async () => {
  const it = oneAtOnce();
  failsToWrite(it.fleet.a!);
  const { status, body } = await it.rotate();
  assert.equal(status, 503);
  assert.deepEqual(statusesOf(body), { a: "failed", b: "not_begun", c: "not_begun" });
  const again = await it.rotate({ max_failures: 1 });
  assert.equal(again.status, 207);
  assert.deepEqual(statusesOf(again.body), { a: "failed", b: "rotated", c: "rotated" });
});

Deno.test("a secret that changes after it was read is left, with all of its cluster", async () => {
  const it = rotationStage({
    fill(cluster) {
      putManaged(cluster);
      putManaged(cluster, "other");
    },
  });
  const { b } = it.fleet;
  // After the plan, and before anything is tried.
  let isChanged = false;
  b!.fault = ({ method }) => {
    if (method !== "read" || isChanged) return undefined;
    isChanged = true;
    return { kind: "meanwhile", act: (cluster) => putManaged(cluster, "other", "another-value") };
  };
  const { status, body } = await it.rotate();
  assert.equal(status, 207);
  assert.deepEqual(statusesOf(body), { a: "rotated", b: "failed", c: "rotated" });
  assert.equal(passwordIn(b!), OLD, "nothing half");
  assert.equal(passwordIn(b!, "other"), "another-value");
  const { code, message } = body.clusters[1]!.answer as { code: string; message: string };
  assert.equal(code, "secret_changed");
  assert.match(message, /again/);
  const again = await it.rotate();
  assert.deepEqual(statusesOf(again.body), { a: "unchanged", b: "rotated", c: "unchanged" });
  assert.equal(again.body.safe_to_revoke, true);
});

Deno.test("a second rotation of the value that one replaces is refused while that runs, with its id", async () => {
  const tried = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const it = rotationStage({
    async verdict() {
      tried.resolve();
      await go.promise;
      return { reachable: true, accepted: true, may: [], asked: "https://ghcr.io/", why: "Yes" };
    },
  });
  const first = it.rotate();
  await tried.promise;
  const by: object[] = [{ password: OLD }, { registry: "ghcr.io", username: "ci" }];
  const refusals = [];
  for (const find of by) refusals.push(await it.rotate({ find, set: { password: `${NEW}-2` } }));
  const { rotation: other } = (await it.rotate({ find: { name: "no-such-secret" } })).body;
  go.resolve();
  const { body: { rotation: id } } = await first;
  for (const { status, body } of refusals) {
    assert.deepEqual([status, body.code, body.rotation], [409, "rotation_running", id]);
  }
  assert.notEqual(other, undefined, "one of something else is not held up");
  const after = await it.rotate();
  assert.equal(after.status, 200);
});

Deno.test("a rotation that runs is named to who may see one of its clusters, and to nobody else", async () => {
  const tried = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const it = rotationStage({
    known: { "test-a": {}, "production-cluster": {} },
    ...withTokens,
    async verdict() {
      tried.resolve();
      await go.promise;
      return { reachable: true, accepted: true, may: [], asked: "https://ghcr.io/", why: "Yes" };
    },
  });
  const first = it.rotate({ clusters: ["test-a"] }, bearer("writer"));
  await tried.promise;
  const seen = await it.rotate({}, bearer("one-cluster"));
  const unseen = await it.rotate({}, bearer("other-cluster"));
  go.resolve();
  const { rotation } = (await first).body;
  assert.deepEqual([seen.status, seen.body.rotation], [409, rotation]);
  assert.deepEqual([unseen.status, unseen.body.code], [409, "rotation_running"]);
  assert.ok(!JSON.stringify(unseen.body).includes(rotation));
});

Deno.test("what is not begun at a stop is told, and not seen in the end", async () => {
  const limits = new Limits(serverLimits({ maxRequests: 10, seconds: 10 }));
  const it = oneAtOnce({ deps: { gates: { limits } } });
  it.fleet.a!.fault = ({ method }) => {
    if (method === "replace") limits.close();
    return undefined;
  };
  const { status, body } = await it.rotate();
  assert.equal(status, 207);
  assert.deepEqual(statusesOf(body), { a: "rotated", b: "not_begun", c: "not_begun" });
  assert.deepEqual(codesOf(body), ["not_seen"]);
  assert.deepEqual(body.old_value?.not_seen.map(({ cluster, status }) => [cluster, status]), [
    ["a", "not_begun"],
    ["b", "not_begun"],
    ["c", "not_begun"],
  ]);
});

Deno.test("a client that goes away stops nothing that has begun, and nothing more is begun", async () => {
  const gone = new AbortController();
  const it = oneAtOnce();
  it.fleet.a!.fault = ({ method }) => {
    if (method === "replace") gone.abort();
    return undefined;
  };
  const request = post("/api/v1/rotations", rotation());
  await it.app.fetch(new Request(request, { signal: gone.signal }));
  await it.app.drain();
  const passwords = Object.values(it.fleet).map((cluster) => passwordIn(cluster));
  assert.deepEqual(passwords, [NEW, OLD, OLD]);
});
