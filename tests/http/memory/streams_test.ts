import assert from "node:assert/strict";
import { failedAnswer } from "../../../src/server/listen/failed_answer.ts";
import type { Operation } from "../../../src/operations/operation.ts";
import type { Reply, Stream } from "../../../src/operations/reply.ts";
import { configureLog } from "../../../src/log/logger.ts";
import { stage } from "../stage.ts";

/** Streams as clients receive them over a real socket. */

function operation(path: string, reply: () => Reply | Promise<Reply>): Operation {
  return {
    name: path.slice(1),
    tag: "server",
    role: "reader",
    effect: "read",
    clusters: "none",
    method: "get",
    path,
    root: { path },
    summary: "A made-up answer",
    load: () =>
      Promise.resolve({
        describe: () => ({ answers: {} }),
        take: () => ({
          async run() {
            const made = await reply();
            return { reply: () => made };
          },
        }),
      }),
  };
}

interface Served extends AsyncDisposable {
  /** Sends a request on a new connection, ignoring any proxy in the environment. */
  ask(method?: string, more?: string): Promise<Client>;
  /** Resolves when the server has noticed that the client of the last request is gone. */
  left(): Promise<void>;
  readonly log: string[];
  /** The properties of the only request log line. */
  // deno-lint-ignore no-explicit-any
  line(): Promise<any>;
}

interface Client extends Disposable {
  /** The next chunk as received; "" at the end. */
  read(): Promise<string>;
  /** The text up to this ending. */
  until(ending: string): Promise<string>;
  /** The text until the connection ends. */
  rest(): Promise<string>;
}

async function ask(port: number, method = "GET", more = ""): Promise<Client> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = `${method} /it HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const buffer = new Uint8Array(65536);
  const read = async () => {
    const count = await connection.read(buffer);
    return new TextDecoder().decode(buffer.subarray(0, count ?? 0));
  };
  return {
    read,
    async until(ending) {
      let text = "";
      while (!text.endsWith(ending)) {
        const piece = await read();
        assert.notEqual(piece, "", `the stream has ended after ${text}`);
        text += piece;
      }
      return text;
    },
    async rest() {
      let text = "";
      for (let piece = await read(); piece !== ""; piece = await read()) text += piece;
      return text;
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

function served(reply: () => Reply | Promise<Reply>): Served {
  const { app, logged: log } = stage({ services: { operations: [operation("/it", reply)] } });
  let last: Request;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: failedAnswer },
    (request) => app.fetch(last = request),
  );
  return {
    ask: (method, more) => ask(server.addr.port, method, more),
    async left() {
      const { signal } = last;
      if (signal.aborted) return;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
    log,
    async line() {
      await app.drain();
      await new Promise((resolve) => setTimeout(resolve, 0));
      const lines = log.map((line) => JSON.parse(line)).filter(({ message }) =>
        message === "request"
      );
      assert.equal(lines.length, 1);
      return lines[0];
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
    },
  };
}

/** A stream of numbered events, each sent by the test. */
function byHand() {
  const steps: (boolean | Error)[] = [];
  let wake = Promise.withResolvers<void>();
  let gone: AbortSignal;
  const add = (step: boolean | Error) => {
    steps.push(step);
    wake.resolve();
    wake = Promise.withResolvers();
  };
  const stream: Stream = {
    kind: "stream",
    async *events(reader) {
      gone = reader.gone;
      for (let i = 0;; i++) {
        while (steps.length === 0) await wake.promise;
        const step = steps.shift();
        if (step instanceof Error) throw step;
        if (step === false) return;
        yield { i, text: "well compressible ".repeat(20) };
      }
    },
  };
  return {
    stream,
    step: () => add(true),
    end: () => add(false),
    fail: (error: Error) => add(error),
    /** Resolves when the client has disconnected. */
    gone: () => new Promise<void>((resolve) => gone.addEventListener("abort", () => resolve())),
  };
}

Deno.test("each event is sent immediately, even to a client that accepts compression", async () => {
  const { stream, step, end } = byHand();
  await using it = served(() => stream);
  using client = await it.ask("GET", "Accept-Encoding: gzip, br\r\n");
  const head = await client.read();
  assert.match(head, /^HTTP\/1\.1 200 [^]*content-type: application\/x-ndjson\r\n/i);
  assert.doesNotMatch(head, /content-encoding/i);
  for (let i = 0; i < 3; i++) {
    step();
    const chunk = await client.until("\n\r\n");
    assert.match(chunk, new RegExp(`^[0-9a-f]+\r\n{"i":${i},`));
  }
  end();
  assert.equal(await client.read(), "0\r\n\r\n");
  assert.equal((await it.line()).cut, undefined);
});

Deno.test("a client that disconnects during a silence is noticed immediately", async () => {
  const { stream, step, end, gone } = byHand();
  await using it = served(() => stream);
  const client = await it.ask();
  step();
  await client.read();
  const noticed = gone();
  client[Symbol.dispose]();
  await noticed;
  step();
  end();
  const { status, cut } = await it.line();
  assert.deepEqual([status, cut], [200, "client_left"]);
});

Deno.test("a client that disconnected before the stream started is logged as client_left", async () => {
  const { stream, step, end } = byHand();
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  await using it = served(async () => {
    asked.resolve();
    await go.promise;
    return stream;
  });
  const client = await it.ask();
  await asked.promise;
  client[Symbol.dispose]();
  await it.left();
  go.resolve();
  step();
  end();
  const { status, cut } = await it.line();
  assert.deepEqual([status, cut], [200, "client_left"]);
});

Deno.test("a stream cut by a bug ends without the last chunk, and is logged once", async () => {
  const { stream, step, fail } = byHand();
  await using it = served(() => stream);
  using client = await it.ask();
  step();
  await client.until("}\n\r\n");
  fail(new Error("a bug"));
  assert.equal(await client.rest(), ""); // it ends without the last chunk of length 0
  assert.equal((await it.line()).cut, "error");
  const errors = it.log.filter((line) => line.includes('"level":"error"'));
  assert.equal(errors.length, 1);
  assert.match(errors[0]!, /internal error in a stream.*a bug/);
});

Deno.test("a HEAD request for a stream runs nothing", async () => {
  await using it = served(() => ({
    kind: "stream",
    events: () => assert.fail("the stream runs"),
  }));
  using client = await it.ask("HEAD", "Connection: close\r\n");
  const text = await client.rest();
  assert.match(text, /^HTTP\/1\.1 200 [^]*content-type: application\/x-ndjson\r\n/i);
  assert.ok(text.endsWith("\r\n\r\n"), text);
  assert.equal(text.split("\r\n\r\n").length, 2);
});

Deno.test("a handler that throws is answered with a JSON error, and the log has its cause", async () => {
  const log: string[] = [];
  configureLog({ format: "json", level: "debug", write: (line) => log.push(line) });
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: failedAnswer },
    () => {
      throw new Error("a bug");
    },
  );
  using client = await ask(server.addr.port, "GET", "Connection: close\r\n");
  const [head, body] = (await client.rest()).split("\r\n\r\n");
  assert.match(head!, /^HTTP\/1\.1 500 [^]*x-content-type-options: nosniff\r\n/i);
  assert.deepEqual(JSON.parse(body!), {
    error: true,
    message: "Internal server error",
    status_code: 500,
  });
  assert.equal(log.length, 1);
  assert.match(log[0]!, /"level":"error".*internal error.*a bug/);
});
