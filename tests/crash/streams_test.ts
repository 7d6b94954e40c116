import assert from "node:assert/strict";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../src/emulator/emulator.ts";
import { type Folder, folder, listening, type Program, program } from "../cli/support.ts";
import { ENOUGH, type Ticks } from "./streaming_program.ts";
import { within } from "./within.ts";
import { longerThanConnectionsLinger } from "./world.ts";

/** A signal while streams are under way: each of them ends in order, with its last event. */

/** The program with streams, over a cluster that is emulated here. */
interface Streaming extends AsyncDisposable {
  readonly running: Program;
  /** Begins a stream; resolves at its first event. */
  begin(ticks: Ticks): Promise<Begun>;
  /** Has all streams end. */
  enough(): void;
  /** Has the configuration read again, with another time limit, and resolves when it was. */
  hangUp(seconds: number): Promise<void>;
}

interface Begun {
  /** The client goes away. */
  leave(): void;
  readonly hasEnded: boolean;
  /** Reads all; rejects when the stream does not end well, which may be looked at later. */
  read(): Promise<string>;
}

/** @param answersAfter milliseconds that the cluster takes for an answer */
async function streaming(answersAfter = 0): Promise<Streaming> {
  const place = await folder();
  const emulator = startEmulator({
    fault: () => ({ kind: "delay", milliseconds: answersAfter }),
  });
  emulator.cluster.addNamespace("argocd");
  const path = await clustersFolder(place, emulator);
  const config = (seconds: number) => place.write("config.yaml", `kubectl_timeout: ${seconds}\n`);
  const args = ["serve", "--port=0", `--clusters-folder=${path}`, "--transport=api"];
  const running = program([...args, `--config=${await config(60)}`], {
    main: join(import.meta.dirname!, "streaming_program.ts"),
  });
  const url = await within("the program listens", listening(running));
  return {
    running,
    begin: (ticks) => begin(url, ticks),
    enough() {
      emulator.cluster.put({
        metadata: {
          namespace: "default",
          name: ENOUGH,
          labels: { "mcops.tech/secret-type": "docker-creds" },
        },
        type: "kubernetes.io/dockerconfigjson",
        stringData: { ".dockerconfigjson": '{"auths":{}}' },
      });
    },
    async hangUp(seconds) {
      await config(seconds);
      running.kill("SIGHUP");
      const line = new RegExp(`configuration loaded .* (?:kubectl_)?timeout=${seconds}$`);
      await within("the configuration is read", running.line(line));
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await emulator.stop();
      await place[Symbol.asyncDispose]();
    },
  };
}

async function clustersFolder(place: Folder, emulator: Emulator): Promise<string> {
  const path = join(place.path, "clusters");
  await Deno.mkdir(path);
  await Deno.writeTextFile(join(path, "c.kubeconfig"), emulator.kubeconfig(), { mode: 0o600 });
  return path;
}

async function begin(url: string, ticks: Ticks): Promise<Begun> {
  const leaving = new AbortController();
  const client = Deno.createHttpClient({}); // a connection of its own
  const query = new URLSearchParams(
    Object.entries(ticks).map(([name, value]) => [name, `${value}`]),
  );
  const response = await within(
    "a stream begins",
    fetch(`${url}/ticks?${query}`, { client, signal: leaving.signal }),
  );
  assert.equal(response.status, 200);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const first = await within("the first event", reader.read());
  let hasEnded = false;
  return {
    leave: () => leaving.abort(),
    get hasEnded() {
      return hasEnded;
    },
    read() {
      const text = rest();
      text.catch(() => {});
      return text;
    },
  };

  async function rest(): Promise<string> {
    let text = first.value ?? "";
    try {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        text += piece.value;
      }
    } finally {
      hasEnded = true;
      client.close();
    }
    return text;
  }
}

/** All events in order, each with what the cluster holds, and the last one. */
function assertWhole(text: string, what: string): void {
  assert.ok(text.endsWith("\n"), `${what}: ${text.slice(-200)}`);
  const events = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(events.at(0), { event: "started" }, what);
  assert.deepEqual(events.at(-1), { event: "done" }, what);
  const ticks = events.slice(1, -1).map(({ event, tick, found }) => [event, tick, found]);
  assert.deepEqual(ticks, ticks.map((_, i) => ["tick", i, "listed"]), what);
}

