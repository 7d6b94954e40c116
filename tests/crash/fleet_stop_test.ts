import assert from "node:assert/strict";
import { folder, kubeconfig, listening, program } from "../cli/support.ts";
import { eventsIn } from "../http/fleet.ts";
import { makeCanary } from "../support/canary.ts";
import { type SilentPort, silentPort } from "../support/silent_port.ts";

/** A write to several clusters, of which the first hangs, and what ends it early. */

/** Seconds that a cluster has: fewer than those after which one that hangs lets another begin. */
const SECONDS = "1.5";

interface Writing {
  readonly events: AsyncIterator<string>;
  readonly rest: () => Promise<string>;
  leave(): Promise<void>;
}

interface World {
  readonly running: ReturnType<typeof program>;
  /** Of the clusters, in the order in which they have their turn. */
  readonly ports: readonly SilentPort[];
  /** Begins a write to all, and resolves when the first cluster is asked. */
  write(): Promise<Writing>;
}

async function inWorld(test: (world: World) => Promise<void>): Promise<void> {
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
  // What the first request loads would else take the time of the first cluster.
  await (await fetch(`${url}/api/v1/secrets?cluster=warm`)).body?.cancel();
  const canary = makeCanary();
  try {
    await test({
      running,
      ports,
      async write() {
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

Deno.test("SIGTERM during a write to several clusters: what has begun ends, the rest is told as not begun, exit 0", () =>
  inWorld(async ({ running, ports, write }) => {
    const { rest } = await write();
    running.kill("SIGTERM");
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
  }));

Deno.test("a client that goes away has no further cluster begun", () =>
  inWorld(async ({ running, ports, write }) => {
    const { leave } = await write();
    await leave();
    await running.line(/path=\/api\/v1\/docker .*cut=client_left/);
    assert.deepEqual(ports.map(({ connections }) => connections > 0), [true, false, false]);
    running.kill("SIGTERM");
    assert.equal((await running.ended).code, 0);
    assert.deepEqual(ports.map(({ connections }) => connections > 0), [true, false, false]);
  }));
