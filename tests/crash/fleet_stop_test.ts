import assert from "node:assert/strict";
import { folder, kubeconfig, listening, program } from "../cli/support.ts";
import { eventsIn } from "../http/fleet.ts";
import { makeCanary } from "../support/canary.ts";
import { type SilentPort, silentPort } from "../support/silent_port.ts";

/** A write to several clusters, of which the first hangs, and events that end it early. */

/** The timeout of a cluster in seconds: less than the time after which a hung one lets another start. */
const SECONDS = 1.5;

interface Writing {
  /** Whether the timeout of the first cluster has certainly not expired yet. */
  isInTime(): boolean;
  readonly events: AsyncIterator<string>;
  readonly rest: () => Promise<string>;
  leave(): Promise<void>;
}

interface World {
  readonly running: ReturnType<typeof program>;
  /** The clusters' ports, in order. */
  readonly ports: readonly SilentPort[];
  /** Starts a write to all clusters; resolves when the first one is contacted. */
  write(): Promise<Writing>;
}

/** @returns whether the timeout had not expired before the interruption */
type Test = (world: World) => Promise<boolean>;

/** Repeats a test that was too late: a loaded machine may stall for longer than the timeout. */
async function inWorld(test: Test): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) if (await inNewWorld(test)) return;
  assert.fail("each time the timeout of the first cluster expired too soon");
}

async function inNewWorld(test: Test): Promise<boolean> {
  await using place = await folder();
  const ports = [silentPort(), silentPort(), silentPort()];
  for (const [i, { url }] of ports.entries()) {
    await place.write(`c${i}.kubeconfig`, kubeconfig(url));
  }
  await place.write("warm.kubeconfig", kubeconfig("https://127.0.0.1:1"));
  const config = await place.write(
    "config.yaml",
    `clusters-folder: ${place.path}\ntransport: api\nfleet-at-once: 1\nkubectl_timeout: ${SECONDS}\nport: 0\n`,
  );
  await using running = program(["serve", "--config", config]);
  const url = await listening(running);
  // Otherwise the first request's loading would use the first cluster's time.
  await (await fetch(`${url}/api/v1/secrets?cluster=warm`)).body?.cancel();
  const canary = makeCanary();
  try {
    return await test({
      running,
      ports,
      async write() {
        const began = performance.now();
        const leaving = new AbortController();
        const response = await fetch(`${url}/api/v1/docker`, {
          method: "POST",
          headers: { Accept: "application/x-ndjson" },
          signal: leaving.signal,
          body: JSON.stringify({
            clusters: ["c*"],
            name: "x",
            username: "ci",
            password: canary.value,
            namespaces: "default",
          }),
        });
        assert.equal(response.status, 200);
        const events = response.body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
        await until(() => ports[0]!.connections > 0);
        return {
          events,
          isInTime: () => performance.now() - began < SECONDS * 1000,
          async rest() {
            let text = "";
            for (let next = await events.next(); !next.done; next = await events.next()) {
              text += next.value;
            }
            canary.absentFrom(text, "a stream");
            return text;
          },
          async leave() {
            leaving.abort();
            await events.next().catch(() => {});
            // Once it has answered other requests, it has noticed the disconnect.
            for (let i = 0; i < 2; i++) await (await fetch(`${url}/health`)).body?.cancel();
          },
        };
      },
    });
  } finally {
    for (const port of ports) await port.close();
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

Deno.test("SIGTERM during a write to several clusters: the current write finishes, the remaining clusters are reported as not started, exit 0", () =>
  inWorld(async ({ running, ports, write }) => {
    const { rest, isInTime } = await write();
    running.kill("SIGTERM");
    await running.line(/stopping signal=SIGTERM/);
    if (!isInTime()) return false;
    const events = eventsIn(await rest());
    const told = events.flatMap((event) =>
      event.event === "cluster"
        ? [[event.cluster, event.status_code, (event.answer as { code: string }).code]]
        : []
    );
    assert.deepEqual(told, [
      ["c0", 504, "timeout"],
      ["c1", 503, "not_begun"],
      ["c2", 503, "not_begun"],
    ]);
    assert.deepEqual(events.map(({ event }) => event), [
      "started",
      "cluster",
      "cluster",
      "cluster",
      "done",
    ]);
    assert.equal((await running.ended).code, 0);
    assert.deepEqual(ports.map(({ connections }) => connections > 0), [true, false, false]);
    return true;
  }));

Deno.test("after the client disconnects no further cluster is started", () =>
  inWorld(async ({ running, ports, write }) => {
    const { leave, isInTime } = await write();
    await leave();
    if (!isInTime()) return false;
    await running.line(/path=\/api\/v1\/docker .*cut=client_left/);
    assert.deepEqual(ports.map(({ connections }) => connections > 0), [true, false, false]);
    running.kill("SIGTERM");
    assert.equal((await running.ended).code, 0);
    assert.deepEqual(ports.map(({ connections }) => connections > 0), [true, false, false]);
    return true;
  }));
