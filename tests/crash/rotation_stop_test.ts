import assert from "node:assert/strict";
import { inRotationWorld, type RotationWorld, underWay } from "./rotation_world.ts";
import { within } from "./within.ts";

/** A rotation that is stopped, or whose client disconnects, while it writes to its first clusters. */

/** Milliseconds of a write: long enough for a signal to arrive. */
const SLOW = 1500;

/** Starts a rotation; resolves when the first cluster is written to. */
async function begun({ emulators, start }: RotationWorld, more?: RequestInit) {
  const running = await start();
  const reached = Promise.withResolvers<void>();
  emulators.c00!.fault = ({ method }) => {
    if (method !== "PUT") return undefined;
    reached.resolve();
    return { kind: "delay", milliseconds: SLOW };
  };
  const answer = running.rotate(more);
  await within("a cluster is being written to", reached.promise);
  return { ...running, answer };
}

Deno.test("SIGTERM during a rotation: current writes finish, the remaining clusters are reported as not started, the same request completes the rotation", () =>
  inRotationWorld(async (world) => {
    world.reset();
    const { program, answer } = await begun(world);
    program.kill("SIGTERM");
    const { status, body } = await answer;
    assert.equal(status, 207, JSON.stringify(body));
    const [first, second, ...others] = body.clusters.map(({ status }) => status);
    assert.deepEqual([first, second], ["rotated", "rotated"]);
    assert.deepEqual([...new Set(others)], ["not_begun"]);
    assert.notEqual(body.old_value.state, "gone");
    assert.equal(body.safe_to_revoke, false);
    assert.equal((await program.ended).code, 0);
    assert.deepEqual(underWay(world.audit()), []);
    const done = world.look().filter(([, held]) => !held.includes("old")).map(([name]) => name);
    assert.deepEqual(done, ["c00", "c01"]);

    world.emulators.c00!.fault = undefined;
    const { program: next, rotate } = await world.start();
    const again = await rotate();
    assert.deepEqual([again.status, again.body.safe_to_revoke], [200, true]);
    assert.ok(world.look().every(([, held]) => !held.includes("old")));
    next.kill("SIGTERM");
    assert.equal((await next.ended).code, 0);
  }));

for (const accept of ["application/json", "application/x-ndjson"]) {
  Deno.test(`a client disconnects during a rotation (${accept}): current writes finish, no further cluster is started, the same request completes the rotation`, () =>
    inRotationWorld(async (world) => {
      world.reset();
      const leaving = new AbortController();
      const { program, answer, rotate } = await begun(world, {
        signal: leaving.signal,
        headers: { accept },
      });
      leaving.abort();
      await assert.rejects(answer);
      world.emulators.c00!.fault = undefined;
      await within("the rotation has finished", program.line(/path=\/api\/v1\/rotations /));
      assert.deepEqual(underWay(world.audit()), []);
      const done = world.look().filter(([, held]) => !held.includes("old")).map(([name]) => name);
      assert.deepEqual(done, ["c00", "c01"]);

      const again = await rotate();
      assert.deepEqual([again.status, again.body.safe_to_revoke], [200, true]);
      assert.ok(world.look().every(([, held]) => !held.includes("old")));
      program.kill("SIGTERM");
      assert.equal((await program.ended).code, 0);
    }));
}
