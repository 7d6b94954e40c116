import assert from "node:assert/strict";
import { inMemory, usable } from "../../../src/clusters/fake/in_memory.ts";
import { WRITE_ANNOTATION } from "../../../src/credentials/kinds/desired_secret.ts";
import { KubeError } from "../../../src/kube/errors.ts";
import type { UsableCluster } from "../../../src/clusters/source.ts";
import type { FakeCluster } from "../../../src/kube/fake/store.ts";
import type { SecretStore } from "../../../src/kube/store.ts";
import { Rotations } from "../../../src/fleet/rotation/rotations.ts";
import { encodeBase64Text } from "../../../src/text/bytes.ts";
import { withLog } from "../audit_place.ts";
import { putArgocd, putPull } from "../matrix_stage.ts";
import {
  codesOf,
  fingerprintOf,
  OLD,
  putManaged,
  putRepository,
  type RotationOptions,
  type RotationStage,
  rotationStage,
  statusesOf,
} from "../rotation_stage.ts";
import { CANARY } from "../support.ts";
import { bearer, options as withTokens } from "../tokens.ts";

/** Reasons not to revoke an old value yet: one test per reason. */

/** An unmanaged secret without a docker label. */
function putForeign(cluster: FakeCluster, password = OLD): void {
  const auths = { "ghcr.io": { username: "ci", password } };
  putPull(cluster, { namespace: "default", name: "foreign" }, auths, { labels: {} });
}

/** A store whose kubeconfig can list only single namespaces. */
const narrow = (store: SecretStore): SecretStore => ({
  ...store,
  listData: (query, deadline) =>
    query.namespace === undefined
      ? Promise.reject(new KubeError("forbidden", "secrets is forbidden"))
      : store.listData(query, deadline),
});

interface Row {
  readonly name: string;
  readonly options?: RotationOptions;
  readonly before?: (it: RotationStage) => void;
  readonly more?: object;
  readonly headers?: Record<string, string>;
  readonly reasons: readonly { readonly code: string; readonly clusters?: readonly string[] }[];
  readonly state: "remains" | "unknown";
  readonly message: RegExp;
}

const ROWS: readonly Row[] = [
  {
    name: "it was never found",
    options: { fill: () => {} },
    reasons: [{ code: "never_found" }],
    state: "unknown",
    message:
      /never found.*Check that it is the right value\. Without an audit log \(setting audit-log\), results from before the server started are not kept$/,
  },
  {
    name: "a cluster outside the selection cannot be read",
    before: (it) => it.fleet.c!.fault = () => ({ kind: "throw", error: "timeout" }),
    more: { clusters: ["a", "b"] },
    reasons: [{ code: "not_seen", clusters: ["c"] }],
    state: "unknown",
    message: /could not be searched: c\. Send the same request again when they are reachable$/,
  },
  {
    name: "not all namespaces of a cluster can be listed",
    options: { stores: { b: narrow } },
    reasons: [{ code: "namespaces_not_listed", clusters: ["b"] }],
    state: "unknown",
    message: /Some namespaces could not be searched in: b$/,
  },
  {
    name: "it is still in use outside the selection",
    more: { clusters: ["a", "b"] },
    reasons: [{ code: "places_left", clusters: ["c"] }],
    state: "remains",
    message: /1 place still contains the old value: c$/,
  },
  {
    name: "it is still in an unlabeled pull secret, which the final search includes",
    options: {
      fill(cluster) {
        putManaged(cluster);
        putForeign(cluster);
      },
    },
    reasons: [{ code: "places_left", clusters: ["a", "b", "c"] }],
    state: "remains",
    message: /3 places still contain/,
  },
  {
    name: "it is stored with white space around it, which is reported and not rewritten",
    options: {
      fill(cluster, name) {
        putManaged(cluster);
        if (name === "a") putManaged(cluster, "padded", `${OLD}\n`);
      },
    },
    reasons: [{ code: "places_left", clusters: ["a"] }],
    state: "remains",
    message: /1 place still contains/,
  },
  {
    name: "Argo CD logs in to a cluster with it, which is never rewritten",
    options: {
      fill(cluster, name) {
        putManaged(cluster);
        const config = JSON.stringify({ bearerToken: OLD });
        if (name === "a") putArgocd(cluster, "k", "cluster", { server: "https://k", config });
      },
    },
    reasons: [{ code: "places_left", clusters: ["a"] }],
    state: "remains",
    message: /1 place still contains/,
  },
  {
    name: "the token is limited to some clusters",
    options: { known: { "production-cluster": {}, "test-a": {} }, ...withTokens },
    more: { clusters: ["*"] },
    headers: bearer("one-cluster"),
    reasons: [{ code: "limited_token" }],
    state: "unknown",
    message: /is limited to some clusters/,
  },
];

