import assert from "node:assert/strict";
import type { AuditLog } from "../../../src/audit/audit_log.ts";
import { WRITE_ANNOTATION } from "../../../src/credentials/kinds/desired_secret.ts";
import { KubeError } from "../../../src/kube/errors.ts";
import type { FakeCluster } from "../../../src/kube/fake/store.ts";
import { withLog } from "../audit_place.ts";
import { putArgocd, putPull } from "../matrix_stage.ts";
import {
  codesOf,
  NEW,
  OLD,
  putManaged,
  type RotationOptions,
  rotationStage,
  statusesOf,
} from "../rotation_stage.ts";
import { CANARY } from "../support.ts";

/** The same rotation by registry again, in the same process and after a restart. */

const BY_REGISTRY = { find: { registry: "ghcr.io", username: "ci" } };

/** The value that one of the clusters has instead. */
const OTHER = `${CANARY}-other`;

/** The value under another registry, without a label. */
const putQuay = (cluster: FakeCluster, password = OTHER) =>
  putPull(cluster, { namespace: "default", name: "quay" }, {
    "quay.io": { username: "ci", password },
  }, { labels: {} });

/** One value in a, another one in b and c; a's value is also elsewhere in c. */
const fill = (cluster: FakeCluster, name: string) => {
  putManaged(cluster, "ghcr", name === "a" ? OTHER : OLD);
  if (name === "c") putQuay(cluster);
};

/** Options with the audit log's fingerprints. */
const withIts = (auditLog: AuditLog, more: RotationOptions = {}): RotationOptions => ({
  auditLog,
  ...more,
  services: { fingerprint: (value) => auditLog.fingerprint(value), ...more.services },
});

/** Another process with the same clusters, which knows what the audit log has. */
function restarted(it: ReturnType<typeof rotationStage>, options: RotationOptions = {}) {
  return rotationStage({
    ...options,
    fill(cluster, name) {
      for (const [key, secret] of it.fleet[name]!.secrets) cluster.secrets.set(key, secret);
    },
  });
}

for (
  const [where, isRestarted] of [["in one process", false], ["after a restart", true]] as const
) {
  Deno.test(`the rest of a rotation searches for the values that its first part replaced, ${where}`, () =>
    withLog(async ({ auditLog }) => {
      const options = isRestarted ? withIts(auditLog) : {};
      const first = rotationStage({ ...options, fill });
      assert.deepEqual(codesOf((await first.rotate({ ...BY_REGISTRY, clusters: ["a"] })).body), [
        "places_left",
      ]);
      const it = isRestarted ? restarted(first, options) : first;
      const { body } = await it.rotate(BY_REGISTRY);
      assert.deepEqual(statusesOf(body), { a: "unchanged", b: "rotated", c: "rotated" });
      assert.deepEqual([codesOf(body), body.safe_to_revoke], [["places_left"], false]);
      assert.deepEqual(body.old_value!.places.map(({ cluster, name }) => [cluster, name]), [
        ["c", "quay"],
      ]);
      assert.equal(body.old_value!.fingerprints.length, 2);

      it.fleet.c!.secrets.delete("default/quay");
      const last = isRestarted ? restarted(it, options) : it;
      for (let again = 0; again < 2; again++) {
        const { body } = await last.rotate(BY_REGISTRY);
        assert.deepEqual(statusesOf(body), { a: "unchanged", b: "unchanged", c: "unchanged" });
        assert.deepEqual([codesOf(body), body.safe_to_revoke], [[], true]);
        assert.equal(body.old_value!.fingerprints.length, 2);
      }
    }));
}

Deno.test("an unchanged secret whose previous value is unknown makes the rotation not safe to revoke", async () => {
  const it = rotationStage({
    fill(cluster, name) {
      putManaged(cluster, "ghcr", name === "a" ? NEW : OLD);
      if (name === "c") putQuay(cluster);
    },
  });
  const { body } = await it.rotate(BY_REGISTRY);
  assert.deepEqual(statusesOf(body), { a: "unchanged", b: "rotated", c: "rotated" });
  assert.deepEqual([codesOf(body), body.safe_to_revoke], [["never_found"], false]);
  assert.deepEqual(body.reasons![0]!.clusters, ["a"]);
  assert.equal(body.old_value!.state, "unknown");

  // Each of its values can be proven gone separately.
  const [fingerprint] = body.old_value!.fingerprints;
  const one = await it.rotate({ find: { fingerprint } });
  assert.deepEqual([codesOf(one.body), one.body.safe_to_revoke], [[], true]);
});

Deno.test("rotating back and forth is safe to revoke each time", () =>
  withLog(async ({ auditLog }) => {
    let it = rotationStage(withIts(auditLog));
    for (const password of [NEW, OLD, NEW]) {
      for (const status of ["rotated", "unchanged"]) {
        const { body } = await it.rotate({ ...BY_REGISTRY, set: { password } });
        assert.deepEqual(statusesOf(body), { a: status, b: status, c: status });
        assert.deepEqual([codesOf(body), body.safe_to_revoke], [[], true]);
        assert.equal(body.old_value!.fingerprints.length, 1);
        it = restarted(it, withIts(auditLog));
      }
    }
  }));

