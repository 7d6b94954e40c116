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

/** The order in which clusters are rotated, and what stops a rotation. */

const failsToWrite = (cluster: FakeCluster) => {
  cluster.fault = ({ method }) =>
    method === "replace" ? { kind: "throw", error: "unreachable" } : undefined;
};

/** Runs one cluster at a time. */
function oneAtOnce(options: RotationOptions = {}) {
  const one = { connections: 1, processes: 1 };
  const fleet = new FleetQueue({ atOnce: one, held: one, perServer: one, stalled: 60_000 });
  return rotationStage({ ...options, deps: { gates: { fleet, ...options.deps?.gates } } });
}

Deno.test("a failure in 'first' skips the other clusters", async () => {
  const it = rotationStage();
  failsToWrite(it.fleet.b!);
  const { status, body } = await it.rotate({ first: ["b"], max_failures: 5 });
  assert.equal(status, 503, "no started cluster succeeded");
  assert.deepEqual(statusesOf(body), { a: "not_begun", b: "failed", c: "not_begun" });
  assert.equal(body.clusters[1]!.first, true);
  assert.deepEqual([passwordIn(it.fleet.a!), passwordIn(it.fleet.c!)], [OLD, OLD]);
  assert.equal((body.clusters[0]!.answer as { code: string }).code, "not_begun");
  assert.deepEqual(codesOf(body), ["places_left"]);
});

Deno.test("a dry run plans all clusters, even if one of the first clusters fails", async () => {
  const it = rotationStage();
  failsToWrite(it.fleet.b!);
  const { status, body } = await it.rotate({ first: ["b"], dry_run: true });
  assert.equal(status, 207);
  assert.deepEqual(statusesOf(body), { a: "rotated", b: "failed", c: "rotated" });
});

Deno.test("clusters in 'first' finish before the others start", async () => {
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

Deno.test("a terminating namespace leaves its cluster not_found, and in 'first' skips the others", async () => {
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

Deno.test("a cluster with the new value is unchanged although its other secrets are being deleted", async () => {
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

Deno.test("a cluster whose labels have changed since the plan is skipped, not failed; in 'first' it skips the others", async () => {
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

Deno.test("a cluster in 'first' may already hold the new value", async () => {
  const it = rotationStage({
    fill: (cluster, name) => putManaged(cluster, "ghcr", name === "a" ? NEW : OLD),
  });
  const { body } = await it.rotate({ first: ["a"] });
  assert.deepEqual(statusesOf(body), { a: "unchanged", b: "rotated", c: "rotated" });
});

Deno.test("more failures than max_failures skip the remaining clusters", async () => {
  const it = oneAtOnce();
  failsToWrite(it.fleet.a!);
  const { status, body } = await it.rotate();
  assert.equal(status, 503);
  assert.deepEqual(statusesOf(body), { a: "failed", b: "not_begun", c: "not_begun" });
  const again = await it.rotate({ max_failures: 1 });
  assert.equal(again.status, 207);
  assert.deepEqual(statusesOf(again.body), { a: "failed", b: "rotated", c: "rotated" });
});

Deno.test("a secret that changes after it was read fails its cluster, which stays as it is", async () => {
  const it = rotationStage({
    fill(cluster) {
      putManaged(cluster);
      putManaged(cluster, "other");
    },
  });
  const { b } = it.fleet;
  // After the plan and before the verification.
  let isChanged = false;
  b!.fault = ({ method }) => {
    if (method !== "read" || isChanged) return undefined;
    isChanged = true;
    return { kind: "meanwhile", act: (cluster) => putManaged(cluster, "other", "another-value") };
  };
  const { status, body } = await it.rotate();
  assert.equal(status, 207);
  assert.deepEqual(statusesOf(body), { a: "rotated", b: "failed", c: "rotated" });
  assert.equal(passwordIn(b!), OLD, "the secret is not partly rotated");
  assert.equal(passwordIn(b!, "other"), "another-value");
  const { code, message } = body.clusters[1]!.answer as { code: string; message: string };
  assert.equal(code, "secret_changed");
  assert.match(message, /again/);
  const again = await it.rotate();
  assert.deepEqual(statusesOf(again.body), { a: "unchanged", b: "rotated", c: "unchanged" });
  assert.equal(again.body.safe_to_revoke, true);
});

Deno.test("a second rotation of the same value is rejected while the first runs, with its ID", async () => {
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
  assert.notEqual(other, undefined, "a rotation of another value was delayed");
  const after = await it.rotate();
  assert.equal(after.status, 200);
});

Deno.test("the ID of a running rotation is shown only to callers who may see one of its clusters", async () => {
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

Deno.test("clusters skipped by a stop are reported and counted as not seen", async () => {
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

Deno.test("after the client disconnects, the current cluster finishes and the others are skipped", async () => {
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
