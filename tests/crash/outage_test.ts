import assert from "node:assert/strict";
import type { Targets } from "./targets.ts";
import { type Answered, crashTests, during, type World } from "./world.ts";

const crashTest = crashTests((test) => Deno.test(test));

/** The API server disappears in the middle of a write: the response states what the cluster really holds. */

crashTest(
  "when the API server disappears during a write, the response names each secret left behind",
  async (world) => {
    await Promise.all([1, 3, 5].map((number) => loseServerAfter(number, world)));
  },
);

/** Timeouts of the write in seconds, which it uses up. A loaded machine needs a longer one to get that far. */
const TIMEOUTS = [5, 10, 20, 40];

/** @param number of the last of five creates that is carried out; its response is not sent */
async function loseServerAfter(number: number, world: World): Promise<void> {
  for (const seconds of TIMEOUTS) if (await loseServerWithin(seconds, number, world)) return;
}

/** @returns whether the write got that far within this timeout; with the longest one it has to */
async function loseServerWithin(seconds: number, number: number, world: World): Promise<boolean> {
  const targets = await world.targets(9, (place) => place % 2 === 0);
  const gate = await world.gate();
  const running = await world.start({ through: gate, targets, seconds });
  // The first write of a program is the slowest: on a busy machine too slow for this timeout.
  await running.write(targets);
  await targets.reset();
  const creating = gate.holdFrom("create", number, "after");
  const replacing = gate.holdFrom("replace", 2, "after");
  const write = running.write(targets);
  try {
    await during(write, creating.reached, replacing.reached);
  } catch (error) {
    if (seconds === TIMEOUTS.at(-1)) throw error;
    await gate.close();
    return false;
  }
  await gate.close();

  const answer = await write;
  assert.notEqual(answer.status, 200, JSON.stringify(answer.body));
  assert.equal(answer.body.rolled_back, undefined);
  await assertTruthful(answer, targets);
  const again = await (await world.start({ targets })).write(targets);
  assert.equal(again.status, 200, JSON.stringify(again.body));
  await targets.assertAll("new");
  return true;
}

crashTest(
  "when the API server returns in time, the write is rolled back completely",
  async (world) => {
    const targets = await world.targets(9, (place) => place % 2 === 0);
    await world.fill(targets.namespaces[7]!);
    const gate = await world.gate();
    const running = await world.start({ through: gate, targets });
    const creating = gate.holdFrom("create", 2, "after");
    const replacing = gate.holdFrom("replace", 2, "after");
    const write = running.write(targets);
    await during(write, creating.reached, replacing.reached);
    const outage = gate.outage();
    creating.release();
    replacing.release();
    await during(
      write,
      gate.until("the server reads again to find the outcome", ({ cut }) => cut.read > 0),
    );
    outage.end();

    const answer = await write;
    assert.equal(answer.body.rolled_back, true, JSON.stringify(answer.body));
    await assertTruthful(answer, targets);
    await targets.assertAll("as before");
  },
);

crashTest(
  "after a brief API server outage the response states the actual outcome",
  async (world) => {
    const targets = await world.targets(9, (place) => place % 2 === 0);
    const gate = await world.gate();
    const running = await world.start({ through: gate, targets });
    const creating = gate.holdFrom("create", 5, "after");
    const replacing = gate.holdFrom("replace", 5, "after");
    const write = running.write(targets);
    await during(write, creating.reached, replacing.reached);
    const outage = gate.outage();
    creating.release();
    replacing.release();
    await during(
      write,
      gate.until("the server reads again to find the outcome", ({ cut }) => cut.read > 0),
    );
    outage.end();
    await assertTruthful(await write, targets);
  },
);

interface Left {
  readonly namespace: string;
  readonly state: "new" | "missing" | "changed" | "unknown";
}

/** Compares the response with what the API server holds. */
async function assertTruthful({ status, body }: Answered, targets: Targets): Promise<void> {
  if (status === 200) return await targets.assertAll("new");
  if (body.rolled_back === true) return await targets.assertAll("as before");
  const left = new Map((body.not_restored as Left[]).map((each) => [each.namespace, each.state]));
  assert.ok(left.size > 0, JSON.stringify(body));
  for (const [namespace, held] of await targets.look()) {
    const state = left.get(namespace);
    const said = `${namespace} holds ${held}, held ${targets.before(namespace)}: ${state}`;
    if (state === undefined) assert.equal(held, targets.before(namespace), said);
    if (state === "new") assert.equal(held, "new", said);
    if (state === "missing") assert.equal(held, "nothing", said);
    assert.notEqual(state, "changed", said); // nobody else writes
  }
}
