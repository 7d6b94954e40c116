import assert from "node:assert/strict";
import { Failure } from "../failure.ts";
import { isStream, readEvents } from "./remote_events.ts";

/** Events of a server, whatever pieces they arrive in. */

const STARTED = { event: "started", clusters: 1, names: ["a"] };
const ENDED = { event: "cluster", cluster: "a", status_code: 200, answer: { message: "zwölf €" } };
const DONE = { event: "done", success: true, succeeded: 1, failed: 0, not_begun: 0 };

const linesOf = (...events: readonly object[]) =>
  events.map((event) => JSON.stringify(event) + "\n").join("");

/** The events read from pieces of this many bytes, and how the stream ended. */
async function read(text: string, size = Infinity) {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const end = Math.min(bytes.length, at + size);
      controller.enqueue(bytes.slice(at, end));
      at = end;
    },
  });
  let ends = 0;
  const events: object[] = [];
  const reading = readEvents(new Response(body), {
    onRead: () => {},
    onEnd: () => ends++,
    unexpected: () => new Failure("strange"),
    whyCut: (error) => error instanceof Failure ? error : new Failure("cut"),
  });
  let end = "done";
  try {
    for await (const event of reading) events.push(event);
  } catch (error) {
    assert.ok(error instanceof Failure);
    end = error.message;
  }
  assert.equal(ends, 1);
  return { events, end };
}

for (const size of [1, 2, 7, 64, Infinity]) {
  Deno.test(`events that arrive in pieces of ${size} bytes are complete`, async () => {
    assert.deepEqual(await read(linesOf(STARTED, ENDED, DONE), size), {
      events: [STARTED, ENDED, DONE],
      end: "done",
    });
  });
}

const ENDS: [what: string, text: string, events: number, end: string][] = [
  ["no events", "", 0, "cut"],
  ["no last event", linesOf(STARTED, ENDED), 2, "cut"],
  ["half of the last event", linesOf(STARTED) + '{"event":"done"}', 1, "cut"],
  ["more after its last event", linesOf(DONE) + "{", 1, "done"],
  ["an empty line", linesOf(STARTED) + "\n" + linesOf(DONE), 1, "strange"],
  ["invalid JSON", linesOf(STARTED) + "{,}\n", 1, "strange"],
  ["an unknown event", linesOf(STARTED, { event: "more" }), 1, "strange"],
  ["no names", linesOf({ event: "started", clusters: 1 }), 0, "strange"],
  ["invalid names", linesOf({ ...STARTED, names: ["\x1b[2J"] }), 0, "strange"],
  ["a cluster without a status", linesOf({ ...ENDED, status_code: "200" }), 0, "strange"],
  ["a cluster without a name", linesOf({ ...ENDED, cluster: 5 }), 0, "strange"],
  ["an invalid answer", linesOf({ ...ENDED, answer: [] }), 0, "strange"],
  ["an invalid transport", linesOf({ ...ENDED, transport: 5 }), 0, "strange"],
  ["same_server_as without a list", linesOf({ ...ENDED, same_server_as: "b" }), 0, "strange"],
  ["same_server_as with invalid names", linesOf({ ...ENDED, same_server_as: [5] }), 0, "strange"],
];

for (const [what, text, events, end] of ENDS) {
  Deno.test(`a stream with ${what} is ${end}`, async () => {
    const came = await read(text);
    assert.deepEqual([came.events.length, came.end], [events, end]);
  });
}

Deno.test("only a response with the media type of a stream is a stream", () => {
  const response = (status: number, type: string) =>
    isStream(new Response("", { status, headers: { "Content-Type": type } }));
  assert.ok(response(200, "application/x-ndjson"));
  assert.ok(response(200, "application/x-ndjson; charset=utf-8"));
  assert.ok(!response(200, "application/json"));
  assert.ok(!response(503, "application/x-ndjson"));
});
