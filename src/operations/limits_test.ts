import assert from "node:assert/strict";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import { Limits, type LimitsOptions, Overloaded, type SlotRequest } from "./limits.ts";
import { bodyLimits, serverLimits } from "./server_limits.ts";

/** Four slots, three of them for one cluster; requests wait at most ten seconds. */
const OPTIONS: LimitsOptions = {
  all: 100,
  perToken: 100,
  fleetsPerToken: 100,
  slots: 4,
  stalled: 2000,
  held: 8,
  perCluster: 3,
  waiting: 40,
  waitingPerCluster: 20,
  wait: 10_000,
};

interface Request {
  readonly name: string;
  /** `undefined` as long as it waits. */
  state?: "in" | "ended" | Overloaded;
  end(): Promise<void>;
}

/** Requests that take as long as the test says. */
function scene(options: Partial<LimitsOptions> = {}) {
  const clock = fakeClock();
  const limits = new Limits({ ...OPTIONS, ...options });
  /** Names in the order in which they were let in. */
  const order: string[] = [];
  return {
    clock,
    limits,
    order,
    async ask(name: string, asked: Partial<SlotRequest> = {}): Promise<Request> {
      const done = Promise.withResolvers<void>();
      const request: Request = {
        name,
        async end() {
          done.resolve();
          await clock.advance(0);
        },
      };
      limits.during({ cluster: "a", effect: "read", ...asked }, async () => {
        order.push(name);
        request.state = "in";
        await done.promise;
      }).then(() => request.state = "ended", (error) => request.state = error);
      await clock.advance(0);
      return request;
    },
    [Symbol.dispose]: () => clock[Symbol.dispose](),
  };
}

type Scene = ReturnType<typeof scene>;

/** Several concurrent requests. */
async function many(it: Scene, count: number, name: string, asked: Partial<SlotRequest> = {}) {
  const all: Request[] = [];
  for (let i = 1; i <= count; i++) all.push(await it.ask(`${name}${i}`, asked));
  return all;
}

function refusal({ state }: Request): Pick<Overloaded, "full" | "message" | "retryAfter"> {
  assert.ok(state instanceof Overloaded, `it is not refused but ${state ?? "waiting"}`);
  const { full, message, retryAfter } = state;
  return { full, message, retryAfter };
}

const statesOf = (requests: readonly Request[]) => requests.map(({ state }) => state ?? "waiting");

Deno.test("a cluster has its share of slots, and further requests wait for the first to finish", async () => {
  using it = scene();
  const [first, ...others] = await many(it, 5, "r");
  assert.deepEqual(statesOf(others), ["in", "in", "waiting", "waiting"]);
  await first!.end();
  assert.deepEqual(it.order, ["r1", "r2", "r3", "r4"]);
});

Deno.test("a cluster that hangs does not delay requests to another one", async () => {
  using it = scene();
  const hung = await many(it, 30, "h", { cluster: "hung" });
  assert.equal(hung.filter(({ state }) => state === "in").length, 3);
  assert.equal((await it.ask("r", { cluster: "healthy" })).state, "in");
});

Deno.test("a stalled request leaves its slot to others", async () => {
  using it = scene({ perCluster: 4 });
  await many(it, 4, "h", { cluster: "hung" });
  const requests = await many(it, 2, "r", { cluster: "healthy" });
  assert.deepEqual(statesOf(requests), ["in", "waiting"]);
  await it.clock.advance(OPTIONS.stalled);
  assert.equal(requests[1]!.state, "in");
});

Deno.test("clusters that hold all slots leave one for an idle cluster", async () => {
  using it = scene({ perCluster: 4, held: 4 });
  await many(it, 3, "h", { cluster: "hung-1" });
  await many(it, 1, "h", { cluster: "hung-2" });
  const extra = await many(it, 2, "r", { cluster: "healthy" });
  assert.deepEqual(statesOf(extra), ["in", "waiting"]);
  await extra[0]!.end();
  assert.equal(extra[1]!.state, "in");
});

