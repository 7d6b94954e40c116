import assert from "node:assert/strict";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import { Breaker } from "../breaker.ts";
import { deadlineIn } from "../deadline.ts";
import { KubeError } from "../errors.ts";
import type { RunProcess } from "../process.ts";
import { defaultGateLimits, ProcessGate } from "./gate.ts";
import { kubectlStore } from "./store.ts";

/** The cluster's part of kubectl's run time, which the breaker uses. */

const SECONDS = 10;

/** A kubectl that prints nothing until its deadline. */
const hung: RunProcess = async (_program, _args, { deadline }) => {
  await new Promise((resolve) => deadline.signal.addEventListener("abort", resolve));
  return { ended: "deadline", code: 143, stdout: "", stderr: "" };
};

/** A kubectl that prints an empty list after this many milliseconds. */
const after = (milliseconds: number): RunProcess => async (_program, _args, { onOutput }) => {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  onOutput?.();
  return { ended: "exit", code: 0, stdout: "", stderr: "" };
};

/** A kubectl that fails after this many milliseconds without a connection. */
const unconnected = (milliseconds: number): RunProcess => async () => {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  const stderr = "Unable to connect to the server: dial tcp 192.0.2.1:443: i/o timeout\n";
  return { ended: "exit", code: 1, stdout: "", stderr };
};

function scene({ startTime = 300 } = {}) {
  const clock = fakeClock({ runs: true });
  const gate = new ProcessGate({ ...defaultGateLimits(1), starting: 1, startTime });
  const breaker = new Breaker();
  const ask = async (run: RunProcess): Promise<KubeError | undefined> => {
    const store = kubectlStore({ cluster: "c", kubeconfig: "/c", env: {}, gate, run });
    const guarded = breaker.guard("c", store, SECONDS);
    if (guarded.kind === "rejected") return guarded.error;
    return await guarded.store.read([{ namespace: "a", name: "b" }], deadlineIn(SECONDS))
      .then(() => undefined, (error) => error);
  };
  return { clock, gate, ask, [Symbol.dispose]: () => clock[Symbol.dispose]() };
}

const isLeftAlone = (error: KubeError | undefined) => error?.details.sent === false;

Deno.test("the breaker opens for a cluster that twice had its time and did not respond", async () => {
  using it = scene();
  const first = await it.ask(hung);
  assert.deepEqual([first?.kind, first?.details.clusterMs], ["timeout", 10_000]);
  await it.ask(hung);
  assert.ok(isLeftAlone(await it.ask(hung)));
});

Deno.test("time spent waiting for a process slot is not counted as the cluster's time", async () => {
  using it = scene({ startTime: 60_000 });
  for (const _ of [1, 2, 3]) {
    const other = await it.gate.enter("other", new AbortController().signal);
    setTimeout(other.release, 8500);
    const error = await it.ask(hung);
    assert.deepEqual([error?.kind, error?.details.clusterMs], ["timeout", 1500]);
  }
});

Deno.test("if no process gets far in the usual time, silence does not count against the cluster", async () => {
  using it = scene();
  for (const _ of [1, 2, 3]) {
    assert.equal(await it.ask(after(4000)), undefined); // the CPU is overloaded
    const error = await it.ask(hung);
    assert.deepEqual([error?.kind, error?.details.clusterMs], ["timeout", 0]);
  }
});

Deno.test("one quick start shows that the CPU was not overloaded", async () => {
  using it = scene();
  assert.equal(await it.ask(after(100)), undefined);
  assert.equal(await it.ask(after(4000)), undefined);
  assert.equal((await it.ask(hung))?.details.clusterMs, 10_000);
});

Deno.test("all attempts of a read are counted as the cluster's time, and the pauses between them are not", async () => {
  using it = scene();
  const error = await it.ask(unconnected(1000));
  assert.deepEqual([error?.kind, error?.details.clusterMs], ["timeout", 3000]);
});
