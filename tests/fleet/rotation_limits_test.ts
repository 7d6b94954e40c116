import assert from "node:assert/strict";
import { administrator, kubeconfigOf } from "../crash/admin.ts";
import { type Gate, openGate } from "../crash/gate.ts";
import { encodeBase64 } from "../support/base64.ts";
import { TRANSPORTS } from "../support/real_program.ts";
import { type Shape, SHAPES } from "./leaked_shapes.ts";
import { type RotationAnswer, statusesOf } from "./rotation_answer.ts";
import { rotationTests, type RotationWorld, storeShapes } from "./rotation_world.ts";
import { REAL, type RealName } from "./world.ts";

const rotationTest = rotationTests((test) => Deno.test(test));

/** Rotations on real API servers that are stopped halfway or before anything is written. */

/** Enough to see that nothing is half-written. */
const TWO: readonly Shape[] = SHAPES.filter(({ name }) =>
  ["password", "repository"].includes(name)
);

const request = ({ old, new: next }: RotationWorld, which: object) => ({
  find: { password: old.text },
  set: { password: next.text },
  ...{ managed_only: false, verify: false },
  ...which,
});

/** Fails unless these clusters hold the new value and the others the old one, each whole. */
async function assertNewOn(world: RotationWorld, clusters: readonly RealName[]): Promise<void> {
  for (const cluster of REAL) {
    const { text } = clusters.includes(cluster) ? world.new : world.old;
    for (const shape of TWO) await world.assertHolds(cluster, shape, text);
  }
}

/** Routes a cluster through a gate. */
async function throughGate({ planes, write }: RotationWorld, cluster: RealName): Promise<Gate> {
  const gate = await openGate(await administrator(planes[cluster]));
  await write(`${cluster}.kubeconfig`, kubeconfigOf(gate.access));
  return gate;
}

const codesOf = ({ reasons = [] }: RotationAnswer) => reasons.map(({ code }) => code).toSorted();

rotationTest(
  "more unreadable clusters than max_failures prevent every write",
  { transport: "auto" },
  async (world) => {
    await storeShapes(world, REAL, TWO, world.old.text);
    for (const [which, max_failures] of [[["*"], 1], [["a", "b", "closed"], 0]] as const) {
      const { status, body } = await world.rotate(
        request(world, { clusters: which, max_failures }),
      );
      assert.deepEqual([status, body.code], [409, "clusters_not_seen"], JSON.stringify(body));
    }
    await assertNewOn(world, []);
    const enough = await world.rotate(request(world, { clusters: ["*"], max_failures: 2 }));
    assert.equal(enough.status, 207, JSON.stringify(enough.body));
    assert.deepEqual(statusesOf(enough.body), {
      ...{ a: "rotated", b: "rotated", c: "rotated", d: "rotated" },
      ...{ closed: "failed", hung: "failed" },
    });
    await assertNewOn(world, REAL);
    assert.deepEqual([enough.body.safe_to_revoke, codesOf(enough.body)], [false, ["not_seen"]]);
  },
);

rotationTest(
  "a canary that cannot be written to leaves the other clusters unchanged, and the same request completes the rotation",
  { transport: "auto" },
  async (world) => {
    const { as, rotate } = world;
    await storeShapes(world, REAL, TWO, world.old.text);
    await as("b", "reader");
    const body = request(world, { clusters: REAL, first: ["b"], max_failures: 3 });
    const failed = await rotate(body);
    assert.deepEqual([failed.status, failed.body.code], [502, "forbidden"]);
    assert.deepEqual(statusesOf(failed.body), {
      ...{ a: "not_begun", b: "failed", c: "not_begun", d: "not_begun" },
    });
    await assertNewOn(world, []);
    assert.deepEqual(
      [failed.body.old_value.state, failed.body.safe_to_revoke, codesOf(failed.body)],
      ["remains", false, ["not_seen", "places_left"]],
    );

    await as("b", "administrator");
    const completed = await rotate(body);
    assert.equal(completed.status, 200, JSON.stringify(completed.body));
    await assertNewOn(world, REAL);
  },
);

rotationTest(
  "after more than max_failures failures no further cluster is started",
  { transport: "auto", settings: { "fleet-at-once": 1 } },
  async (world) => {
    const { as, rotate } = world;
    await storeShapes(world, REAL, TWO, world.old.text);
    await as("b", "reader");
    // In the order of names, one at a time.
    const failed = await rotate(request(world, { clusters: REAL }));
    assert.equal(failed.status, 207, JSON.stringify(failed.body));
    assert.deepEqual(statusesOf(failed.body), {
      ...{ a: "rotated", b: "failed", c: "not_begun", d: "not_begun" },
    });
    await assertNewOn(world, ["a"]);
    const more = await rotate(request(world, { clusters: REAL, max_failures: 1 }));
    assert.equal(more.status, 207, JSON.stringify(more.body));
    assert.deepEqual(statusesOf(more.body), {
      ...{ a: "unchanged", b: "failed", c: "rotated", d: "rotated" },
    });
    await assertNewOn(world, ["a", "c", "d"]);
  },
);