Deno.test("no request runs beyond the limit of held ones, however long they hang", async () => {
  using it = scene({ perCluster: 100, slots: 2, held: 4, wait: 60_000 });
  const hung = await many(it, 10, "h");
  for (let i = 0; i < 5; i++) await it.clock.advance(OPTIONS.stalled);
  assert.equal(hung.filter(({ state }) => state === "in").length, 4);
});

Deno.test("a request that would wait too long is rejected immediately, with the limit and the retry time", async () => {
  using it = scene();
  const there = await many(it, 3, "r");
  await it.clock.advance(9000); // the minimum time of the running requests
  const [waits] = await many(it, 1, "w");
  const before = it.clock.elapsed;
  const late = await many(it, 3, "l");
  assert.equal(it.clock.elapsed, before);
  assert.equal(waits!.state, undefined);
  assert.deepEqual(refusal(late[2]!), {
    full: "cluster",
    message: "Busy: the request limit of cluster 'a' is reached; retry in 7 s",
    retryAfter: 7,
  });
  for (const request of there) await request.end();
});

Deno.test("the duration of earlier requests predicts the wait of the next ones", async () => {
  using it = scene({ perCluster: 1 });
  for (let i = 0; i < 20; i++) {
    const request = await it.ask("slow");
    await it.clock.advance(6000);
    await request.end();
  }
  const requests = await many(it, 3, "r");
  assert.deepEqual(statesOf(requests).slice(0, 2), ["in", "waiting"]);
  assert.equal(refusal(requests[2]!).full, "cluster");
  // Another cluster is not affected.
  const others = await many(it, 3, "o", { cluster: "b" });
  assert.deepEqual(statesOf(others), ["in", "waiting", "waiting"]);
});

Deno.test("a request that has waited too long is rejected", async () => {
  using it = scene();
  await many(it, 3, "r");
  const late = await it.ask("late");
  await it.clock.advance(9999);
  assert.equal(late.state, undefined);
  await it.clock.advance(1);
  assert.equal(refusal(late).full, "cluster");
});

Deno.test("a request that gave up never runs, and holds no slot", async () => {
  using it = scene();
  const there = await many(it, 3, "r");
  await it.ask("late");
  await it.clock.advance(OPTIONS.wait);
  for (const request of there) await request.end();
  assert.deepEqual(it.order, ["r1", "r2", "r3"]);
  assert.deepEqual(statesOf(await many(it, 4, "n")), ["in", "in", "in", "waiting"]);
});

const FULL: {
  what: string;
  options: Partial<LimitsOptions>;
  come: (it: Scene) => Promise<Request>;
  message: string;
}[] = [
  {
    what: "the limit of waiting requests for a cluster is reached",
    options: { perCluster: 1, waitingPerCluster: 2 },
    come: async (it) => (await many(it, 4, "r"))[3]!,
    message: "Busy: the request limit of cluster 'a' is reached; retry in 1 s",
  },
  {
    what: "the limit of all waiting requests is reached",
    options: { perCluster: 1, waiting: 2 },
    come: async (it) => {
      for (const cluster of ["b", "c"]) await many(it, 2, cluster, { cluster });
      return (await many(it, 2, "r"))[1]!;
    },
    message: "Busy: the request limit of the server is reached; retry in 1 s",
  },
  {
    what: "the limit of all requests is reached",
    options: { all: 2 },
    come: async (it) => (await many(it, 3, "r"))[2]!,
    message: "Busy: the request limit of the server is reached; retry in 1 s",
  },
  {
    what: "the request limit of a token is reached",
    options: { perToken: 2 },
    come: async (it) => (await many(it, 3, "r", { token: "t" }))[2]!,
    message: "Busy: the request limit of token 't' is reached; retry in 1 s",
  },
  {
    what: "the request limit of a token is reached on several clusters",
    options: { fleetsPerToken: 2 },
    come: async (it) => {
      const fleet = { cluster: undefined, token: "t", isFleet: true };
      const requests = await many(it, 3, "r", fleet);
      const others = { another: { ...fleet, token: "u" }, one: { ...fleet, isFleet: false } };
      for (const [name, asked] of Object.entries(others)) {
        assert.equal((await it.ask(name, asked)).state, "in");
      }
      return requests[2]!;
    },
    message: "Busy: the request limit of token 't' is reached; retry in 1 s",
  },
  {
    what: "the limit of requests without a cluster is reached",
    options: { all: 2 },
    come: async (it) => (await many(it, 3, "r", { cluster: undefined }))[2]!,
    message: "Busy: the request limit of the server is reached; retry in 1 s",
  },
];