for (const { name, options, before, more, headers, reasons, state, message } of ROWS) {
  Deno.test(`an old value is not safe to revoke when ${name}`, async () => {
    const it = rotationStage(options);
    before?.(it);
    const { status, body } = await it.rotate(more, headers);
    assert.equal(status, 200);
    assert.equal(body.safe_to_revoke, false);
    const told = body.reasons!.map(({ code, clusters }) => ({ code, ...clusters && { clusters } }));
    assert.deepEqual(told, reasons);
    assert.match(body.reasons![0]!.message, message);
    assert.equal(body.old_value?.state, state);
    assert.match(body.message!, /not safe to revoke yet/);
  });
}

Deno.test("an old value is gone although the new one contains it, and also after rotating back", async () => {
  const longer = `new-${OLD}`;
  const it = rotationStage({
    fill(cluster) {
      putManaged(cluster);
      putRepository(cluster);
    },
  });
  const back = { find: { password: longer }, set: { password: OLD } };
  for (const more of [{ set: { password: longer } }, back]) {
    const rotated = { a: "rotated", b: "rotated", c: "rotated" };
    const unchanged = { a: "unchanged", b: "unchanged", c: "unchanged" };
    for (const statuses of [rotated, unchanged]) {
      const { body } = await it.rotate(more);
      assert.deepEqual(statusesOf(body), statuses);
      assert.deepEqual([body.old_value!.state, body.old_value!.places], ["gone", []]);
      assert.equal(body.safe_to_revoke, true);
    }
  }
});

Deno.test("a value found once counts as found in a later rotation", async () => {
  const it = rotationStage({
    fill: (cluster) => putManaged(cluster, "ghcr", OLD, { annotations: {} }),
  });
  const first = await it.rotate();
  assert.deepEqual(codesOf(first.body), ["places_left"], "all of them are unmanaged");
  for (const cluster of Object.values(it.fleet)) cluster.secrets.clear();
  const second = await it.rotate();
  assert.deepEqual(statusesOf(second.body), { a: "not_found", b: "not_found", c: "not_found" });
  assert.equal(second.body.safe_to_revoke, true, "the secrets were changed by hand");
  assert.deepEqual([first.body.message, second.body.message], [
    "0 of 3 clusters rotated; the old value is not safe to revoke yet",
    "Not found on any of 3 clusters; the old value is gone and safe to revoke",
  ]);
  const dry = await it.rotate({ find: { password: "another-value" }, dry_run: true });
  assert.equal(dry.body.message, "Not found on any of 3 clusters; nothing was written");
});

Deno.test("everywhere=true also searches unmanaged secrets, and managed_only=false rotates them", async () => {
  const it = rotationStage({ fill: (cluster) => putForeign(cluster) });
  const ours = await it.rotate({ everywhere: true });
  assert.deepEqual(ours.body.clusters[0]!.left.map(({ name, reason }) => [name, reason]), [
    ["foreign", "not_ours"],
  ]);
  const all = await it.rotate({ everywhere: true, managed_only: false });
  assert.deepEqual(statusesOf(all.body), { a: "rotated", b: "rotated", c: "rotated" });
  assert.equal(all.body.safe_to_revoke, true);
});

Deno.test("an old value in the path of a URL is masked where the new one is verified", async () => {
  const refusal = { reachable: true, accepted: false, may: [], asked: "https://x", why: "No" };
  const fill = (cluster: FakeCluster) => {
    const url = `https://git.example.com/${OLD}/app`;
    const data = { type: "git", url, username: "ci", password: OLD };
    putArgocd(cluster, "app", "repository", data, { [WRITE_ANNOTATION]: "an-earlier-write" });
  };
  const at = "https://git.example.com/***/app";
  for (const more of [{}, { dry_run: true }]) {
    const { body } = await rotationStage({ fill }).rotate(more);
    assert.deepEqual(body.verified!.map((each) => each.at), [at]);
  }
  const { status, body } = await rotationStage({ fill, verdict: () => refusal }).rotate();
  assert.equal(status, 422);
  assert.match(body.message!, /refused by https:\/\/git\.example\.com\/\*\*\*\/app: No/);
});

Deno.test("each response lists what is never searched", async () => {
  const { body } = await rotationStage().rotate();
  const told = (body.never_searched as string[]).join();
  for (const what of [/Opaque/, /ConfigMaps/, /environment/, /Git/, /under 12 char/]) {
    assert.match(told, what);
  }
});

