import assert from "node:assert/strict";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import { type ClusterSlotRequest, type FleetLimits, FleetQueue, type Takes } from "./queue.ts";

const STALLED = 2000;

const limits = (atOnce: number, processes = atOnce, held = 4, perServer = 9): FleetLimits => ({
  atOnce: { connections: atOnce, processes },
  held: { connections: held, processes: held },
  perServer: { connections: perServer, processes: perServer },
  stalled: STALLED,
});

/** A request as `caller/request`. */
const CALLS = new Map<string, symbol>();

function turnOf(request: string, server: string, takes: Takes = "connections"): ClusterSlotRequest {
  const [caller = ""] = request.split("/");
  const call = CALLS.get(request) ?? Symbol(request);
  CALLS.set(request, call);
  return { caller, call, server, takes };
}

/** Clusters that finish when the test says so, for requests as `caller/request`. */
function queued(queue: FleetQueue) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    ask(request: string, cluster: string, takes?: Takes, server = cluster): Promise<void> {
      return queue.during(turnOf(request, server, takes), () => {
        begun.push(cluster);
        return new Promise<void>((resolve) => ends.set(cluster, resolve));
      });
    },
    async end(cluster: string): Promise<void> {
      ends.get(cluster)!();
      await settled();
    },
  };
}

async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

Deno.test("the limit of active clusters holds, and each finished one starts another", async () => {
  using _clock = fakeClock();
  const { begun, ask, end } = queued(new FleetQueue(limits(2)));
  for (const cluster of ["a", "b", "c", "d"]) void ask("one", cluster);
  await settled();
  assert.deepEqual(begun, ["a", "b"]);
  await end("b");
  assert.deepEqual(begun, ["a", "b", "c"]);
  await end("a");
  assert.deepEqual(begun, ["a", "b", "c", "d"]);
});

Deno.test("requests take turns: a small one does not wait for all clusters of a large one", async () => {
  using _clock = fakeClock();
  const { begun, ask, end } = queued(new FleetQueue(limits(1)));
  for (const cluster of ["a1", "a2", "a3"]) void ask("one/large", cluster);
  void ask("one/small", "b1");
  await settled();
  for (const cluster of ["a1", "a2", "b1"]) await end(cluster);
  assert.deepEqual(begun, ["a1", "a2", "b1", "a3"]);
});

Deno.test("callers take turns, however many requests one of them has", async () => {
  using _clock = fakeClock();
  const { begun, ask, end } = queued(new FleetQueue(limits(1)));
  for (const request of ["1", "2", "3"]) {
    for (const cluster of ["a", "b"]) void ask(`many/${request}`, `${cluster}${request}`);
  }
  for (const cluster of ["c", "d"]) void ask("few/1", cluster);
  await settled();
  for (const cluster of ["a1", "b1", "c", "a2", "d"]) await end(cluster);
  assert.deepEqual(begun, ["a1", "b1", "c", "a2", "d", "a3"]);
});

for (const takes of ["connections", "processes"] as const) {
  Deno.test(`a hung server takes no more than its share of ${takes}, for all requests together`, async () => {
    using clock = fakeClock();
    const { begun, ask, end } = queued(new FleetQueue(limits(4, 4, 4, 2)));
    for (const request of ["one/1", "one/2", "two/1", "two/2"]) {
      void ask(request, `hangs for ${request}`, takes, "hangs");
    }
    void ask("one/1", "a", takes);
    void ask("two/2", "b", takes);
    await settled();
    const held = ["hangs for one/1", "hangs for one/2"];
    assert.deepEqual(begun.toSorted(), ["a", "b", ...held].toSorted());
    await end("a");
    await clock.advance(10 * STALLED);
    assert.equal(begun.length, 4, "a third one is started while two hang");
    await end(held[0]!);
    assert.equal(begun.length, 5);
    await end(held[1]!);
    assert.equal(begun.length, 6);
  });
}

Deno.test("a hanging cluster gives its slot to another one and keeps running, up to a limit", async () => {
  using clock = fakeClock();
  const { begun, ask, end } = queued(new FleetQueue(limits(1, 1, 2)));
  for (const cluster of ["hangs", "hangs, too", "a"]) void ask("one", cluster);
  await settled();
  assert.deepEqual(begun, ["hangs"]);
  await clock.advance(STALLED);
  assert.deepEqual(begun, ["hangs", "hangs, too"]);
  await clock.advance(STALLED);
  assert.deepEqual(begun, ["hangs", "hangs, too"]);
  await end("hangs");
  assert.deepEqual(begun, ["hangs", "hangs, too", "a"]);
});

Deno.test("clusters that use processes have their own queue", async () => {
  using _clock = fakeClock();
  const { begun, ask, end } = queued(new FleetQueue(limits(3, 1)));
  void ask("one", "k1", "processes");
  void ask("one", "k2", "processes");
  void ask("one", "a");
  await settled();
  assert.deepEqual(begun, ["k1", "a"]);
  await end("k1");
  assert.deepEqual(begun, ["k1", "a", "k2"]);
});

Deno.test("a failed cluster releases its slot and reports the error", async () => {
  using _clock = fakeClock();
  const queue = new FleetQueue(limits(1));
  const failing = queue.during(turnOf("one", "a"), () => Promise.reject(new Error("it fails")));
  const next = queue.during(turnOf("one", "a"), () => Promise.resolve("done"));
  await assert.rejects(failing, /it fails/);
  assert.equal(await next, "done");
});

Deno.test("raising the limits starts waiting clusters immediately", async () => {
  using _clock = fakeClock();
  const queue = new FleetQueue(limits(1));
  const { begun, ask } = queued(queue);
  for (const cluster of ["a", "b", "c"]) void ask("one", cluster);
  await settled();
  queue.configure(limits(3));
  await settled();
  assert.deepEqual(begun, ["a", "b", "c"]);
});
