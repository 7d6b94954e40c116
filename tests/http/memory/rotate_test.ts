import assert from "node:assert/strict";
import {
  codesOf,
  fingerprintOf,
  NEW,
  OLD,
  passwordIn,
  putManaged,
  putRepository,
  rotationStage,
  statusesOf,
} from "../rotation_stage.ts";

/** `POST /api/v1/rotations`: what is replaced and how it is reported. */

Deno.test("a value is rotated on all clusters, and the old one is safe to revoke", async () => {
  const it = rotationStage();
  const { status, body } = await it.rotate();
  assert.equal(status, 200);
  assert.deepEqual(statusesOf(body), { a: "rotated", b: "rotated", c: "rotated" });
  for (const cluster of Object.values(it.fleet)) assert.equal(passwordIn(cluster), NEW);
  assert.equal(body.safe_to_revoke, true);
  assert.equal(body.reasons, undefined);
  assert.deepEqual(body.old_value, {
    ...{ state: "gone", fingerprints: [await fingerprintOf(OLD)], places: [], not_seen: [] },
  });
  assert.deepEqual(body.clusters[0], {
    cluster: "a",
    status: "rotated",
    status_code: 200,
    secrets: [{
      namespace: "default",
      name: "ghcr",
      keys: ["ghcr.io"],
      output: "secret/ghcr replaced",
    }],
    left: [],
    transport: "kubectl",
  });
});

Deno.test("each shape on a cluster is rotated, and verified once per distinct place", async () => {
  const it = rotationStage({
    fill(cluster) {
      putManaged(cluster);
      putManaged(cluster, "other");
      putRepository(cluster);
    },
  });
  const { body } = await it.rotate();
  assert.deepEqual(
    body.clusters[0]!.secrets.map(({ namespace, name, keys }) => [namespace, name, keys]),
    [
      ["argocd", "app", ["password"]],
      ["default", "ghcr", ["ghcr.io"]],
      ["default", "other", ["ghcr.io"]],
    ],
  );
  assert.deepEqual(body.verified?.map(({ at, state }) => [at, state]), [
    ["https://git.example.com/org/app", "accepted"],
    ["ghcr.io", "accepted"],
  ]);
  assert.equal(it.tried.length, 2, "nine secrets in three clusters are at two places");
});

Deno.test("the same request again reports all unchanged, and the old value safe to revoke", async () => {
  const it = rotationStage();
  await it.rotate();
  const { status, body } = await it.rotate();
  assert.equal(status, 200);
  assert.deepEqual(statusesOf(body), { a: "unchanged", b: "unchanged", c: "unchanged" });
  assert.equal(body.safe_to_revoke, true, "the first rotation found it");
  assert.equal(body.rollback, undefined);
});

Deno.test("an expiry in the past is accepted, with the same hint as other writes", async () => {
  const it = rotationStage();
  const { status, body } = await it.rotate({ expires: "2020-01-31" });
  assert.equal(status, 200);
  assert.deepEqual(statusesOf(body), { a: "rotated", b: "rotated", c: "rotated" });
  assert.equal(body.hint, "The declared expiry is in the past: 2020-01-31T00:00:00.000Z");
});

Deno.test("a hint counts the secrets with the new value already, in which no expiry is stored", async () => {
  const it = rotationStage();
  const first = await it.rotate({ expires: "2040-01-31" });
  assert.equal(first.body.hint, undefined);
  const again = await it.rotate({ expires: "2041-01-31" });
  assert.deepEqual(statusesOf(again.body), { a: "unchanged", b: "unchanged", c: "unchanged" });
  const count = again.body.clusters.flatMap(({ secrets }) => secrets).length;
  assert.equal(
    again.body.hint,
    `The declared expiry was not stored in ${count} secrets with the new value already`,
  );
  assert.equal((await it.rotate()).body.hint, undefined, "without an expiry");
});

Deno.test("the same request again completes what failed", async () => {
  const it = rotationStage();
  it.fleet.b!.fault = ({ method }) =>
    method === "replace" ? { kind: "throw", error: "unreachable" } : undefined;
  const first = await it.rotate({ max_failures: 1 });
  assert.equal(first.status, 207);
  assert.deepEqual(statusesOf(first.body), { a: "rotated", b: "failed", c: "rotated" });
  assert.deepEqual(codesOf(first.body), ["places_left"]);
  it.fleet.b!.fault = () => undefined;
  const second = await it.rotate();
  assert.deepEqual(statusesOf(second.body), { a: "unchanged", b: "rotated", c: "unchanged" });
  assert.equal(second.body.safe_to_revoke, true);
});

Deno.test("the response describes the rollback: the same request with both values swapped", async () => {
  const it = rotationStage();
  const { body } = await it.rotate();
  assert.deepEqual(body.rollback, {
    message: "To roll back, send the same request with the old and the new value swapped",
    find: { fingerprint: await fingerprintOf(NEW) },
  });
  const { find } = body.rollback as { find: object };
  const back = await it.rotate({ find, set: { password: OLD } });
  assert.deepEqual(statusesOf(back.body), { a: "rotated", b: "rotated", c: "rotated" });
  assert.equal(passwordIn(it.fleet.a!), OLD);
});