const WITHIN: [what: string, from: string, to: string][] = [
  ["the new value contains the old one", OLD, `more-${OLD}-more`],
  ["the old value contains the new one", `more-${OLD}-more`, OLD],
];

for (const [what, from, to] of WITHIN) {
  Deno.test(`when ${what}, the old one is gone, also after the same request again`, async () => {
    const it = rotationStage({ fill: (cluster) => putManaged(cluster, "ghcr", from) });
    const request = { find: { password: from }, set: { password: to } };
    for (const status of ["rotated", "unchanged"]) {
      const { body } = await it.rotate(request);
      assert.deepEqual(statusesOf(body), { a: status, b: status, c: status });
      assert.deepEqual(body.old_value?.places, []);
      assert.equal(body.safe_to_revoke, true);
      assert.deepEqual(body.clusters[0]!.left, []);
    }
  });
}

Deno.test("a place is reported once, whatever the names of its server", async () => {
  const it = rotationStage({
    known: TWO_NAMES,
    fill: (cluster) => putManaged(cluster, "ghcr", OLD, { annotations: {} }),
  });
  const { body } = await it.rotate();
  assert.deepEqual(statusesOf(body), { a: "not_found", b: "not_found" });
  assert.deepEqual(body.old_value?.places.map(({ cluster }) => cluster), ["a"]);
  assert.match(body.reasons![0]!.message, /^1 place /);
});

Deno.test("when the clusters cannot be listed at the end, the rotation is still reported", async () => {
  let lists = 0;
  const { list } = inMemory(usable("a"));
  const it = rotationStage({
    known: { a: {} },
    source: {
      list: () => ++lists === 1 ? list() : Promise.reject(new Error("the folder is gone")),
    },
  });
  const { status, body } = await it.rotate();
  assert.equal(status, 200);
  assert.deepEqual(statusesOf(body), { a: "rotated" });
  assert.deepEqual(body.reasons, [{
    code: "not_seen",
    message:
      "Clusters that could not be searched: *. Send the same request again when they are reachable",
    clusters: ["*"],
  }]);
  assert.equal(it.faults.length, 1);
});

const MEANWHILE: [what: string, later: readonly UsableCluster[], unseen: readonly string[]][] = [
  ["all clusters are gone", [], ["a", "b", "c"]],
  ["one cluster is gone", [usable("a"), usable("c")], ["b"]],
  [
    "one cluster has another API server",
    [usable("a"), usable("b", { identity: "x" }), usable("c")],
    [
      "b",
    ],
  ],
  ["one cluster has a second name, which sorts first", [
    ...[usable("0", { identity: "server of a" }), usable("a"), usable("b"), usable("c")],
  ], []],
];

for (const [what, later, unseen] of MEANWHILE) {
  Deno.test(`if ${what} when the search starts, the selected clusters are ${unseen.length === 0 ? "" : "not "}seen`, async () => {
    let lists = 0;
    const [before, after] = [inMemory(usable("a"), usable("b"), usable("c")), inMemory(...later)];
    const it = rotationStage({
      known: { 0: { identity: "server of a" }, a: {}, b: {}, c: {} },
      source: {
        list: () => (++lists === 1 ? before : after).list(),
        find: (name) => (lists === 1 ? before : after).find(name),
      },
      fill: (cluster, name) => name === "0" ? undefined : putManaged(cluster),
    });
    const { status, body } = await it.rotate();
    assert.equal(status, 200);
    assert.deepEqual(statusesOf(body), { a: "rotated", b: "rotated", c: "rotated" });
    assert.deepEqual(
      body.old_value?.not_seen.map(({ cluster, status }) => [cluster, status]),
      unseen.map((name) => [name, "cluster_not_found"]),
    );
    assert.equal(body.safe_to_revoke, unseen.length === 0);
  });
}

/** `b` is another name of `a`'s server, with its own Argo CD. */
const TWO_NAMES = {
  a: { identity: "one server" },
  b: { identity: "one server", own: { argocdNamespace: "other" } },
};

/** Cannot list the namespace of its own Argo CD. */
const withoutArgocd = (store: SecretStore): SecretStore => ({
  ...store,
  listData: (query, deadline) =>
    query.namespace === "other"
      ? Promise.reject(new KubeError("forbidden", "secrets is forbidden"))
      : store.listData(query, deadline),
});

const BY_TWO_NAMES: [what: string, stores: RotationOptions["stores"], unseen: string[]][] = [
  ["one that reads less than the other hides nothing", { b: narrow }, []],
  ["neither reads everything, so both are reported as not seen", { a: narrow, b: narrow }, [
    "a",
    "b",
  ]],
  ["one that cannot read its own Argo CD is reported as not seen", { b: withoutArgocd }, ["b"]],
];

