import assert from "node:assert/strict";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import { type BodyEnd, ndjson, type NdjsonOptions, StreamCut } from "./ndjson.ts";

/** Events that a test hands out one by one. */
function byHand() {
  const steps: (() => object | undefined)[] = [];
  let wake = Promise.withResolvers<void>();
  const step = (act: () => object | undefined) => {
    steps.push(act);
    wake.resolve();
    wake = Promise.withResolvers();
  };
  async function* events() {
    for (;;) {
      while (steps.length === 0) await wake.promise;
      const event = steps.shift()!();
      if (event === undefined) return;
      yield event;
    }
  }
  return {
    events: events(),
    give: (event: object) => step(() => event),
    fail: (error: Error) =>
      step(() => {
        throw error;
      }),
    end: () => step(() => undefined),
  };
}

/** A stream of events that a test hands out, and its outcome. */
function started(options: Partial<NdjsonOptions> = {}) {
  const { events, ...hand } = byHand();
  const state = { gone: 0, produced: 0, errors: [] as unknown[], end: undefined as unknown };
  const { body, ended } = ndjson(events, {
    onGone: () => state.gone++,
    onError: (error) => state.errors.push(error),
    onProduced: () => state.produced++,
    ...options,
  });
  ended.then((end) => state.end = end);
  return { ...hand, state, ended, reader: body.getReader() };
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** The reader's next chunk as text; `undefined` at the end. */
async function next(reader: Reader): Promise<string | undefined> {
  const { value } = await reader.read();
  return value && new TextDecoder().decode(value);
}

async function rest(reader: Reader): Promise<string> {
  let text = "";
  for (let piece = await next(reader); piece !== undefined; piece = await next(reader)) {
    text += piece;
  }
  return text;
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

const isCut = (cut: string) => (error: unknown) => error instanceof StreamCut && error.cut === cut;

Deno.test("an event is sent as a line immediately", async () => {
  const { give, end, reader, ended } = started();
  const first = next(reader);
  give({ event: "started", clusters: 2 });
  assert.equal(await first, '{"event":"started","clusters":2}\n');
  const second = next(reader);
  await turn();
  give({ event: "cluster", text: "a\nb" });
  assert.equal(await second, '{"event":"cluster","text":"a\\nb"}\n');
  end();
  assert.equal(await next(reader), undefined);
  assert.deepEqual(await ended, {});
});

Deno.test("unread events are buffered in order and block nothing", async () => {
  const { give, end, reader, state } = started();
  for (let i = 0; i < 1000; i++) give({ i });
  end();
  await turn();
  assert.equal(state.produced, 1);
  assert.equal(state.end, undefined); // its body has not ended
  const lines = (await rest(reader)).trimEnd().split("\n").map((line) => JSON.parse(line).i);
  assert.deepEqual(lines, Array.from({ length: 1000 }, (_, i) => i));
  assert.deepEqual(state.end, {});
});

Deno.test("the body does not end before its reader has read the end", async () => {
  const { give, end, reader, state, ended } = started();
  give({});
  end();
  assert.equal(await next(reader), "{}\n");
  await turn();
  assert.deepEqual([state.produced, state.end], [1, undefined]);
  assert.equal(await next(reader), undefined);
  assert.deepEqual(await ended, {});
});

Deno.test("a large event is sent in pieces", async () => {
  const { give, end, reader } = started();
  const text = "ü".repeat(1_000_000);
  give({ text });
  end();
  const first = (await reader.read()).value!;
  assert.equal(first.length, 64 * 1024);
  let size = first.length;
  const decoder = new TextDecoder();
  let whole = decoder.decode(first, { stream: true });
  for (let at = await reader.read(); !at.done; at = await reader.read()) {
    size += at.value.length;
    whole += decoder.decode(at.value, { stream: true });
  }
  assert.equal(whole, JSON.stringify({ text }) + "\n");
  assert.equal(size, new TextEncoder().encode(whole).length);
});

Deno.test("the stream of a slow reader is cut, and the events run to their end", async () => {
  const { give, end, reader, state, ended } = started({ maxBehind: 100 });
  give({ i: "x".repeat(60) });
  give({ i: "y".repeat(60) }); // together more than may wait
  await turn();
  assert.equal(state.produced, 0);
  await assert.rejects(reader.read(), isCut("client_slow"));
  for (let i = 0; i < 10; i++) give({ i });
  await turn();
  assert.equal(state.end, undefined); // the source of the events has not ended
  end();
  assert.deepEqual(await ended, { cut: "client_slow" });
  assert.deepEqual([state.produced, state.gone, state.errors], [1, 0, []]);
});

Deno.test("a single event is buffered whatever its size", async () => {
  const { give, end, reader } = started({ maxBehind: 100 });
  give({ i: "x".repeat(1000) });
  end();
  await turn();
  assert.equal((await rest(reader)).length, 1009);
});

Deno.test("a reader below the limit is waited for, and what it reads makes room", async () => {
  const { give, end, reader, ended } = started({ maxBehind: 30 });
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 3; i++) give({ i }); // 8 bytes each
    await turn();
    for (let i = 0; i < 3; i++) assert.equal(await next(reader), `{"i":${i}}\n`);
  }
  end();
  assert.equal(await next(reader), undefined);
  assert.deepEqual(await ended, {});
});

