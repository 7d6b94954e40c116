import assert from "node:assert/strict";
import type { AuditEntry } from "../../src/audit/entry.ts";
import { seededRandom } from "./random.ts";
import {
  CLUSTERS,
  clustersOf,
  type Held,
  inRotationWorld,
  type RotationWorld,
  type Running,
  underWay,
} from "./rotation_world.ts";
import { within } from "./within.ts";

/** SIGKILL at random instants of a rotation over twelve emulated clusters. */

const INSTANTS = 50;

/** Concurrent runs, each with its own clusters; more than the number of cores gain nothing. */
const LANES = 2;

/** The kills of a lane. If fewer than a tenth of them interrupted a write, it goes on, up to three times as many. */
const KILLS = INSTANTS / LANES;
const LEAST = KILLS / 10;

Deno.test(`the server is killed at ${INSTANTS} random instants of a rotation over ${CLUSTERS.length} clusters: no secret is half-written, the log names the interrupted clusters, the same request completes the rotation`, async () => {
  const given = Deno.env.get("CRASH_SEED");
  const seed = given ? Number(given) : crypto.getRandomValues(new Uint32Array(1))[0]!;
  let met = 0;
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    inRotationWorld(async (world) => {
      met += await killAgainAndAgain(world, seed + lane);
    }));
  await Promise.all(lanes).catch((error) => {
    throw new Error(`Again with CRASH_SEED=${seed}`, { cause: error });
  });
  assert.ok(met >= INSTANTS / 10, `only ${met} of the kills have interrupted a write`);
});

/** @returns the number of kills that have interrupted writes */
async function killAgainAndAgain(world: RotationWorld, seed: number): Promise<number> {
  const random = seededRandom(seed);
  let running = await world.start();
  await rotated(world, running); // the first rotation of a program is slower
  const began = performance.now();
  await rotated(world, running);
  let duration = performance.now() - began;
  let met = 0;
  for (let instant = 1; instant <= KILLS || (met < LEAST && instant <= 3 * KILLS); instant++) {
    const delay = duration * random();
    world.reset();
    const rotating = running.rotate().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, delay));
    running.program.kill("SIGKILL");
    await within("the server exits", running.program.ended);
    // A loaded machine may slow down and speed up: the instants follow the duration.
    if (await rotating) duration = Math.min(duration, Math.max(delay, 0.8 * duration));
    else if (delay > 0.9 * duration) duration *= 1.1;
    try {
      const next = await completed(world);
      if (next.interrupted > 0) met++;
      running = next.running;
    } catch (error) {
      const when = `killed at instant ${instant}, after ${delay.toFixed(1)} ms`;
      throw new Error(when, { cause: error });
    }
  }
  return met;
}

async function rotated(world: RotationWorld, { rotate }: Running): Promise<void> {
  world.reset();
  const { status, body } = await rotate();
  assert.deepEqual([status, body.safe_to_revoke], [200, true], JSON.stringify(body));
}

/** After a kill: the next program names the clusters with interrupted writes, and completes the rotation. */
async function completed(
  world: RotationWorld,
): Promise<{ readonly running: Running; readonly interrupted: number }> {
  const held = world.look();
  const before = world.audit();
  const open = clustersOf(underWay(before));
  for (const [name, each] of held) {
    const isBetween = new Set(each).size > 1;
    assert.ok(!isBetween || open.includes(name), `${name} is partly rotated and not reported`);
  }
  const running = await world.start();
  for (const name of open) {
    const line = new RegExp(`WARNING audit: write interrupted .*kind=rotate .* cluster=${name} `);
    await within(`${name} is reported`, running.program.line(line));
  }
  const { status, body } = await running.rotate();
  assert.equal(status, 200, JSON.stringify(body));
  await assertShown(running, before, Object.fromEntries(held));
  const told = world.audit().slice(before.length).filter(({ phase }) => phase === "interrupted");
  assert.deepEqual(clustersOf(told), open);
  assert.deepEqual(
    body.clusters.map(({ cluster, status }) => [cluster, status]),
    held.map(([name, each]) => [name, each.includes("old") ? "rotated" : "unchanged"]),
  );
  for (const [name, each] of world.look()) assert.ok(!each.includes("old"), name);
  assert.deepEqual([body.old_value.state, body.old_value.places], ["gone", []]);
  // Even if nothing was left to do: the audit log has the search's result.
  assert.equal(body.safe_to_revoke, true, JSON.stringify(body.reasons));
  return { running, interrupted: open.length };
}

/** The audit log shows the progress of a killed rotation. */
async function assertShown(
  { show }: Running,
  before: readonly AuditEntry[],
  held: Readonly<Record<string, readonly Held[]>>,
): Promise<void> {
  const whole = underWay(before).find(({ cluster }) => cluster === undefined);
  if (whole === undefined) return;
  const { status, body } = await show(whole.write!);
  assert.deepEqual([status, body.state], [200, "interrupted"], JSON.stringify(body));
  assert.notEqual(body.safe_to_revoke, true);
  const by = (wanted: string) =>
    body.clusters.filter(({ status }) => status === wanted).map(({ cluster }) => cluster);
  assert.deepEqual(by("failed"), clustersOf(underWay(before)));
  for (const cluster of by("rotated")) assert.ok(!held[cluster]!.includes("old"), cluster);
}