for (const [what, stores, unseen] of BY_TWO_NAMES) {
  Deno.test(`two names of one server: ${what}`, async () => {
    const it = rotationStage({
      known: TWO_NAMES,
      stores,
      fill: (cluster, name) => name === "a" ? putManaged(cluster) : undefined,
    });
    const { body } = await it.rotate();
    assert.deepEqual(body.old_value?.not_seen.map(({ cluster }) => cluster), unseen);
    assert.equal(body.safe_to_revoke, unseen.length === 0);
  });
}
/** An unparsable configuration that contains the value. */
function putBroken(cluster: FakeCluster): void {
  const [namespace, name] = ["default", "broken"];
  const text = `{"auths": {"ghcr.io": {"password": "${OLD}"`;
  cluster.put(
    { namespace, name, type: "kubernetes.io/dockerconfigjson" },
    { ".dockerconfigjson": encodeBase64Text(text) },
  );
}

Deno.test("a value found by its fingerprint is searched for by value, so that a match inside a text counts", async () => {
  const it = rotationStage({
    fill(cluster, name) {
      putManaged(cluster);
      if (name === "b") putBroken(cluster);
    },
  });
  const { body } = await it.rotate({ find: { fingerprint: await fingerprintOf(OLD) } });
  assert.deepEqual(statusesOf(body), { a: "rotated", b: "rotated", c: "rotated" });
  assert.deepEqual([codesOf(body), body.safe_to_revoke], [["places_left"], false]);
  assert.deepEqual(body.old_value!.places.map(({ cluster, name }) => [cluster, name]), [
    ["b", "broken"],
  ]);
});

Deno.test("a rotation by registry is complete only when all replaced values are gone, earlier ones too", async () => {
  const other = `${CANARY}-other`;
  const it = rotationStage({
    fill(cluster, name) {
      putManaged(cluster, "ghcr", name === "a" ? other : OLD);
      // For another registry, so it is not rotated.
      if (name !== "c") return;
      const auths = { "quay.io": { username: "ci", password: other } };
      putPull(cluster, { namespace: "default", name: "quay" }, auths);
    },
  });
  const more = { find: { registry: "ghcr.io", username: "ci" } };
  const first = await it.rotate({ ...more, clusters: ["a"] });
  assert.deepEqual(codesOf(first.body), ["places_left"]);
  const rest = await it.rotate({ ...more, clusters: ["b", "c"] });
  assert.deepEqual(statusesOf(rest.body), { b: "rotated", c: "rotated" });
  assert.deepEqual([codesOf(rest.body), rest.body.safe_to_revoke], [["places_left"], false]);
  assert.deepEqual(rest.body.old_value!.places.map(({ cluster, name }) => [cluster, name]), [
    ["c", "quay"],
  ]);
});

for (const where of ["this process", "the audit log"]) {
  Deno.test(`a fingerprint made with another key matches none that ${where} remembers`, () =>
    withLog(async ({ auditLog }) => {
      const rotations = new Rotations();
      const services = where === "this process" ? { rotations } : {};
      const log = where === "the audit log" ? { auditLog } : {};
      const before = rotationStage({ ...log, services });
      await before.rotate({ clusters: ["a"] });
      // From now on fingerprints are made with another key.
      const it = rotationStage({
        ...log,
        services: { ...services, fingerprint: (value) => fingerprintOf(`other ${value.reveal()}`) },
      });
      const { body } = await it.rotate({ find: { fingerprint: await fingerprintOf(OLD) } });
      assert.deepEqual(statusesOf(body), { a: "not_found", b: "not_found", c: "not_found" });
      assert.deepEqual([codesOf(body), body.safe_to_revoke], [["never_found"], false]);
    }));
}

Deno.test("a value searched for by its fingerprint is not gone if fingerprints become unavailable", async () => {
  let isKeyThere = true;
  const it = rotationStage({
    services: {
      fingerprint: async (value) => isKeyThere ? await fingerprintOf(value.reveal()) : undefined,
    },
    stores: {
      c: (store) => ({
        ...store,
        async replace(...of) {
          isKeyThere = false;
          return await store.replace(...of);
        },
      }),
    },
  });
  const { body } = await it.rotate({ find: { fingerprint: await fingerprintOf(OLD) } });
  assert.deepEqual(statusesOf(body), { a: "rotated", b: "rotated", c: "rotated" });
  assert.deepEqual([codesOf(body), body.safe_to_revoke], [["never_found"], false]);
});