for (const { what, options, come, message } of FULL) {
  Deno.test(`${what}: one more is rejected immediately`, async () => {
    using it = scene(options);
    const request = await come(it);
    assert.equal(it.clock.elapsed, 0);
    assert.equal(refusal(request).message, message);
    // It leaves nothing behind.
    assert.equal(
      (await it.ask("again", { cluster: "z", token: "other" })).state instanceof Error,
      options.all === 2,
    );
  });
}

Deno.test("a request without a cluster does not wait for a slot", async () => {
  using it = scene();
  await many(it, 40, "h", { cluster: "hung" });
  assert.equal((await it.ask("r", { cluster: undefined })).state, "in");
});

for (const [crowd, other] of [["read", "write"], ["write", "read"]] as const) {
  Deno.test(`half of the slots are for ${other}s while ${other}s wait behind ${crowd}s`, async () => {
    using it = scene({ perCluster: 4 });
    const there = await many(it, 4, crowd, { effect: crowd });
    const waiting = await many(it, 6, `more-${crowd}`, { effect: crowd });
    const others = await many(it, 6, other, { effect: other });
    for (const request of there) await request.end();
    const isIn = (requests: readonly Request[]) =>
      requests.filter(({ state }) => state === "in").length;
    assert.deepEqual([isIn(waiting), isIn(others)], [2, 2]);
    // Whichever requests end, neither kind starves.
    for (const request of [...waiting, ...others].filter(({ state }) => state === "in")) {
      await request.end();
    }
    assert.deepEqual([isIn(waiting), isIn(others)], [2, 2]);
  });
}

Deno.test("reads of many clusters leave half of the slots to writes of another one", async () => {
  using it = scene({ slots: 4, perCluster: 2 });
  const there = [
    ...await many(it, 2, "b", { cluster: "b" }),
    ...await many(it, 2, "c", { cluster: "c" }),
    ...await many(it, 1, "w", { cluster: "a", effect: "write" }),
  ];
  for (const cluster of ["b", "c", "d"]) await many(it, 2, `more-${cluster}`, { cluster });
  await many(it, 2, "late-w", { cluster: "a", effect: "write" });
  for (const i of [0, 2, 1]) await there[i]!.end();
  assert.equal(it.order[6], "late-w1");
});

Deno.test("a dry run does not count as a write", async () => {
  using it = scene();
  const there = await many(it, 3, "r");
  await it.ask("try", { effect: "try" });
  await it.ask("write", { effect: "write" });
  await there[0]!.end();
  assert.equal(it.order.at(-1), "write");
});

Deno.test("tokens take turns: a token with a hundred waiting requests runs no sooner than one with a single request", async () => {
  using it = scene({ slots: 100, held: 100, perCluster: 1 });
  const busy = await many(it, 10, "busy", { token: "busy" });
  await it.ask("other", { token: "other" });
  await busy[0]!.end();
  await busy[1]!.end();
  assert.deepEqual(it.order, ["busy1", "busy2", "other"]);
});

Deno.test("clusters take turns", async () => {
  using it = scene({ slots: 2, perCluster: 2, held: 100 });
  const [first, second] = await many(it, 2, "a");
  await many(it, 3, "more-a");
  const [extra] = await many(it, 3, "b", { cluster: "b" });
  for (const request of [first, second, extra]) await request!.end();
  assert.deepEqual(it.order.slice(3), ["more-a1", "b2"]);
});

Deno.test("a token leaves a quarter of the slots to the others", async () => {
  using it = scene({ slots: 8, held: 8, perCluster: 8 });
  const greedy = await many(it, 8, "g", { token: "greedy" });
  assert.equal(greedy.filter(({ state }) => state === "in").length, 6);
  const others = await many(it, 3, "o", { token: "other" });
  assert.deepEqual(statesOf(others), ["in", "in", "waiting"]);
});