rotationTest(
  "when only single namespaces can be read, the state of the old value is unknown",
  { transport: "auto", settings: { "docker-namespaces": ["team-a"] } },
  async (world) => {
    const { as, rotate, path, write, where, stored } = world;
    for (const name of ["closed", "hung", "alias"]) await Deno.remove(`${path}/${name}.kubeconfig`);
    await storeShapes(world, REAL, TWO, world.old.text);
    await as("c", "two-namespaces");
    // The user may read Argo CD's default namespace only.
    const labels = REAL.filter((name) => name !== "c").map((name) =>
      `${name}: {argocd-configurer.io/argocd-namespace: ${where.argocd}}\n`
    );
    await write("labels.yaml", labels.join(""));
    const { status, body } = await rotate(request(world, { clusters: ["!c"] }));
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      [body.old_value.state, body.safe_to_revoke, codesOf(body)],
      ["unknown", false, ["namespaces_not_listed"]],
    );
    assert.deepEqual(body.old_value.not_seen.map(({ cluster }) => cluster), ["c"]);
    // In fact the old value is still there.
    await stored("c", where.team, "password");
    await assertNewOn(world, ["a", "b", "d"]);
  },
);

for (const transport of TRANSPORTS) {
  // The first read is of Argo CD's secrets, for the plan.
  for (const [moment, number] of [["read", 2], ["replace", 1]] as const) {
    rotationTest(
      `${transport}: a secret changed before its ${moment} is left as changed, and its cluster is left unrotated`,
      { transport },
      async (world) => {
        const { planes, where, rotate, stored, assertHolds, old, new: next } = world;
        await storeShapes(world, ["a", "b"], TWO, old.text);
        await using gate = await throughGate(world, "a");
        const hold = gate.holdFrom(moment, number, "before");
        const body = request(world, { clusters: ["a", "b"], max_failures: 1 });
        const answer = rotate(body);
        await hold.reached;
        const path = `/api/v1/namespaces/${where.team}/secrets/password`;
        const data = { extra: encodeBase64("of somebody else") };
        const changed = await planes.a.request("PATCH", path, { data });
        assert.equal(changed.status, 200, JSON.stringify(changed.body));
        hold.release();
        const { status, body: said } = await answer;
        assert.equal(status, 207, JSON.stringify(said));
        assert.deepEqual(statusesOf(said), { a: "failed", b: "rotated" });
        const failed = said.clusters[0]!.answer!;
        assert.equal(failed.code, "secret_changed", JSON.stringify(failed));
        assert.match(failed.message, /again/);
        // Exactly as changed, and the other secret is as before.
        const { metadata, ...kept } = await stored("a", where.team, "password");
        const { metadata: theirs, ...whole } = changed.body;
        assert.deepEqual([kept, metadata.resourceVersion], [whole, theirs.resourceVersion]);
        await assertHolds("a", TWO.find(({ name }) => name === "repository")!, old.text);

        const again = await rotate(body);
        assert.equal(again.status, 200, JSON.stringify(again.body));
        assert.deepEqual(statusesOf(again.body), { a: "rotated", b: "unchanged" });
        const { data: now } = await stored("a", where.team, "password");
        assert.equal(now!.extra, data.extra);
        assert.deepEqual(await world.holders(old), []);
        await assertHolds("b", TWO[0]!, next.text);
      },
    );
  }
}

rotationTest(
  "a second rotation of a value is rejected while the first runs, whose progress can be read",
  { transport: "api" },
  async (world) => {
    const { rotate, ask, credential, old } = world;
    await storeShapes(world, REAL, TWO, old.text);
    await using gate = await throughGate(world, "a");
    const hold = gate.holdFrom("replace", 1, "before");
    const body = request(world, { clusters: REAL, first: ["a"] });
    const first = rotate(body);
    await hold.reached;
    const second = await rotate({
      ...body,
      set: { password: credential().text },
    }) as { status: number; body: { code?: string; rotation: string } };
    assert.deepEqual([second.status, second.body.code], [409, "rotation_running"]);
    const show = () =>
      ask<RotationAnswer & { state: string }>("GET", `/rotations/${second.body.rotation}`);
    assert.equal((await show()).body.state, "running");
    await assertNewOn(world, []);
    hold.release();
    const { status, body: done } = await first;
    assert.equal(status, 200, JSON.stringify(done));
    assert.equal(done.rotation, second.body.rotation);
    await assertNewOn(world, REAL);
    const shown = await show();
    assert.deepEqual([shown.status, shown.body.state], [200, "done"]);
    assert.deepEqual(statusesOf(shown.body), statusesOf(done));

    // Its ID is on the clusters and in the audit log.
    const secret = await world.stored("c", world.where.team, "password");
    const mark = secret.metadata.annotations!["argocd-configurer.io/request"]!;
    assert.ok(mark.startsWith(done.rotation), `${mark} is not of ${done.rotation}`);
    const lines = world.audit().filter(({ rotation }) => rotation === done.rotation);
    assert.deepEqual(
      lines.flatMap(({ cluster, phase }) => cluster && phase === "end" ? [cluster] : []).toSorted(),
      [...REAL],
    );
    const unknown = await ask("GET", "/rotations/r-0000000000000000");
    assert.equal(unknown.status, 404);
  },
);