Deno.test("a client that leaves is reported, and the events run to their end", async () => {
  const { give, end, reader, state, ended } = started();
  give({});
  await next(reader);
  await reader.cancel();
  assert.equal(state.gone, 1);
  for (let i = 0; i < 10; i++) give({ i });
  await turn();
  assert.deepEqual([state.produced, state.end], [0, undefined]);
  end();
  assert.deepEqual(await ended, { cut: "client_left" });
  assert.equal(state.produced, 1);
});

Deno.test("a client that leaves before it has read everything counts as left", async () => {
  const { give, end, reader, ended } = started();
  give({ i: 1 });
  give({ i: 2 });
  end();
  await next(reader);
  await reader.cancel();
  assert.deepEqual(await ended, { cut: "client_left" });
});

Deno.test("a client that left before the stream started, or without cancelling its body, counts as left", async () => {
  for (const isEarly of [true, false]) {
    const client = new AbortController();
    if (isEarly) client.abort();
    const { give, end, reader, state, ended } = started({ signal: client.signal });
    client.abort();
    client.abort();
    assert.equal(state.gone, 1);
    await assert.rejects(reader.read(), isCut("client_left"));
    give({});
    end();
    assert.deepEqual(await ended, { cut: "client_left" });
    assert.deepEqual([state.produced, state.errors], [1, []]);
  }
});

Deno.test("a client that leaves after it has read everything does not count as left", async () => {
  const client = new AbortController();
  const { end, reader, state, ended } = started({ signal: client.signal });
  end();
  assert.equal(await next(reader), undefined);
  client.abort();
  assert.deepEqual([await ended, state.gone], [{}, 0]);
});

Deno.test("an exception cuts the stream after the events before it", async () => {
  const { give, fail, reader, state, ended } = started();
  give({ i: 1 });
  give({ i: 2 });
  const bug = new Error("a bug");
  fail(bug);
  await turn();
  assert.deepEqual([await next(reader), await next(reader)], ['{"i":1}\n', '{"i":2}\n']);
  await assert.rejects(reader.read(), isCut("error"));
  assert.deepEqual(await ended, { cut: "error" });
  assert.deepEqual([state.errors, state.produced], [[bug], 1]);
});

Deno.test("an error without a reader is reported, too", async () => {
  const { fail, reader, state, ended } = started();
  await reader.cancel();
  fail(new Error("a bug"));
  assert.deepEqual(await ended, { cut: "client_left" });
  assert.equal(state.errors.length, 1);
});

Deno.test("an event that is not JSON cuts the stream, and its source continues", async () => {
  const { give, end, reader, state, ended } = started();
  give({ i: 1 });
  give({ i: 2n });
  give({ i: 3 });
  await turn();
  assert.equal(await next(reader), '{"i":1}\n');
  await assert.rejects(reader.read(), isCut("error"));
  assert.deepEqual([state.produced, state.end, state.errors.length], [0, undefined, 1]);
  end();
  assert.deepEqual(await ended, { cut: "error" });
});

Deno.test("a source of events that fails to start cuts the stream", async () => {
  const errors: unknown[] = [];
  const broken = {
    [Symbol.asyncIterator]() {
      throw new Error("a bug");
    },
  };
  const { body, ended } = ndjson(broken, { onError: (error) => errors.push(error) });
  await assert.rejects(new Response(body).text(), isCut("error"));
  assert.deepEqual(await ended, { cut: "error" });
  assert.equal(errors.length, 1);
});

Deno.test("an error after the last event is reported, and the body ends normally", async () => {
  const { give, end, reader, state, ended } = started({
    onProduced() {
      throw new Error("a bug");
    },
  });
  give({});
  end();
  assert.equal(await rest(reader), "{}\n");
  assert.deepEqual(await ended, {});
  assert.equal(state.errors.length, 1);
});

/** A stream whose reader has read the first of three events and then stops reading. */
async function unread() {
  const it = started();
  for (let i = 0; i < 3; i++) it.give({ i });
  assert.equal(await next(it.reader), '{"i":0}\n');
  return it;
}

Deno.test("a reader that takes nothing for 30 seconds after the last event loses the rest", async () => {
  using clock = fakeClock();
  const { end, state, reader } = await unread();
  end();
  await clock.advance(29_999);
  assert.equal(state.end, undefined);
  await clock.advance(1);
  assert.deepEqual(state.end, { cut: "client_stalled" });
  await assert.rejects(reader.read(), isCut("client_stalled"));
});

Deno.test("a reader may pause while more events may come, and then has 30 seconds for each piece", async () => {
  using clock = fakeClock();
  const { give, end, state, reader } = await unread();
  await clock.advance(600_000);
  give({ i: 3 });
  end();
  for (let i = 1; i < 4; i++) {
    await clock.advance(29_000);
    assert.equal(await next(reader), `{"i":${i}}\n`);
  }
  await clock.advance(29_000);
  assert.equal(await next(reader), undefined);
  assert.deepEqual(state.end, {});
});

Deno.test("a stream that was read or left leaves no timer", async () => {
  const ends: Promise<BodyEnd>[] = [];
  for (const leave of [false, true]) {
    const { give, end, reader, ended } = started();
    give({});
    end();
    await turn(); // the timer is set
    if (leave) await reader.cancel();
    else await rest(reader);
    ends.push(ended);
  }
  assert.deepEqual(await Promise.all(ends), [{}, { cut: "client_left" }]);
}); // Deno fails a test that leaves a timer
