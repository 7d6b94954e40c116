import assert from "node:assert/strict";
import pLimit from "p-limit";
import type { Call, Gate } from "./gate.ts";
import { crashTests, during, type World } from "./world.ts";

const crashTest = crashTests((test) => Deno.test(test));

/**
 * SIGKILL at each store call of a write to ten namespaces and Argo CD's. Six hold an old value, so
 * there are eleven reads, five creates and six replaces; further replaces are the rollback.
 */

/** Concurrent runs, each in its own namespaces; more than the number of cores gain nothing. */
const AT_ONCE = 2;

interface KillPoint {
  readonly sentence: string;
  /** The calls held at that point. */
  readonly held: readonly [call: Call, number: number, moment: "before" | "after"][];
  /** The number of calls of a kind that are carried out by then. */
  readonly carriedOut?: Partial<Record<Call, number>>;
  /** The API server rejects one of the creates. */
  readonly fails?: boolean;
}

const POINTS: readonly KillPoint[] = [
  { sentence: "before the first read", held: [["read", 1, "before"]] },
  { sentence: "in the middle of the reads", held: [["read", 5, "after"]] },
  { sentence: "at the end of the reads", held: [["read", 11, "after"]] },
  {
    sentence: "before the first write",
    held: [["create", 1, "before"], ["replace", 1, "before"]],
  },
  {
    sentence: "at the first create",
    held: [["create", 1, "after"], ["replace", 1, "before"]],
  },
  {
    sentence: "at the first replace",
    held: [["create", 1, "before"], ["replace", 1, "after"]],
  },
  {
    sentence: "in the middle of the creates, after all replaces",
    held: [["create", 3, "before"]],
    carriedOut: { replace: 6 },
  },
  {
    sentence: "in the middle of the replaces, after all creates",
    held: [["replace", 4, "before"]],
    carriedOut: { create: 5 },
  },
  {
    sentence: "in the middle of the creates and replaces",
    held: [["create", 2, "after"], ["replace", 3, "after"]],
  },
  {
    sentence: "after the last write, before its response",
    held: [["create", 5, "after"], ["replace", 6, "after"]],
  },
  {
    sentence: "before the rollback",
    held: [["remove", 1, "before"], ["replace", 7, "before"]],
    fails: true,
  },
  {
    sentence: "in the middle of the rollback",
    held: [["remove", 2, "after"], ["replace", 9, "after"]],
    fails: true,
  },
  {
    sentence: "at the end of the rollback",
    held: [["remove", 4, "after"], ["replace", 12, "after"]],
    fails: true,
  },
];

crashTest(
  "the server is killed at each of the store calls of a write: each secret is old or new, and the next upsert completes it",
  async (world) => {
    await pLimit(AT_ONCE).map(POINTS, (point) =>
      killAt(point, world).catch((error) => {
        throw new Error(`Killed ${point.sentence}`, { cause: error });
      }));
  },
);

async function killAt(
  { held, carriedOut = {}, fails = false }: KillPoint,
  world: World,
): Promise<void> {
  const targets = await world.targets(10, (place) => place % 2 === 0);
  const full = fails ? await world.fill(targets.namespaces[5]!) : undefined;
  const gate = await world.gate();
  const victim = await world.start({ through: gate, targets });
  const holds = held.map(([call, number, moment]) => gate.holdFrom(call, number, moment));
  await during(
    victim.write(targets),
    ...holds.map(({ reached }) => reached),
    allCarriedOut(gate, carriedOut),
  );
  await victim.kill(() => holds.forEach((hold) => hold.release()));
  await gate.close();
  await targets.assertOldOrNew();

  await full?.empty();
  const next = await world.start({ targets });
  const { status, body } = await next.write(targets);
  assert.equal(status, 200, JSON.stringify(body));
  await targets.assertAll("new");
  await next.kill();
}

function allCarriedOut(gate: Gate, numbers: Partial<Record<Call, number>>): Promise<void> {
  return gate.until(
    `carried out: ${JSON.stringify(numbers)}`,
    ({ carriedOut }) =>
      Object.entries(numbers).every(([call, number]) => carriedOut[call as Call] >= number),
  );
}
