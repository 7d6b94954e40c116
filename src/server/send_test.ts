import assert from "node:assert/strict";
import { Hono } from "hono";
import { configureLog, log } from "../log/logger.ts";
import type { Env } from "./env.ts";
import { accessLog } from "./middleware/access_log.ts";
import { atOnce } from "./middleware/at_once.ts";
import { anonymous } from "./middleware/authenticate.ts";
import { Drain } from "./middleware/drain.ts";
import { requestId } from "./middleware/request_id.ts";
import {
  type Reply,
  staticReply,
  type Stream,
  type StreamReader,
  whenOver,
} from "../operations/reply.ts";
import { sendReply } from "./send.ts";

/** A server that answers everything with one reply, behind the middleware of a request. */
function served(reply: () => Reply, places = 256) {
  const lines: string[] = [];
  configureLog({ format: "json", level: "debug", write: (line) => lines.push(line) });
  const app = new Hono<Env>();
  const drain = new Drain();
  app.use(requestId());
  app.use(anonymous());
  app.use(accessLog());
  app.use(drain.count());
  app.use(atOnce(places));
  app.get("/it", (c) => sendReply(c, reply()));
  app.onError((error, c) => sendReply(c, { status: 500, body: { message: error.message } }));
  return {
    drain,
    ask: async (headers: Record<string, string> = {}, method = "GET") =>
      await app.request("/it", { method, headers }, { from: "192.0.2.7" }),
    lines: (message: string) =>
      lines.map((line) => JSON.parse(line)).filter((line) => line.message === message),
  };
}

/** Two events, the second when the test says so, after which the events have ended. */
function twoEvents() {
  const go = Promise.withResolvers<void>();
  let runs = 0;
  let hasEnded = false;
  const stream: Stream = {
    kind: "stream",
    async *events() {
      runs++;
      yield { event: "started" };
      await go.promise;
      log("part", "info", "work");
      yield { event: "done" };
      hasEnded = true;
    },
  };
  return { stream, go: go.resolve, runs: () => runs, hasEnded: () => hasEnded };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

const USUAL = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
};
const DATA = "default-src 'none'; frame-ancestors 'none'";

/** The headers without the request id. */
function headersOf({ headers }: Response) {
  const { "x-request-id": id, ...others } = Object.fromEntries(headers);
  assert.match(id!, /^[\w-]+$/);
  return others;
}

Deno.test("JSON has its headers, and is neither cached nor framed", async () => {
  const { ask } = served(() => ({ status: 201, body: { a: 1 }, headers: { "Retry-After": "1" } }));
  const answer = await ask();
  assert.equal(answer.status, 201);
  assert.equal(await answer.text(), '{\n  "a": 1\n}\n');
  assert.deepEqual(headersOf(answer), {
    ...USUAL,
    "cache-control": "no-store",
    "content-security-policy": DATA,
    "content-type": "application/json",
    "retry-after": "1",
  });
});

Deno.test("a HEAD for JSON has its length", async () => {
  const answer = await served(() => ({ status: 200, body: { a: "ü" } })).ask({}, "HEAD");
  assert.equal(await answer.text(), "");
  assert.equal(answer.headers.get("content-length"), "16");
});

Deno.test("a stream is NDJSON that may not be cached, transformed or shown as a page", async () => {
  const { stream, go } = twoEvents();
  const answer = await served(() => ({ ...stream, headers: { "X-More": "1" } })).ask();
  go();
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), '{"event":"started"}\n{"event":"done"}\n');
  assert.deepEqual(headersOf(answer), {
    ...USUAL,
    "cache-control": "no-store, no-transform",
    "content-security-policy": DATA,
    "content-type": "application/x-ndjson",
    "x-accel-buffering": "no",
    "x-more": "1",
  });
});