for (const [what, atB] of [["another old value", OTHER], ["the new value", NEW]] as const) {
  Deno.test(`a cluster that could not be read for the plan is searched at the end: it holds ${what}`, async () => {
    let lists = 0;
    const it = rotationStage({
      fill: (cluster, name) => putManaged(cluster, "ghcr", name === "b" ? atB : OLD),
      stores: {
        b: (store) => ({
          ...store,
          listData: (...of) =>
            lists++ === 0
              ? Promise.reject(new KubeError("unreachable", "no route to b"))
              : store.listData(...of),
        }),
      },
    });
    const { body } = await it.rotate({ ...BY_REGISTRY, max_failures: 1 });
    assert.deepEqual(statusesOf(body), { a: "rotated", b: "failed", c: "rotated" });
    const isLeft = atB === OTHER;
    const left = body.old_value!.places.map(({ cluster, name }) => [cluster, name]);
    assert.deepEqual(left, isLeft ? [["b", "ghcr"]] : []);
    assert.deepEqual(codesOf(body), [isLeft ? "places_left" : "never_found"]);
    assert.deepEqual([body.safe_to_revoke, body.reasons![0]!.clusters], [false, ["b"]]);
    if (!isLeft) return;
    const again = await it.rotate(BY_REGISTRY);
    assert.deepEqual(statusesOf(again.body), { a: "unchanged", b: "rotated", c: "unchanged" });
    assert.deepEqual([codesOf(again.body), again.body.safe_to_revoke], [[], true]);
  });
}

Deno.test("a rotation by registry does not search for that registry outside the selection", async () => {
  const it = rotationStage({ fill });
  it.fleet.c!.secrets.delete("default/quay");
  const { body } = await it.rotate({ ...BY_REGISTRY, clusters: ["b", "c"] });
  assert.deepEqual([codesOf(body), body.safe_to_revoke], [[], true]);
  assert.equal(body.old_value!.fingerprints.length, 1, "a's value is a different one");
});

Deno.test("the values replaced under one registry path are not known for another path", async () => {
  const at = (path: string) => ({ find: { registry: `ghcr.io/${path}`, username: "ci" } });
  const it = rotationStage({
    fill: (cluster) =>
      putPull(cluster, { namespace: "default", name: "a" }, {
        "ghcr.io/org-a": { username: "ci", password: OLD },
      }),
  });
  const more = { managed_only: false };
  assert.equal((await it.rotate({ ...at("org-a"), ...more })).body.safe_to_revoke, true);
  const { body } = await it.rotate({ ...at("org-b"), ...more });
  assert.deepEqual([codesOf(body), body.safe_to_revoke], [["never_found"], false]);
});

const UNWRITTEN: [what: string, fill: (cluster: FakeCluster) => void, more?: object][] = [
  ["with white space around it", (cluster) => putManaged(cluster, "ghcr", `${OLD}\n`)],
  [
    "within a longer text",
    (cluster) =>
      putArgocd(cluster, "app", "repository", { url: `https://git.example.com/a?token=${OLD}` }),
  ],
  ["as a user name", (cluster) =>
    putArgocd(cluster, "app", "repository", {
      ...{ url: "https://git.example.com/a", username: OLD, password: "x" },
    })],
  ["outside the selection", (cluster) => putManaged(cluster), { clusters: ["b"] }],
];

for (const [what, put, more] of UNWRITTEN) {
  Deno.test(`a value found only ${what} counts as found, even after a restart`, () =>
    withLog(async ({ auditLog }) => {
      const options = withIts(auditLog);
      const it = rotationStage({
        ...options,
        fill: (cluster, name) => name === "a" ? put(cluster) : undefined,
      });
      const first = await it.rotate(more);
      assert.deepEqual([codesOf(first.body), first.body.safe_to_revoke], [["places_left"], false]);
      // The value is removed by hand.
      const after = rotationStage({ ...options, fill: () => {} });
      const { body } = await after.rotate(more);
      assert.deepEqual([codesOf(body), body.safe_to_revoke], [[], true]);
    }));
}

Deno.test("the values of a cluster that was only read in part stay unknown, also when all of it can be read", async () => {
  const url = "https://git.example.com/app";
  const putRepository = (cluster: FakeCluster, password: string) =>
    putArgocd(cluster, "app", "repository", { type: "git", url, username: "ci", password }, {
      [WRITE_ANNOTATION]: "an-earlier-write",
    });
  let isRefused = true;
  const it = rotationStage({
    fill: (cluster, name) => putRepository(cluster, name === "c" ? OTHER : OLD),
    stores: {
      c: (store) => ({
        ...store,
        listData: (query, deadline) =>
          isRefused && query.namespace === "argocd"
            ? Promise.reject(new KubeError("forbidden", "secrets is forbidden"))
            : store.listData(query, deadline),
      }),
    },
  });
  const more = { find: { url_prefix: url, username: "ci" } };
  const first = (await it.rotate(more)).body;
  assert.deepEqual(statusesOf(first), { a: "rotated", b: "rotated", c: "not_found" });
  assert.deepEqual(codesOf(first), ["namespaces_not_listed"]);
  isRefused = false;
  putRepository(it.fleet.c!, NEW);
  const { body } = await it.rotate(more);
  assert.deepEqual(statusesOf(body), { a: "unchanged", b: "unchanged", c: "unchanged" });
  assert.deepEqual(body.reasons!.map(({ code, clusters }) => [code, clusters]), [
    ["never_found", ["c"]],
  ]);
});

Deno.test("a value found with white space around it is searched for without, also by the same request again", async () => {
  const it = rotationStage({
    fill(cluster, name) {
      if (name === "a") putManaged(cluster, "ghcr", ` ${OTHER}\n`);
      if (name === "c") putQuay(cluster);
    },
  });
  for (const status of ["rotated", "unchanged"]) {
    const { body } = await it.rotate({ ...BY_REGISTRY, clusters: ["a"] });
    assert.deepEqual(statusesOf(body), { a: status });
    assert.deepEqual([codesOf(body), body.safe_to_revoke], [["places_left"], false]);
    assert.deepEqual(body.old_value!.places.map(({ name }) => name), ["quay"]);
  }
});
