import assert from "node:assert/strict";
import { TRANSPORTS } from "../support/real_program.ts";
import { type Manifest, manifestOf, type Shape, SHAPES } from "./leaked_shapes.ts";
import { refsOf, statusesOf } from "./rotation_answer.ts";
import { rotationTests, type RotationWorld } from "./rotation_world.ts";

const rotationTest = rotationTests((test) => Deno.test(test));

/** Secrets on a real API server that a rotation leaves, and the options that include them. */

const shape = (name: string): Shape => SHAPES.find((each) => each.name === name)!;

const OURS = { "app.kubernetes.io/managed-by": "argocd-configurer" };
const OWNER = { "argocd.argoproj.io/instance": "apps" };

/** A pull secret of a shape, under another name. */
function pull(
  { where, old }: RotationWorld,
  name: string,
  labels: object,
  more: object = {},
): Manifest {
  const { metadata, ...rest } = manifestOf(shape("password"), old.text, where);
  return {
    ...rest,
    ...more,
    metadata: { ...metadata, name, labels: { ...metadata.labels, ...labels } },
  };
}

/** The whole secret, including what changes at each write. */
const whole = async ({ stored, where }: RotationWorld, name: string) =>
  await stored("a", where.team, name);

for (const transport of TRANSPORTS) {
  rotationTest(
    `${transport}: owned, immutable and unmanaged secrets are left with a remedy, and rotated on request`,
    { transport },
    async (world) => {
      const { where, old, new: next, store, rotate, holders, assertHolds } = world;
      const LEFT: [name: string, reason: string][] = [
        ["immutable", "immutable"],
        ["not-ours", "not_ours"],
        ["owned", "owned"],
      ];
      await store("a", [
        pull(world, "password", OURS),
        pull(world, "owned", { ...OURS, ...OWNER }),
        pull(world, "immutable", OURS, { immutable: true }),
        pull(world, "not-ours", {}),
      ]);
      const before = await Promise.all(LEFT.map(([name]) => whole(world, name)));
      const request = {
        find: { registry: "ghcr.io", username: "ci" },
        set: { password: next.text },
        ...{ clusters: ["a"], verify: false },
      };
      const same = { ...request, find: { password: old.text } };
      const first = await rotate(same);
      assert.equal(first.status, 200, JSON.stringify(first.body));
      const [{ status, secrets, left } = assert.fail()] = first.body.clusters;
      assert.deepEqual([status, refsOf(secrets)], ["rotated", [`${where.team}/password`]]);
      assert.deepEqual(left.map(({ name, reason }) => [name, reason]).toSorted(), LEFT);
      for (const { name, remedy } of left) assert.ok(remedy, name);
      await assertHolds("a", shape("password"), next.text);
      assert.deepEqual(await Promise.all(LEFT.map(([name]) => whole(world, name))), before);
      assert.deepEqual(
        first.body.old_value.places.map(({ name }) => name).toSorted(),
        LEFT.map(([name]) => name),
      );
      const codes = first.body.reasons!.map(({ code }) => code).toSorted();
      assert.deepEqual(
        [first.body.old_value.state, first.body.safe_to_revoke, codes],
        ["remains", false, ["not_seen", "places_left"]],
      );

      const others = await rotate({ ...same, managed_only: false });
      assert.deepEqual(
        refsOf(others.body.clusters[0]!.secrets.filter(({ name }) => name === "not-ours")),
        [`${where.team}/not-ours`],
        JSON.stringify(others.body),
      );
      const forced = await rotate({ ...same, managed_only: false, force: true });
      assert.equal(forced.status, 200, JSON.stringify(forced.body));
      assert.deepEqual([statusesOf(forced.body), forced.body.clusters[0]!.left], [
        { a: "rotated" },
        [],
      ]);
      assert.deepEqual(await holders(old), []);
      const taken = await whole(world, "immutable");
      assert.equal(
        (taken as { immutable?: boolean }).immutable,
        true,
        "the rotated secret is immutable again",
      );
    },
  );
}
