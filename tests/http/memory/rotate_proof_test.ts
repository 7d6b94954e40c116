import assert from "node:assert/strict";
import { inMemory, usable } from "../../../src/clusters/fake/in_memory.ts";
import { KubeError } from "../../../src/kube/errors.ts";
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

/** Why an old value must not be revoked yet: one test a reason. */

/** What nobody has written through this program, without a docker label. */
function putForeign(cluster: FakeCluster, password = OLD): void {
  const auths = { "ghcr.io": { username: "ci", password } };
  putPull(cluster, { namespace: "default", name: "foreign" }, auths, { labels: {} });
}

/** A store whose kubeconfig may list single namespaces only. */
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
    name: "a cluster outside the selection cannot be seen",
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
    name: "a place outside the selection holds it",
    more: { clusters: ["a", "b"] },
    reasons: [{ code: "places_left", clusters: ["c"] }],
    state: "remains",
    message: /1 place still contains the old value: c$/,
  },
  {
    name: "a pull secret without a label holds it, which is looked at in the end all the same",
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
    name: "it stands somewhere with white space around it, which is told and not rewritten",
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
    name: "the token is for some clusters only",
    options: { known: { "production-cluster": {}, "test-a": {} }, ...withTokens },
    more: { clusters: ["*"] },
    headers: bearer("one-cluster"),
    reasons: [{ code: "limited_token" }],
    state: "unknown",
    message: /is limited to some clusters/,
  },
];

for (const { name, options, before, more, headers, reasons, state, message } of ROWS) {
  Deno.test(`an old value is not safe to revoke where ${name}`, async () => {
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

Deno.test("an old value is gone though the new one has it in it, and so is the new one on the way back", async () => {
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

Deno.test("a value that was found once is known to have been, by whatever it is sought again", async () => {
  const it = rotationStage({
    fill: (cluster) => putManaged(cluster, "ghcr", OLD, { annotations: {} }),
  });
  const first = await it.rotate();
  assert.deepEqual(codesOf(first.body), ["places_left"], "none of them is ours");
  for (const cluster of Object.values(it.fleet)) cluster.secrets.clear();
  const second = await it.rotate();
  assert.deepEqual(statusesOf(second.body), { a: "not_found", b: "not_found", c: "not_found" });
  assert.equal(second.body.safe_to_revoke, true, "somebody else has changed them");
  assert.deepEqual([first.body.message, second.body.message], [
    "0 of 3 clusters rotated; the old value is not safe to revoke yet",
    "Not found on any of 3 clusters; the old value is gone and safe to revoke",
  ]);
  const dry = await it.rotate({ find: { password: "another-value" }, dry_run: true });
  assert.equal(dry.body.message, "Not found on any of 3 clusters; nothing was written");
});

Deno.test("with everywhere what this program did not write is looked at, and rotated if that is wanted", async () => {
  const it = rotationStage({ fill: (cluster) => putForeign(cluster) });
  const ours = await it.rotate({ everywhere: true });
  assert.deepEqual(ours.body.clusters[0]!.left.map(({ name, reason }) => [name, reason]), [
    ["foreign", "not_ours"],
  ]);
  const all = await it.rotate({ everywhere: true, managed_only: false });
  assert.deepEqual(statusesOf(all.body), { a: "rotated", b: "rotated", c: "rotated" });
  assert.equal(all.body.safe_to_revoke, true);
});

Deno.test("what is never looked at is said in every answer", async () => {
  const { body } = await rotationStage().rotate();
  const told = (body.never_searched as string[]).join();
  for (const what of [/Opaque/, /ConfigMaps/, /environment/, /Git/, /under 12 char/]) {
    assert.match(told, what);
  }
});

const WITHIN: [what: string, from: string, to: string][] = [
  ["the new value has the old one in it", OLD, `more-${OLD}-more`],
  ["the old value has the new one in it", `more-${OLD}-more`, OLD],
];

for (const [what, from, to] of WITHIN) {
  Deno.test(`where ${what}, the old one is gone all the same, also for the same request again`, async () => {
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

Deno.test("a place is told once, by whichever names its server is known", async () => {
  const it = rotationStage({
    known: TWO_NAMES,
    fill: (cluster) => putManaged(cluster, "ghcr", OLD, { annotations: {} }),
  });
  const { body } = await it.rotate();
  assert.deepEqual(statusesOf(body), { a: "not_found", b: "not_found" });
  assert.deepEqual(body.old_value?.places.map(({ cluster }) => cluster), ["a"]);
  assert.match(body.reasons![0]!.message, /^1 place /);
});

Deno.test("where it cannot be said in the end which clusters there are, what was done is told all the same", async () => {
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

/** That `b` is another name of `a`'s server, with an Argo CD of its own. */
const TWO_NAMES = {
  a: { identity: "one server" },
  b: { identity: "one server", own: { argocdNamespace: "other" } },
};

/** May list nothing in the namespace of its own Argo CD. */
const withoutArgocd = (store: SecretStore): SecretStore => ({
  ...store,
  listData: (query, deadline) =>
    query.namespace === "other"
      ? Promise.reject(new KubeError("forbidden", "secrets is forbidden"))
      : store.listData(query, deadline),
});

const BY_TWO_NAMES: [what: string, stores: RotationOptions["stores"], unseen: string[]][] = [
  ["one that sees less than the other hides nothing", { b: narrow }, []],
  ["where none sees all of it, it is not seen", { a: narrow, b: narrow }, ["a", "b"]],
  ["each has to see its own Argo CD", { b: withoutArgocd }, ["b"]],
];

for (const [what, stores, unseen] of BY_TWO_NAMES) {
  Deno.test(`of two names of one server ${what}`, async () => {
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
/** A configuration that nobody can parse, with the value in it. */
function putBroken(cluster: FakeCluster): void {
  const [namespace, name] = ["default", "broken"];
  const text = `{"auths": {"ghcr.io": {"password": "${OLD}"`;
  cluster.put(
    { namespace, name, type: "kubernetes.io/dockerconfigjson" },
    { ".dockerconfigjson": encodeBase64Text(text) },
  );
}

Deno.test("what was found by its fingerprint is looked for by its value, so that a part of a text is seen", async () => {
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

Deno.test("what is sought by its registry is gone when all its values are, also those of an earlier part", async () => {
  const other = `${CANARY}-other`;
  const it = rotationStage({
    fill(cluster, name) {
      putManaged(cluster, "ghcr", name === "a" ? other : OLD);
      // Of another registry, so that it is not rotated.
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
  Deno.test(`a fingerprint that another key made is none that ${where} remembers`, () =>
    withLog(async ({ auditLog }) => {
      const rotations = new Rotations();
      const services = where === "this process" ? { rotations } : {};
      const log = where === "the audit log" ? { auditLog } : {};
      const before = rotationStage({ ...log, services });
      await before.rotate({ clusters: ["a"] });
      // From now on another key makes them, of all values others.
      const it = rotationStage({
        ...log,
        services: { ...services, fingerprint: (value) => fingerprintOf(`other ${value.reveal()}`) },
      });
      const { body } = await it.rotate({ find: { fingerprint: await fingerprintOf(OLD) } });
      assert.deepEqual(statusesOf(body), { a: "not_found", b: "not_found", c: "not_found" });
      assert.deepEqual([codesOf(body), body.safe_to_revoke], [["never_found"], false]);
    }));
}

Deno.test("what was looked for by its fingerprint is not gone where none could be made any more", async () => {
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
