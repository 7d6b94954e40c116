import assert from "node:assert/strict";
import type { FleetEvent } from "../../operations/fleet_answers.ts";
import { Failure } from "../failure.ts";
import { type AskFleet, askFleet } from "./ask_fleet.ts";

/** What a call about several clusters tells beside each of them. */

const STARTED = { event: "started", clusters: 2, names: ["a", "b"], rotation: "r-1" } as const;
const A = { event: "cluster", cluster: "a", status_code: 200, answer: { status: "x" } } as const;
const B = { ...A, cluster: "b" };
const DONE = {
  ...{ event: "done", success: true, succeeded: 2, failed: 0, not_begun: 0 },
  safe_to_revoke: true,
} as const;

/** Asks by a way that tells these, and then fails where there is a failure. */
async function asked(events: readonly object[], how: Partial<AskFleet> = {}, failure?: Failure) {
  const awaited: string[] = [];
  async function* told(): AsyncGenerator<FleetEvent> {
    yield* events as FleetEvent[];
    if (failure !== undefined) throw failure;
  }
  const came = await askFleet({ input: {} }, {
    line: {
      expect: () => {},
      begin: (name) => void awaited.push(`+${name}`),
      end: (name) => void awaited.push(`-${name}`),
      say: () => {},
      preview: () => {},
      [Symbol.dispose]: () => {},
    },
    interruption: { signal: new AbortController().signal },
    whenInterrupted: "wait",
    taken: (each) => each,
    onEnded: () => {},
    follow: () => Promise.resolve(told()),
    seconds: () => Promise.resolve(undefined),
    check: () => {},
    checkTold: () => {},
    isWrite: true,
    order: [],
    ...how,
  });
  assert.equal(came.kind, "clusters");
  return { came, awaited };
}

Deno.test("what is told of all clusters, at the beginning and at the end, is kept", async () => {
  const { came } = await asked([STARTED, A, B, DONE]);
  assert.deepEqual(came.kind === "clusters" && [came.told, came.cut], [
    {
      clusters: 2,
      names: ["a", "b"],
      rotation: "r-1",
      ...{ success: true, succeeded: 2, failed: 0, not_begun: 0, safe_to_revoke: true },
    },
    undefined,
  ]);
});

Deno.test("where all clusters were told of and the end was not, it is known why", async () => {
  const failure = new Failure("cut");
  const { came } = await asked([STARTED, A, B], {}, failure);
  assert.ok(came.kind === "clusters");
  assert.equal(came.cut, failure);
  assert.deepEqual(came.asked.map(({ answer }) => answer?.status), [200, 200]);
  assert.equal(came.told.safe_to_revoke, undefined);
});

Deno.test("a stream that ends without an end is cut, too", async () => {
  const { came } = await asked([STARTED, A, B]);
  assert.ok(came.kind === "clusters");
  assert.match(came.cut!.message, /reported no result/);
});

Deno.test("nothing is taken of an end that this program would not tell", async () => {
  const strange = new Failure("strange");
  const checkTold = () => {
    throw strange;
  };
  const { came } = await asked([STARTED, A, B, DONE], { checkTold });
  assert.ok(came.kind === "clusters");
  assert.equal(came.cut, strange);
  assert.equal(came.told.safe_to_revoke, undefined);
});

Deno.test("what is awaited before the first cluster and after the last has a line", async () => {
  const { awaited } = await asked([STARTED, A, B, DONE], {
    steps: { before: "the plan", after: "the search" },
  });
  assert.deepEqual(awaited, [
    "+the plan",
    "-the plan",
    ...["+a", "+b", "-a", "-b"],
    ...["+the search", "-the search"],
  ]);
});