Deno.test("a HEAD for a stream runs nothing, and calls its end", async () => {
  const { stream, runs } = twoEvents();
  let over = 0;
  const { ask, drain, lines } = served(() => whenOver(stream, () => over++), 1);
  for (let i = 1; i <= 2; i++) {
    const answer = await ask({}, "HEAD");
    assert.deepEqual([answer.status, await answer.text()], [200, ""]);
    assert.equal(answer.headers.get("content-type"), "application/x-ndjson");
    assert.equal(over, i);
  }
  assert.equal(runs(), 0);
  assert.equal(lines("request").length, 2);
  await drain.drain();
});

const PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; " +
  "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; " +
  "frame-ancestors 'none'";

Deno.test("a page may load content from this server only, and is revalidated each time", async () => {
  const page = await staticReply("text/html; charset=utf-8", "<p>ü</p>");
  const answer = await served(() => page).ask();
  assert.equal(await answer.text(), "<p>ü</p>");
  const { etag, ...others } = headersOf(answer);
  assert.match(etag!, /^"[0-9a-f]{32}"$/);
  assert.deepEqual(others, {
    ...USUAL,
    "cache-control": "no-cache",
    "content-security-policy": PAGE_POLICY,
    "content-type": "text/html; charset=utf-8",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "same-origin",
  });
});

Deno.test("bytes are sent unchanged, and other content has another ETag", async () => {
  const bytes = new Uint8Array([0, 255, 10]);
  const icon = await staticReply("image/png", bytes);
  const answer = await served(() => icon).ask();
  assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes);
  assert.equal((await staticReply("image/png", bytes.slice())).etag, icon.etag);
  assert.notEqual((await staticReply("image/png", new Uint8Array([0]))).etag, icon.etag);
});

Deno.test("a HEAD for a page has its length and its ETag", async () => {
  const page = await staticReply("text/html; charset=utf-8", "<p>ü</p>");
  const answer = await served(() => page).ask({}, "HEAD");
  assert.equal(await answer.text(), "");
  assert.deepEqual([answer.headers.get("content-length"), answer.headers.get("etag")], [
    "9",
    page.etag,
  ]);
});

Deno.test("a page that the client already has, compressed or not, is not sent again", async () => {
  const page = await staticReply("text/css; charset=utf-8", "p {}");
  const { ask } = served(() => page);
  for (const tags of [page.etag, `W/${page.etag}`, `"other", W/${page.etag}`, "*"]) {
    for (const method of ["GET", "HEAD"]) {
      const answer = await ask({ "If-None-Match": tags }, method);
      assert.deepEqual([answer.status, await answer.text()], [304, ""], tags);
      assert.equal(answer.headers.get("etag"), page.etag);
      assert.equal(answer.headers.get("content-security-policy"), PAGE_POLICY);
      assert.equal(answer.headers.get("content-type"), null);
    }
  }
  for (const tags of ['"other"', page.etag.slice(1, -1), ""]) {
    assert.equal((await ask({ "If-None-Match": tags })).status, 200, tags);
  }
});

Deno.test("a drain lists an active stream and waits until its reader has all of it", async () => {
  const { stream, go, hasEnded } = twoEvents();
  const { ask, drain } = served(() => stream);
  const answer = await ask({ "X-Request-Id": "mine" });
  let isDrained = false;
  const draining = drain.drain().then(() => isDrained = true);
  const names = () => drain.activeRequests().map(({ id, method, path }) => [id, method, path]);
  assert.deepEqual(names(), [["mine", "GET", "/it"]]);
  go();
  await turn();
  assert.ok(hasEnded());
  assert.deepEqual([isDrained, names().length], [false, 1]);
  assert.match(await answer.text(), /"done"/);
  await draining;
  assert.deepEqual(names(), []);
});

Deno.test("a drain waits for a stream without a reader", async () => {
  const { stream, go, hasEnded } = twoEvents();
  const { ask, drain } = served(() => stream);
  await (await ask()).body!.cancel();
  let isDrained = false;
  const draining = drain.drain().then(() => isDrained = true);
  await turn();
  assert.equal(isDrained, false);
  go();
  await draining;
  assert.ok(hasEnded());
});

