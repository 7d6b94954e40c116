import assert from "node:assert/strict";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../src/emulator/emulator.ts";
import { type Folder, folder, listening, type Program, program } from "../cli/support.ts";
import { ENOUGH, type Ticks } from "./streaming_program.ts";
import { within } from "./within.ts";
import { longerThanConnectionsLinger } from "./world.ts";

/** Signals while streams run: each stream finishes in order, with its last event. */

/** The program with streams, over an emulated cluster. */
interface Streaming extends AsyncDisposable {
  readonly running: Program;
  /** Starts a stream; resolves at its first event. */
  begin(ticks: Ticks): Promise<Begun>;
  /** Makes all streams finish. */
  enough(): void;
  /** Reloads the configuration with another timeout; resolves after the reload. */
  hangUp(seconds: number): Promise<void>;
}

interface Begun {
  /** Disconnects the client. */
  leave(): void;
  readonly hasEnded: boolean;
  /** Reads everything; rejects if the stream does not end properly, which may be handled later. */
  read(): Promise<string>;
}

/** @param answersAfter the cluster's response time in milliseconds */
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
  const url = await within("the server listens", listening(running));
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
  const client = Deno.createHttpClient({}); // its own connection
  const query = new URLSearchParams(
    Object.entries(ticks).map(([name, value]) => [name, `${value}`]),
  );
  const response = await within(
    "a stream starts",
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

/** Standard error has only log lines, and none says that shutdown cut a stream. */
async function assertStopped(
  { running }: Streaming,
  streams: number,
  errors: readonly RegExp[] = [],
): Promise<string[]> {
  const { code, stderr } = await within("the server exits", running.ended);
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

/** The delay of SIGTERM after the streams have started, and the number of lists after it. */
const MOMENTS: [milliseconds: number, more: (stream: number) => number][] = [
  [0, () => 0],
  [15, (stream) => stream % 4],
  [40, () => 0],
  [75, () => 1],
  [130, (stream) => stream % 2],
];

Deno.test("SIGTERM lets fifty streams finish in order, including streams whose client has left", async () => {
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
    await within("SIGTERM is received", it.running.line(/stopping signal=SIGTERM/));
    if (moment === 0) await longerThanConnectionsLinger();
    assert.deepEqual(streams.filter(({ hasEnded }) => hasEnded), []);
    it.enough();
    for (const [i, text] of (await within("all streams finish", Promise.all(texts))).entries()) {
      assertWhole(text, `stream ${i} of SIGTERM ${moment}`);
    }
    const ends = await assertStopped(it, STREAMS + 1);
    assert.equal(ends.filter((line) => / cut=client_left /.test(line)).length, 1);
  }));
});

Deno.test("fifty streams across fifty reloads by SIGHUP finish in order with the cluster they started with", async () => {
  await using it = await streaming(60); // one of them is always waiting for the cluster
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
  for (const [i, text] of (await within("all streams finish", Promise.all(texts))).entries()) {
    assertWhole(text, `stream ${i}`);
  }
  it.running.kill("SIGTERM");
  const ends = await assertStopped(it, 50);
  assert.deepEqual(ends.filter((line) => line.includes(" cut=")), []);
});

Deno.test("SIGTERM waits for a slow reader even after the last event was written", async () => {
  await using it = await streaming();
  // More than the connection buffers, and less than may wait for a reader.
  const slow = await it.begin({ every: 0, more: 49, pad: 100_000 });
  it.enough();
  it.running.kill("SIGTERM");
  await within("SIGTERM is received", it.running.line(/stopping signal=SIGTERM/));
  await longerThanConnectionsLinger();
  assertWhole(await within("the stream finishes", slow.read()), "the slow stream");
  await assertStopped(it, 1);
});

Deno.test("a bug in a stream during SIGTERM cuts only that stream and logs one line", async () => {
  await using it = await streaming();
  const whole = await it.begin({ every: 10, more: 5, pad: 0 });
  const broken = await it.begin({ every: 10, more: 0, pad: 0, fails: true });
  const texts = Promise.allSettled([whole.read(), broken.read()]);
  it.running.kill("SIGTERM");
  await within("SIGTERM is received", it.running.line(/stopping signal=SIGTERM/));
  it.enough();
  const [one, other] = await within("both streams finish", texts);
  assert.equal(other.status, "rejected");
  assert.equal(one.status, "fulfilled");
  assertWhole(one.value, "the whole stream");
  const ends = await assertStopped(it, 2, [/ERROR server: internal error in a stream id=.*a bug/]);
  assert.equal(ends.filter((line) => line.includes(" cut=error ")).length, 1);
});
