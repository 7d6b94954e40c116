import assert from "node:assert/strict";
import { FleetQueue } from "../../../src/fleet/queue.ts";
import { Limits } from "../../../src/operations/limits.ts";
import { serverLimits } from "../../../src/operations/server_limits.ts";
import { assertEventDocumented } from "../documented.ts";
import {
  addDocker,
  EVENTS,
  eventsIn,
  type FleetOptions,
  type FleetStage,
  fleetStage,
  holders,
  list,
} from "../fleet.ts";
import { CANARY } from "../support.ts";

/** Requests to several clusters, answered as a stream. */

const ALL = { clusters: ["*"] };

async function streamed({ app }: FleetStage, request: Request) {
  const copy = request.clone();
  const response = await app.fetch(request);
  const text = await response.text();
  assert.ok(!text.includes(CANARY));
  const events = eventsIn(text);
  for (const event of events) await assertEventDocumented(copy, event);
  return { response, events };
}

Deno.test("a stream has the number of clusters, each cluster as it finishes, and the totals", async () => {
  const go = Promise.withResolvers<void>();
  const it = fleetStage({ onOpen: (name) => name === "a" ? go.promise : undefined });
  it.fleet.b!.fault = () => ({ kind: "throw", error: "unreachable" });
  const response = await it.app.fetch(addDocker(ALL, EVENTS));
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("Content-Type"), "application/x-ndjson");
  let text = "";
  const decoder = new TextDecoder();
  for await (const piece of response.body!) {
    text += decoder.decode(piece, { stream: true });
    if (eventsIn(text.slice(0, text.lastIndexOf("\n") + 1)).length === 3) go.resolve();
  }
  const [started, ...others] = eventsIn(text);
  const done = others.pop();
  assert.deepEqual(started, { event: "started", clusters: 3, names: ["a", "b", "c"] });
  const told = others.map((event) =>
    event.event === "cluster" ? [event.cluster, event.status_code, event.transport] : event
  );
  assert.deepEqual(told.slice(0, 2).sort(), [["b", 503, "kubectl"], ["c", 200, "kubectl"]]);
  assert.deepEqual(told.slice(2), [["a", 200, "kubectl"]]);
  assert.deepEqual(done, {
    event: "done",
    success: false,
    succeeded: 2,
    failed: 1,
    not_begun: 0,
  });
});

Deno.test("when no cluster succeeds, the last event has the error and the status stays 200", async () => {
  const it = fleetStage();
  for (const cluster of Object.values(it.fleet)) {
    cluster.fault = () => ({ kind: "throw", error: "unreachable" });
  }
  const { response, events } = await streamed(it, list("", EVENTS));
  assert.equal(response.status, 200);
  const { message, ...done } = events.at(-1)! as { message?: string };
  assert.deepEqual(done, {
    event: "done",
    success: false,
    succeeded: 0,
    failed: 3,
    not_begun: 0,
    error: true,
    status_code: 503,
    code: "unreachable",
  } as unknown);
  assert.match(message!, /^None of 3 clusters succeeded/);
});

/** Runs one cluster at a time. */
function oneAtOnce(options: FleetOptions = {}): FleetStage {
  const one = { connections: 1, processes: 1 };
  const fleet = new FleetQueue({ atOnce: one, held: one, perServer: one, stalled: 60_000 });
  const deps = { gates: { fleet, ...options.deps?.gates } };
  return fleetStage({ ...options, deps });
}

Deno.test("clusters skipped by a stop are reported in the stream", async () => {
  const limits = new Limits(serverLimits({ maxRequests: 10, seconds: 10 }));
  const it = oneAtOnce({ onOpen: () => limits.close(), deps: { gates: { limits } } });
  const { events } = await streamed(it, addDocker(ALL, EVENTS));
  const told = events.flatMap((event) =>
    event.event === "cluster"
      ? [[event.cluster, (event.answer as { code?: string }).code ?? "done"]]
      : []
  );
  assert.deepEqual(told, [["a", "done"], ["b", "not_begun"], ["c", "not_begun"]]);
  assert.deepEqual(events.at(-1), {
    event: "done",
    success: false,
    succeeded: 1,
    failed: 0,
    not_begun: 2,
  });
});

Deno.test("after the client disconnects no further cluster is started, and the current one finishes", async () => {
  const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const it = oneAtOnce({
    onOpen() {
      begun.resolve();
      return go.promise;
    },
  });
  const { body } = await it.app.fetch(addDocker(ALL, EVENTS));
  await begun.promise;
  await body!.cancel();
  go.resolve();
  await it.app.drain();
  assert.deepEqual([it.opened, holders(it)], [["a"], ["a"]]);
});

Deno.test("a client that does not read delays no cluster", async () => {
  const it = oneAtOnce();
  const { body } = await it.app.fetch(addDocker(ALL, EVENTS));
  for (let i = 0; i < 100 && holders(it).length < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.deepEqual(holders(it), ["a", "b", "c"]);
  await body!.cancel();
});

Deno.test("a stream holds its request slot until it ends", async () => {
  const go = Promise.withResolvers<void>();
  const limits = new Limits(serverLimits({ maxRequests: 1, seconds: 10 }));
  const it = fleetStage({ onOpen: () => go.promise, deps: { gates: { limits } } });
  const response = await it.app.fetch(list("", EVENTS));
  assert.equal((await it.app.fetch(list("clusters=a"))).status, 503);
  go.resolve();
  await response.text();
  assert.equal((await it.app.fetch(list("clusters=a"))).status, 200);
});

const ACCEPTS: [accept: string | undefined, isStream: boolean][] = [
  ["application/x-ndjson", true],
  ["Application/X-NDJSON; q=0.9, application/json", true],
  ["application/json, application/x-ndjson;q=0", false],
  ["*/*", false],
  ["application/json", false],
  [undefined, false],
];

for (const [accept, isStream] of ACCEPTS) {
  Deno.test(`Accept: ${accept ?? "none"} is answered with ${isStream ? "events" : "JSON"}`, async () => {
    const request = list("", accept === undefined ? undefined : { Accept: accept });
    const response = await fleetStage().app.fetch(request);
    await response.body?.cancel();
    const type = isStream ? "application/x-ndjson" : "application/json";
    assert.equal(response.headers.get("Content-Type"), type);
  });
}

Deno.test("a request about one cluster is answered in JSON, whatever Accept says", async () => {
  const response = await fleetStage().app.fetch(list("cluster=a", EVENTS));
  assert.equal(response.headers.get("Content-Type"), "application/json");
  assert.equal((await response.json()).status, "success");
});