Deno.test("a stream holds its slot until its body has ended", async () => {
  const { stream, go } = twoEvents();
  const { ask } = served(() => stream, 1);
  const answer = await ask();
  assert.equal((await (await ask()).json()).message, "Busy: more than 1 concurrent requests");
  go();
  await turn();
  assert.equal((await ask()).status, 500); // its reader has not read it
  await answer.text();
  assert.equal((await ask()).status, 200);
});

Deno.test("a stream is logged at its end, with its whole duration", async () => {
  const { stream, go } = twoEvents();
  const { ask, lines } = served(() => stream);
  const answer = await ask({ "X-Request-Id": "mine" });
  assert.deepEqual(lines("request"), []);
  await new Promise((resolve) => setTimeout(resolve, 30));
  go();
  await answer.text();
  await turn();
  const [line, ...others] = lines("request");
  assert.deepEqual(others, []);
  assert.deepEqual([line.id, line.path, line.status, line.cut], ["mine", "/it", 200, undefined]);
  assert.ok(line.ms >= 29, String(line.ms));
});

Deno.test("the log lines of a stream have the id of its request, even when the client has left", async () => {
  const { stream, go } = twoEvents();
  const { ask, lines } = served(() => stream);
  await (await ask({ "X-Request-Id": "mine" })).body!.cancel();
  await turn();
  go();
  await turn();
  assert.deepEqual(lines("work").map(({ id }) => id), ["mine"]);
});

Deno.test("the event source is notified that the client has left, and the log line reports it", async () => {
  const seen: boolean[] = [];
  const { stream, go } = twoEvents();
  const { ask, lines } = served(() => ({
    ...stream,
    async *events(reader: StreamReader) {
      for await (const event of stream.events(reader)) {
        seen.push(reader.gone.aborted);
        yield event;
      }
    },
  }));
  const answer = await ask();
  await turn();
  await answer.body!.cancel();
  assert.deepEqual(lines("request"), []);
  go();
  await turn();
  assert.deepEqual(seen, [false, true]);
  assert.deepEqual(lines("request").map(({ status, cut }) => [status, cut]), [[
    200,
    "client_left",
  ]]);
});

Deno.test("an exception in a stream is logged with its request, and cuts the stream", async () => {
  let over = 0;
  const { ask, lines, drain } = served(() =>
    whenOver({
      kind: "stream",
      async *events() {
        yield { event: "started" };
        throw new Error("a bug");
      },
    }, () => over++)
  );
  const answer = await ask({ "X-Request-Id": "mine" });
  const reader = answer.body!.getReader();
  assert.equal(new TextDecoder().decode((await reader.read()).value), '{"event":"started"}\n');
  await assert.rejects(reader.read(), /stream cut: error/);
  await drain.drain();
  const [error] = lines("internal error in a stream");
  assert.deepEqual([error.level, error.id], ["error", "mine"]);
  assert.match(error.error, /a bug/);
  assert.deepEqual(lines("request").map(({ cut }) => cut), ["error"]);
  assert.equal(over, 1);
});

Deno.test("an exception before the stream starts is an ordinary error", async () => {
  const { ask, lines, drain } = served(() => ({
    kind: "stream",
    events() {
      throw new Error("a bug");
    },
  }), 1);
  for (let i = 0; i < 2; i++) assert.equal((await ask()).status, 500);
  assert.deepEqual(lines("request").map(({ status }) => status), [500, 500]);
  await drain.drain();
});

Deno.test("a reply is over immediately, and a stream after its last event", async () => {
  const over: string[] = [];
  const json = { status: 200, body: {} };
  assert.equal(whenOver(json, () => over.push("json")), json);
  whenOver(await staticReply("text/css", ""), () => over.push("static"));
  assert.deepEqual(over, ["json", "static"]);

  const { stream, go } = twoEvents();
  const first = whenOver(stream, () => over.push("first"));
  const { ask } = served(() => whenOver(first, () => over.push("second")));
  await ask();
  await turn();
  assert.equal(over.length, 2);
  go();
  await turn();
  assert.deepEqual(over.slice(2), ["first", "second"]); // read or not
});