/** The log alone is on standard error, and it names no stream that was cut off by the end. */
async function assertStopped(
  { running }: Streaming,
  streams: number,
  errors: readonly RegExp[] = [],
): Promise<string[]> {
  const { code, stderr } = await within("the program ends", running.ended);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /stopped\n$/);
  const lines = stderr.trimEnd().split("\n");
  for (const line of lines) assert.match(line, /^\S+Z (INFO|WARNING|ERROR) /, stderr);
  const failed = lines.filter((line) => line.includes("Z ERROR "));
  assert.equal(failed.length, errors.length, stderr);
  for (const [i, error] of errors.entries()) assert.match(failed[i]!, error);
  const ends = lines.filter((line) => /request .*path=\/ticks status=200 /.test(line));
  assert.equal(ends.length, streams, stderr);
  return ends;
}

const after = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const STREAMS = 10;

/** When SIGTERM comes after the streams have begun, and how often they look at the cluster after it. */
const MOMENTS: [milliseconds: number, more: (stream: number) => number][] = [
  [0, () => 0],
  [15, (stream) => stream % 4],
  [40, () => 0],
  [75, () => 1],
  [130, (stream) => stream % 2],
];

Deno.test("SIGTERM lets fifty streams end in order, and those that nobody reads", async () => {
  await Promise.all(MOMENTS.map(async ([milliseconds, more], moment) => {
    await using it = await streaming();
    const streams = await Promise.all(
      Array.from(
        { length: STREAMS },
        (_, i) => it.begin({ every: 100 + 20 * i, more: more(i), pad: 0 }),
      ),
    );
    const left = await it.begin({ every: 30, more: 3, pad: 0 });
    const texts = streams.map((stream) => stream.read());
    left.leave();
    await after(milliseconds);
    it.running.kill("SIGTERM");
    await within("SIGTERM is taken in", it.running.line(/stopping signal=SIGTERM/));
    if (moment === 0) await longerThanConnectionsLinger();
    assert.deepEqual(streams.filter(({ hasEnded }) => hasEnded), []);
    it.enough();
    for (const [i, text] of (await within("all streams end", Promise.all(texts))).entries()) {
      assertWhole(text, `stream ${i} of moment ${moment}`);
    }
    const ends = await assertStopped(it, STREAMS + 1);
    assert.equal(ends.filter((line) => / cut=client_left /.test(line)).length, 1);
  }));
});

Deno.test("fifty times SIGHUP lets streams end in order with the cluster that they have", async () => {
  await using it = await streaming(60); // there is always one that waits for it
  const streams: Begun[] = [];
  const texts: Promise<string>[] = [];
  for (let i = 0; i < 50; i++) {
    const stream = await it.begin({ every: 300 + 5 * i, more: i % 3, pad: 0 });
    streams.push(stream);
    texts.push(stream.read());
    await after((7 * i) % 23);
    await it.hangUp(100 + i);
  }
  assert.deepEqual(streams.filter(({ hasEnded }) => hasEnded), []);
  it.enough();
  for (const [i, text] of (await within("all streams end", Promise.all(texts))).entries()) {
    assertWhole(text, `stream ${i}`);
  }
  it.running.kill("SIGTERM");
  const ends = await assertStopped(it, 50);
  assert.deepEqual(ends.filter((line) => line.includes(" cut=")), []);
});

Deno.test("SIGTERM waits for who reads slowly, even when the last event has long been made", async () => {
  await using it = await streaming();
  // More than the connection itself takes in, and less than may wait for a reader.
  const slow = await it.begin({ every: 0, more: 49, pad: 100_000 });
  it.enough();
  it.running.kill("SIGTERM");
  await within("SIGTERM is taken in", it.running.line(/stopping signal=SIGTERM/));
  await longerThanConnectionsLinger();
  assertWhole(await within("it ends", slow.read()), "the slow one");
  await assertStopped(it, 1);
});

Deno.test("a bug in a stream at SIGTERM cuts that one, and the log has one line about it", async () => {
  await using it = await streaming();
  const whole = await it.begin({ every: 10, more: 5, pad: 0 });
  const broken = await it.begin({ every: 10, more: 0, pad: 0, fails: true });
  const texts = Promise.allSettled([whole.read(), broken.read()]);
  it.running.kill("SIGTERM");
  await within("SIGTERM is taken in", it.running.line(/stopping signal=SIGTERM/));
  it.enough();
  const [one, other] = await within("both end", texts);
  assert.equal(other.status, "rejected");
  assert.equal(one.status, "fulfilled");
  assertWhole(one.value, "the whole one");
  const ends = await assertStopped(it, 2, [/ERROR server: internal error in a stream id=.*a bug/]);
  assert.equal(ends.filter((line) => line.includes(" cut=error ")).length, 1);
});
