import assert from "node:assert/strict";
import { canonicalPem } from "../../src/credentials/material/canonical.ts";
import { linesOf, makeSshKey } from "../http/material.ts";
import { decodeBase64 } from "../support/base64.ts";
import { TRANSPORTS } from "../support/real_program.ts";
import { KEY_SHAPES, type Shape, SHAPES } from "./leaked_shapes.ts";
import { refsOf, type RotationAnswer, statusesOf } from "./rotation_answer.ts";
import { rotationTests, type RotationWorld, storeShapes } from "./rotation_world.ts";
import { REAL } from "./world.ts";

const rotationTest = rotationTests((test) => Deno.test(test));

/** A value in every shape on four real API servers, beside a closed one and a hung one. */

const EVERYWHERE = { managed_only: false, everywhere: true, verify: false };

const each = (status: string) => Object.fromEntries(REAL.map((name) => [name, status]));

const codes = ({ reasons = [] }: RotationAnswer) => reasons.map(({ code }) => code).toSorted();

/** All secrets of a cluster, as `namespace/name`. */
const refs = ({ where }: RotationWorld, shapes: readonly Shape[]) =>
  refsOf(shapes.map(({ of, name }) => ({ namespace: where[of], name })));

async function assertAllHold(world: RotationWorld, value: string): Promise<void> {
  for (const cluster of REAL) {
    for (const shape of SHAPES) await world.assertHolds(cluster, shape, value);
  }
}

const request = (from: string, to: string, clusters: readonly string[] = REAL) => ({
  ...{ find: { password: from }, set: { password: to }, clusters, ...EVERYWHERE },
});

rotationTest(
  "a dry run reports the plan and changes nothing, and the reverse rotation restores the old value everywhere",
  { transport: "api" },
  async (world) => {
    const { old, new: next, rotate, holders, path } = world;
    for (const name of ["closed", "hung"]) await Deno.remove(`${path}/${name}.kubeconfig`);
    await storeShapes(world, REAL, SHAPES, old.text);
    const planned = await rotate({ ...request(old.text, next.text), dry_run: true });
    assert.equal(planned.status, 200, JSON.stringify(planned.body));
    assert.deepEqual(statusesOf(planned.body), each("rotated"));
    for (const { cluster, secrets } of planned.body.clusters) {
      assert.deepEqual(refsOf(secrets), refs(world, SHAPES), cluster);
    }
    assert.equal(planned.body.safe_to_revoke, false);
    await assertAllHold(world, old.text);

    for (const [from, to] of [[old, next], [next, old]] as const) {
      const { status, body } = await rotate(request(from.text, to.text, ["*"]));
      assert.deepEqual(statusesOf(body), each("rotated"));
      assert.deepEqual([status, body.safe_to_revoke], [200, true], JSON.stringify(body.reasons));
      await assertAllHold(world, to.text);
      assert.deepEqual(await holders(from), []);
    }
  },
);

for (const transport of TRANSPORTS) {
  rotationTest(
    `${transport}: every shape of a value is rotated on every cluster, and nothing else changes`,
    { transport },
    async (world) => {
      const { old, new: next, rotate, holders, path } = world;
      await storeShapes(world, REAL, SHAPES, old.text);
      const all = REAL.flatMap((cluster) => refs(world, SHAPES).map((ref) => `${cluster}/${ref}`));
      assert.deepEqual((await holders(old)).toSorted(), all.toSorted());
      const rotated = await rotate(request(old.text, next.text));
      assert.equal(rotated.status, 200, JSON.stringify(rotated.body));
      assert.deepEqual(statusesOf(rotated.body), each("rotated"));
      for (const { cluster, secrets, left } of rotated.body.clusters) {
        assert.deepEqual([refsOf(secrets), left], [refs(world, SHAPES), []], cluster);
      }
      await assertAllHold(world, next.text);
      assert.deepEqual(await holders(old), [], "an annotation still holds the old value");
      assert.deepEqual(rotated.body.old_value.places, []);
      assert.deepEqual(
        [rotated.body.old_value.state, rotated.body.safe_to_revoke, codes(rotated.body)],
        ["unknown", false, ["not_seen"]],
      );
      assert.deepEqual(
        rotated.body.old_value.not_seen.map(({ cluster }) => cluster),
        ["closed", "hung"],
      );

      // Without unreadable clusters the same request proves that the value is gone.
      for (const name of ["closed", "hung"]) await Deno.remove(`${path}/${name}.kubeconfig`);
      const again = await rotate(request(old.text, next.text));
      assert.deepEqual(statusesOf(again.body), each("unchanged"));
      assert.deepEqual(
        [again.status, again.body.old_value.state, again.body.safe_to_revoke, codes(again.body)],
        [200, "gone", true, []],
      );
    },
  );

  rotationTest(
    `${transport}: an SSH key is found whatever its line endings`,
    { transport },
    async (world) => {
      const { where, stored, rotate } = world;
      const [old, next] = [makeSshKey(), makeSshKey()];
      await storeShapes(world, ["a"], KEY_SHAPES, old);
      const { status, body } = await rotate({
        ...{ find: { ssh_private_key: old }, set: { ssh_private_key: next }, clusters: ["a"] },
        ...EVERYWHERE,
      });
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual(refsOf(body.clusters[0]!.secrets), refs(world, KEY_SHAPES));
      for (const { name, data } of KEY_SHAPES) {
        const secret = await stored("a", where.argocd, name);
        const { sshPrivateKey, url } = secret.data!;
        assert.equal(canonicalPem(decodeBase64(sshPrivateKey!)), canonicalPem(next), name);
        assert.equal(decodeBase64(url!), data(next).url);
        for (const line of linesOf(old)) assert.ok(!JSON.stringify(secret).includes(line), name);
      }
      const answer = JSON.stringify(body);
      for (const line of [...linesOf(old), ...linesOf(next)]) assert.ok(!answer.includes(line));
    },
  );
}
