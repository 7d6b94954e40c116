import assert from "node:assert/strict";
import { KubeError } from "../errors.ts";
import { defaultGateLimits, ProcessGate, type ProcessSlot } from "./gate.ts";

const never = new AbortController().signal;

/** Enters the gate if a slot is free within the microtasks. */
async function tryEnter(gate: ProcessGate, cluster: string): Promise<ProcessSlot | undefined> {
  const abort = new AbortController();
  const entering = gate.enter(cluster, abort.signal).catch(() => undefined);
  await Promise.resolve();
  abort.abort();
  return await entering;
}

const limits = { ...defaultGateLimits(1), startTime: 10_000 };

Deno.test("the number of starting processes is limited, and output ends a start", async () => {
  const gate = new ProcessGate(limits);
  const first = await gate.enter("a", never);
  const second = await gate.enter("a", never);
  assert.equal(await tryEnter(gate, "a"), undefined);
  first.started();
  const third = await tryEnter(gate, "a");
  assert.ok(third);
  for (const place of [first, second, third]) place.release();
});

Deno.test("a silent process stops counting as starting after a while", async () => {
  const gate = new ProcessGate({ ...limits, starting: 1, startTime: 10 });
  const first = await gate.enter("a", never);
  const second = await gate.enter("a", never);
  first.release();
  second.release();
});

Deno.test("hung processes of one cluster leave slots for the others", async () => {
  const gate = new ProcessGate({ ...limits, alivePerCluster: 2 });
  const hung = [await gate.enter("hung", never), await gate.enter("hung", never)];
  for (const place of hung) place.started();
  const third = gate.enter("hung", never);
  const other = await tryEnter(gate, "healthy");
  assert.ok(other);
  other.release();
  hung[0]!.release();
  (await third).release();
  hung[1]!.release();
});

Deno.test("a full queue rejects with `busy` and a retry time", async () => {
  const gate = new ProcessGate({ ...limits, starting: 1, queue: 1 });
  const first = await gate.enter("a", never);
  const second = gate.enter("a", never);
  assert.deepEqual(await refusal(gate.enter("a", never)), {
    kind: "busy",
    message: "Busy: the queue for kubectl processes is full; retry in 5 s",
    retryAfter: 5,
    sent: false,
  });
  first.release();
  (await second).release();
});

/** The parts of a rejection that callers use. */
async function refusal(entering: Promise<ProcessSlot>) {
  const error = await entering.then(() => assert.fail("there was a slot"), (error) => error);
  assert.ok(error instanceof KubeError);
  const { kind, message, details: { retryAfter, sent } } = error;
  return { kind, message, retryAfter, sent };
}

Deno.test("a request that waits until its deadline gets `busy` and a retry time", async () => {
  const gate = new ProcessGate({ ...limits, starting: 1 });
  const first = await gate.enter("a", never);
  const abort = new AbortController();
  const second = gate.enter("a", abort.signal);
  abort.abort();
  assert.deepEqual(await refusal(second), {
    kind: "busy",
    message: "Busy: the limit of kubectl processes is reached; retry in 5 s",
    retryAfter: 5,
    sent: false,
  });
  first.release();
  (await gate.enter("a", never)).release();
});

Deno.test("a request that gave up takes no slot, neither in the queue nor of a process", async () => {
  const gate = new ProcessGate({ ...limits, starting: 9, alivePerCluster: 1, queue: 2 });
  const first = await gate.enter("a", never);
  for (let i = 0; i < 5; i++) assert.equal(await tryEnter(gate, "a"), undefined);
  const second = gate.enter("a", never);
  first.release();
  (await second).release();
  const third = await tryEnter(gate, "a");
  assert.ok(third);
  third.release();
});

Deno.test("a request after its deadline gets `timeout`, since no other request delayed it", async () => {
  const gate = new ProcessGate(limits);
  assert.deepEqual(await refusal(gate.enter("a", AbortSignal.abort())), {
    kind: "timeout",
    message: "Cannot reach cluster 'a': the deadline passed before kubectl was started",
    retryAfter: undefined,
    sent: false,
  });
});

Deno.test("releasing twice frees one slot", async () => {
  const gate = new ProcessGate({ ...limits, starting: 1, alive: 1 });
  const first = await gate.enter("a", never);
  first.release();
  first.release();
  const second = await gate.enter("a", never);
  assert.equal(await tryEnter(gate, "a"), undefined);
  second.release();
});

Deno.test("hung clusters that hold all slots leave one for a cluster that has none", async () => {
  const gate = new ProcessGate({ ...limits, alive: 2 });
  const hung = [await gate.enter("hung-1", never), await gate.enter("hung-2", never)];
  for (const place of hung) place.started();
  assert.equal(await tryEnter(gate, "hung-1"), undefined);
  const healthy = await tryEnter(gate, "healthy");
  assert.ok(healthy);
  for (const place of [...hung, healthy]) place.release();
});

Deno.test("the queue of a hung cluster does not fill the queue of all clusters", async () => {
  const gate = new ProcessGate({ ...limits, alivePerCluster: 1, queuePerCluster: 1 });
  const hung = await gate.enter("hung", never);
  const waiting = gate.enter("hung", never);
  await assert.rejects(gate.enter("hung", never), KubeError);
  const healthy = await tryEnter(gate, "healthy");
  assert.ok(healthy);
  healthy.release();
  hung.release();
  (await waiting).release();
});