Deno.test("a secret managed by another program is left without failing its cluster; force rotates it", async () => {
  const it = rotationStage({
    known: { a: {} },
    fill(cluster) {
      putManaged(cluster);
      putManaged(cluster, "of-helm");
      const stored = cluster.secrets.get("default/of-helm")!;
      const annotations = { ...stored.annotations, "meta.helm.sh/release-name": "ci" };
      cluster.secrets.set("default/of-helm", { ...stored, annotations });
    },
  });
  const { status, body } = await it.rotate();
  assert.equal(status, 200);
  assert.deepEqual(statusesOf(body), { a: "rotated" });
  const [left] = body.clusters[0]!.left;
  assert.deepEqual([left!.name, left!.reason, left!.keys], ["of-helm", "owned", ["ghcr.io"]]);
  assert.match(left!.remedy, /force/);
  assert.deepEqual(codesOf(body), ["places_left"]);
  assert.deepEqual(body.old_value?.places.map(({ name }) => name), ["of-helm"]);
  const forced = await it.rotate({ force: true });
  assert.deepEqual(forced.body.clusters[0]!.left, []);
  assert.equal(passwordIn(it.fleet.a!, "of-helm"), NEW);
  assert.equal(forced.body.safe_to_revoke, true);
});

Deno.test("a cluster where all secrets are left is reported as not_found", async () => {
  const it = rotationStage({
    fill: (cluster) => putManaged(cluster, "ghcr", OLD, { annotations: {} }),
  });
  const { status, body } = await it.rotate();
  assert.equal(status, 200);
  assert.deepEqual(statusesOf(body), { a: "not_found", b: "not_found", c: "not_found" });
  assert.deepEqual(body.clusters[0]!.left.map(({ reason }) => reason), ["not_ours"]);
  assert.deepEqual(codesOf(body), ["places_left"]);
  const all = await it.rotate({ managed_only: false });
  assert.deepEqual(statusesOf(all.body), { a: "rotated", b: "rotated", c: "rotated" });
});

Deno.test("a dry run reports the plan, changes nothing and verifies nothing", async () => {
  const it = rotationStage();
  const before = it.fleet.a!.dump();
  const { status, body } = await it.rotate({ dry_run: true });
  assert.equal(status, 200);
  assert.deepEqual(it.fleet.a!.dump(), before);
  assert.deepEqual([body.state, body.dry_run, body.safe_to_revoke], ["planned", true, false]);
  assert.deepEqual(codesOf(body), ["dry_run", "places_left"]);
  assert.deepEqual(statusesOf(body), { a: "rotated", b: "rotated", c: "rotated" });
  const [secret] = body.clusters[0]!.secrets;
  assert.equal(secret!.output, "secret/ghcr replaced (dry run)");
  assert.ok(secret!.changes!.length > 0);
  assert.deepEqual(body.verified, [{
    at: "ghcr.io",
    state: "not_tried",
    message: "Will be verified here",
  }]);
  assert.deepEqual(it.tried, []);
});

Deno.test("a dry run reports unreadable clusters and is not rejected because of them", async () => {
  const it = rotationStage();
  it.fleet.b!.fault = () => ({ kind: "throw", error: "unreachable" });
  const { status, body } = await it.rotate({ dry_run: true });
  assert.equal(status, 207);
  assert.deepEqual(statusesOf(body), { a: "rotated", b: "failed", c: "rotated" });
  assert.deepEqual(codesOf(body), ["dry_run", "not_seen", "places_left"]);
});

const SOUGHT: [what: string, find: object | (() => Promise<object>)][] = [
  ["a fingerprint", async () => ({ fingerprint: await fingerprintOf(OLD) })],
  ["a registry and user name", { registry: "ghcr.io", username: "ci" }],
  ["a secret's name", { name: "ghcr" }],
];

for (const [what, find] of SOUGHT) {
  Deno.test(`a value found by ${what} is rotated, searched for at the end, and proven gone`, async () => {
    const it = rotationStage();
    const asked = typeof find === "function" ? await find() : find;
    const { body } = await it.rotate({ find: asked });
    assert.deepEqual(statusesOf(body), { a: "rotated", b: "rotated", c: "rotated" });
    assert.deepEqual(body.old_value?.fingerprints, [await fingerprintOf(OLD)]);
    assert.equal(body.safe_to_revoke, true);
    const again = await it.rotate({ find: asked });
    assert.deepEqual(statusesOf(again.body), { a: "unchanged", b: "unchanged", c: "unchanged" });
    assert.equal(again.body.safe_to_revoke, true);
  });
}

Deno.test("an old value found by a URL prefix is searched for in secrets of every kind", async () => {
  const it = rotationStage({
    fill(cluster) {
      putRepository(cluster);
      putManaged(cluster);
    },
  });
  const find = { url_prefix: "https://git.example.com/org/", username: "ci" };
  const { body } = await it.rotate({ find });
  assert.deepEqual(statusesOf(body), { a: "rotated", b: "rotated", c: "rotated" });
  assert.deepEqual(body.clusters[0]!.secrets.map(({ name }) => name), ["app"]);
  assert.deepEqual(codesOf(body), ["places_left"], "the pull secrets hold the same value");
  assert.deepEqual(body.old_value?.places.map(({ name }) => name), ["ghcr", "ghcr", "ghcr"]);
});
