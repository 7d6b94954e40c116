import assert from "node:assert/strict";
import { seededRandom } from "./random.ts";
import type { Targets } from "./targets.ts";
import { crashTests, type Running, type World } from "./world.ts";

const crashTest = crashTests((test) => Deno.test(test));

/** SIGKILL at random instants of a write. */

/** Concurrent runs, each in its own namespaces; more than the number of cores gain nothing. */
const LANES = 2;
const INSTANTS = 50;

crashTest(
  `the server is killed at ${INSTANTS} random instants of a write: each secret is old or new, and the next upsert completes it`,
  async (world) => {
    const given = Deno.env.get("CRASH_SEED");
    const seed = given ? Number(given) : crypto.getRandomValues(new Uint32Array(1))[0]!;
    const lanes = Array.from({ length: LANES }, (_, lane) => killAgainAndAgain(world, seed + lane));
    await Promise.all(lanes.map((lane) =>
      lane.catch((error) => {
        throw new Error(`Again with CRASH_SEED=${seed}`, { cause: error });
      })
    ));
  },
);

async function killAgainAndAgain(world: World, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const targets = await world.targets(10, (place) => place % 2 === 0);
  let running = await world.start({ targets });
  await complete(running, targets); // the first write of a program is slower
  await targets.reset();
  const began = performance.now();
  await complete(running, targets);
  let duration = performance.now() - began;
  for (let instant = 1; instant <= INSTANTS / LANES; instant++) {
    const delay = duration * random();
    await targets.reset();
    const write = running.write(targets).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, delay));
    await running.kill();
    // Answered already: the next kills come earlier.
    if (await write) duration *= 0.95;
    try {
      await targets.assertOldOrNew();
      running = await world.start({ targets });
      await complete(running, targets);
    } catch (error) {
      const when = `killed at instant ${instant}, after ${delay.toFixed(1)} ms`;
      throw new Error(when, { cause: error });
    }
  }
}

async function complete(running: Running, targets: Targets): Promise<void> {
  const { status, body } = await running.write(targets);
  assert.equal(status, 200, JSON.stringify(body));
  await targets.assertAll("new");
}
