import assert from "node:assert/strict";
import type { FleetEvent } from "../../operations/fleet_answers.ts";
import { Failure } from "../failure.ts";
import { type RequestFleet, requestFleet } from "./request_fleet.ts";

/** The fields of a stream about all clusters. */

const STARTED = { event: "started", clusters: 2, names: ["a", "b"], rotation: "r-1" } as const;
const A = { event: "cluster", cluster: "a", status_code: 200, answer: { status: "x" } } as const;
const B = { ...A, cluster: "b" };
const DONE = {
  ...{ event: "done", success: true, succeeded: 2, failed: 0, not_begun: 0 },
  safe_to_revoke: true,
} as const;

/** Reads these events, and then the failure, if there is one. */
async function read(
  events: readonly object[],
  how: Partial<RequestFleet> = {},
  failure?: Failure,
) {
  const awaited: string[] = [];
  async function* stream(): AsyncGenerator<FleetEvent> {
    yield* events as FleetEvent[];
    if (failure !== undefined) throw failure;
  }
  const came = await requestFleet({ input: {} }, {
    line: {
      expect: () => {},
      start: (name) => void awaited.push(`+${name}`),
      finish: (name) => void awaited.push(`-${name}`),
      print: () => {},
      preview: () => {},
      [Symbol.dispose]: () => {},
    },
    interruption: { signal: new AbortController().signal },
    whenInterrupted: "wait",
    adjusted: (each) => each,
    onFinished: () => {},
    follow: () => Promise.resolve(stream()),
    seconds: () => Promise.resolve(undefined),
    check: () => {},
    checkFields: () => {},
    isWrite: true,
    order: [],
    ...how,
  });
  assert.equal(came.kind, "clusters");
  return { came, awaited };
}

Deno.test("the fields of the first and the last event are kept", async () => {
  const { came } = await read([STARTED, A, B, DONE]);
  assert.deepEqual(came.kind === "clusters" && [came.fields, came.cut], [
    {
      clusters: 2,
      names: ["a", "b"],
      rotation: "r-1",
      ...{ success: true, succeeded: 2, failed: 0, not_begun: 0, safe_to_revoke: true },
    },
    undefined,
  ]);
});

Deno.test("the failure of a stream that breaks after the last cluster is kept", async () => {
  const failure = new Failure("cut");
  const { came } = await read([STARTED, A, B], {}, failure);
  assert.ok(came.kind === "clusters");
  assert.equal(came.cut, failure);
  assert.deepEqual(came.results.map(({ answer }) => answer?.status), [200, 200]);
  assert.equal(came.fields.safe_to_revoke, undefined);
});

Deno.test("a stream that ends without its last event is cut, too", async () => {
  const { came } = await read([STARTED, A, B]);
  assert.ok(came.kind === "clusters");
  assert.match(came.cut!.message, /reported no result/);
});

Deno.test("the fields of an unexpected last event are dropped", async () => {
  const unexpected = new Failure("strange");
  const checkFields = () => {
    throw unexpected;
  };
  const { came } = await read([STARTED, A, B, DONE], { checkFields });
  assert.ok(came.kind === "clusters");
  assert.equal(came.cut, unexpected);
  assert.equal(came.fields.safe_to_revoke, undefined);
});

Deno.test("the steps before the first cluster and after the last one have a line", async () => {
  const { awaited } = await read([STARTED, A, B, DONE], {
    steps: { before: "the plan", after: "the search" },
  });
  assert.deepEqual(awaited, [
    "+the plan",
    "-the plan",
    ...["+a", "+b", "-a", "-b"],
    ...["+the search", "-the search"],
  ]);
});
