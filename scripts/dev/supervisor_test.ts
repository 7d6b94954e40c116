import assert from "node:assert/strict";
import { type Child, supervise } from "./supervisor.ts";

/** A child that exits when the test says so. */
class FakeChild implements Child {
  readonly signals: Deno.Signal[] = [];
  readonly #ended = Promise.withResolvers<{ code: number; signal: Deno.Signal | null }>();
  readonly status = this.#ended.promise;
  /** Resolves at the next signal. */
  asked = Promise.withResolvers<Deno.Signal>();

  kill(signal: Deno.Signal): void {
    this.signals.push(signal);
    this.asked.resolve(signal);
    this.asked = Promise.withResolvers();
  }

  async end(code: number, signal: Deno.Signal | null = null): Promise<void> {
    this.#ended.resolve({ code, signal });
    await turn();
  }
}

/** Lets all pending callbacks run. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

function world(grace?: number) {
  const children: FakeChild[] = [];
  const lines: string[] = [];
  const supervisor = supervise({
    spawn() {
      const child = new FakeChild();
      children.push(child);
      return child;
    },
    log: (line) => lines.push(line),
    grace,
  });
  return { children, lines, supervisor };
}

Deno.test("the next child starts only after the previous one has exited", async () => {
  const { children, lines, supervisor } = world();
  supervisor.start();
  supervisor.restart();
  await turn();
  assert.deepEqual(children.map((child) => child.signals), [["SIGTERM"]]);
  await children[0]!.end(0);
  assert.deepEqual(children.map((child) => child.signals), [["SIGTERM"], []]);
  assert.deepEqual(lines, ["restarting"]);
});

Deno.test("changes during a restart are one more restart", async () => {
  const { children, lines, supervisor } = world();
  supervisor.start();
  supervisor.restart();
  supervisor.restart();
  await turn();
  supervisor.restart();
  assert.equal(children.length, 1);
  await children[0]!.end(0);
  assert.equal(children.length, 2);
  await children[1]!.end(0);
  assert.equal(children.length, 3);
  await turn();
  assert.deepEqual(children.map((child) => child.signals), [["SIGTERM"], ["SIGTERM"], []]);
  assert.deepEqual(lines, ["restarting", "restarting"]);
});

Deno.test("a child that does not exit in time is killed before the next one starts", async () => {
  const { children, lines, supervisor } = world(1);
  supervisor.start();
  const [child] = children;
  supervisor.restart();
  assert.equal(await child!.asked.promise, "SIGKILL");
  assert.equal(children.length, 1);
  await child!.end(137, "SIGKILL");
  assert.equal(children.length, 2);
  assert.deepEqual(child!.signals, ["SIGTERM", "SIGKILL"]);
  assert.deepEqual(lines, ["restarting", "still running after 0.001 s, so it is killed"]);
});

for (
  const [code, signal, line] of [
    [1, null, "stopped with exit code 1; waiting for a change"],
    [0, null, "stopped with exit code 0; waiting for a change"],
    [137, "SIGKILL", "stopped by SIGKILL; waiting for a change"],
  ] as const
) {
  Deno.test(`a child that is "${line}" is started again by the next change`, async () => {
    const { children, lines, supervisor } = world();
    supervisor.start();
    await children[0]!.end(code, signal);
    assert.equal(children.length, 1);
    supervisor.restart();
    await turn();
    assert.equal(children.length, 2);
    assert.deepEqual(children[0]!.signals, []);
    assert.deepEqual(lines, [line, "restarting"]);
  });
}

Deno.test("a child that was restarted and then exits by itself is reported", async () => {
  const { children, lines, supervisor } = world();
  supervisor.start();
  supervisor.restart();
  await children[0]!.end(0);
  await children[1]!.end(2);
  assert.deepEqual(lines, ["restarting", "stopped with exit code 2; waiting for a change"]);
});

Deno.test("a child that cannot be started is tried again at the next change", async () => {
  const lines: string[] = [];
  let tries = 0;
  const supervisor = supervise({
    spawn() {
      tries++;
      throw new Error("no such program");
    },
    log: (line) => lines.push(line),
  });
  supervisor.start();
  supervisor.restart();
  await turn();
  assert.equal(tries, 2);
  const line = "cannot start: no such program; waiting for a change";
  assert.deepEqual(lines, [line, "restarting", line]);
});

Deno.test("stopping waits for the child", async () => {
  const { children, lines, supervisor } = world();
  supervisor.start();
  let stopped = false;
  const stopping = supervisor.stop().then(() => stopped = true);
  await turn();
  assert.deepEqual(children[0]!.signals, ["SIGTERM"]);
  assert.equal(stopped, false);
  await children[0]!.end(0);
  await stopping;
  assert.deepEqual(lines, []);
});

Deno.test("stopping during a restart starts no other child", async () => {
  const { children, supervisor } = world();
  supervisor.start();
  supervisor.restart();
  supervisor.restart();
  await turn();
  const stopping = supervisor.stop();
  supervisor.restart();
  await children[0]!.end(0);
  await stopping;
  await turn();
  assert.equal(children.length, 1);
  assert.deepEqual(children[0]!.signals, ["SIGTERM"]);
});

Deno.test("stopping without a child finishes immediately", async () => {
  const { children, supervisor } = world();
  supervisor.start();
  await children[0]!.end(1);
  await supervisor.stop();
  supervisor.kill();
  assert.deepEqual(children[0]!.signals, []);
});

Deno.test("killing does not wait for the grace period", async () => {
  const { children, supervisor } = world();
  supervisor.start();
  const stopping = supervisor.stop();
  await turn();
  supervisor.kill();
  assert.deepEqual(children[0]!.signals, ["SIGTERM", "SIGKILL"]);
  await children[0]!.end(137, "SIGKILL");
  await stopping;
});