Deno.test("the wait depends on the turn: a token with few requests waits less than one with many", async () => {
  using it = scene({ perCluster: 1 });
  await it.ask("first", { token: "greedy" });
  await it.clock.advance(3000);
  const greedy = await many(it, 5, "g", { token: "greedy" });
  assert.equal(refusal(greedy[4]!).full, "cluster");
  assert.equal((await it.ask("o", { token: "other" })).state, undefined);
});

Deno.test("a failed request releases its slot, and its error reaches the caller", async () => {
  using it = scene({ perCluster: 1, all: 1 });
  for (const _ of [1, 2]) {
    const failing = it.limits.during(
      { cluster: "a", effect: "read" },
      () => Promise.reject(new TypeError("a bug")),
    );
    await assert.rejects(failing, TypeError);
  }
  assert.equal((await it.ask("r")).state, "in");
});

Deno.test("a slot that is released twice is one slot", async () => {
  using it = scene({ perCluster: 1 });
  const release = await it.limits.enter({ cluster: "a", token: "t", effect: "write" });
  release();
  release();
  assert.deepEqual(statesOf(await many(it, 2, "r")), ["in", "waiting"]);
});

Deno.test("before shutdown, waiting and new requests are rejected, and running ones continue", async () => {
  using it = scene();
  const [first, , , waiting] = await many(it, 4, "r");
  it.limits.close();
  const late = await it.ask("late", { cluster: undefined });
  for (const request of [waiting!, late]) {
    assert.deepEqual(refusal(request), {
      full: "stopping",
      message: "The server is shutting down; retry in 5 s",
      retryAfter: 5,
    });
  }
  await first!.end();
  assert.deepEqual(it.order, ["r1", "r2", "r3"]);
});

Deno.test("a request whose client is gone never starts, but continues if it has started", async () => {
  using it = scene({ perCluster: 1 });
  const gone = new AbortController();
  const asked = { gone: () => gone.signal };
  const first = await it.ask("first", asked);
  const second = await it.ask("second", asked);
  const third = await it.ask("third");
  gone.abort();
  await it.clock.advance(0);
  assert.equal(first.state, "in");
  refusal(second);
  await first.end();
  assert.equal(third.state, "in");
  assert.deepEqual(it.order, ["first", "third"]);
});

Deno.test("new limits take effect immediately, also for waiting requests", async () => {
  using it = scene({ perCluster: 1 });
  const requests = await many(it, 2, "r");
  it.limits.configure(OPTIONS);
  await it.clock.advance(0);
  assert.deepEqual(statesOf(requests), ["in", "in"]);
});

Deno.test("with kubectl the limits follow from the processes, with api from max-requests", () => {
  const gate = { starting: 4, alive: 32, alivePerCluster: 8 };
  const { slots, held, perCluster } = serverLimits({ maxRequests: 256, seconds: 30, gate });
  assert.deepEqual({ slots, held, perCluster }, { slots: 8, held: 32, perCluster: 4 });
  const api = serverLimits({ maxRequests: 256, seconds: 30 });
  assert.deepEqual([api.slots, api.held, api.perCluster, api.wait], [128, 128, 16, 15_000]);
});

for (const maxRequests of [1, 2, 3, 256]) {
  Deno.test(`with max-requests ${maxRequests} a request may be for a cluster, and some slots are always left for others`, async () => {
    using it = scene(serverLimits({ maxRequests, seconds: 10 }));
    const first = await it.ask("r");
    assert.equal(first.state, "in");
    await first.end();
    await many(it, 2 * maxRequests, "h", { cluster: "hung" });
    if (maxRequests > 2) {
      assert.equal((await it.ask("o", { cluster: undefined })).state, "in");
    }
  });
}

Deno.test("request bodies of one token leave slots for those of others", async () => {
  using it = scene(bodyLimits(8));
  const slow = await many(it, 8, "slow", { cluster: undefined, token: "reader" });
  assert.equal(slow.filter(({ state }) => state === "in").length, 2);
  assert.equal(refusal(slow[2]!).full, "token");
  assert.equal((await it.ask("o", { cluster: undefined, token: "writer" })).state, "in");
});
