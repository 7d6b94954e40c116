import assert from "node:assert/strict";
import { Hono } from "hono";
import type { Env } from "../env.ts";
import { OperationError } from "../../operations/errors.ts";
import { bodyLimit, type BodyLimits } from "./body_limit.ts";

const LIMITS = { maxSize: 10, seconds: 5, atOnce: 10 };

function served(limits: Partial<BodyLimits> = {}) {
  const app = new Hono<Env>();
  app.use((c, next) => {
    c.set("identity", { name: c.req.header("x-token") ?? "any", role: "writer" });
    return next();
  });
  app.use(bodyLimit({ ...LIMITS, hasTokens: true, ...limits }));
  app.post("/bytes", (c) => c.text(String(c.get("body")?.length ?? 0)));
  app.post("/text", (c) => c.text(new TextDecoder().decode(c.get("body"))));
  app.onError((error, c) =>
    error instanceof OperationError
      ? new Response(error.message, { status: error.status })
      : c.text("a bug", 500)
  );
  return async (path: string, body: BodyInit | undefined, headers: HeadersInit = {}) => {
    const response = await app.request(path, { method: "POST", body, headers });
    return [response.status, await response.text()];
  };
}

/** A body in these pieces; `undefined` breaks it off. */
function pieces(...texts: (string | undefined)[]) {
  const seen = { cancelled: false };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (texts.length === 0) return controller.close();
      const text = texts.shift();
      if (text === undefined) return controller.error(new TypeError("connection reset"));
      controller.enqueue(new TextEncoder().encode(text));
    },
    cancel() {
      seen.cancelled = true;
    },
  });
  return { body, seen };
}

Deno.test("a body is complete, however many pieces it came in", async () => {
  const ask = served();
  assert.deepEqual(await ask("/bytes", "1234567890"), [200, "10"]);
  assert.deepEqual(await ask("/text", pieces("[1", ",", "2]").body), [200, "[1,2]"]);
  assert.deepEqual(await ask("/bytes", ""), [200, "0"]);
  assert.deepEqual(await ask("/bytes", undefined), [200, "0"]);
});

Deno.test("one byte more is rejected, with or without a Content-Length", async () => {
  const ask = served();
  const message = "Request body is larger than 10 bytes";
  assert.deepEqual(await ask("/bytes", "12345678901"), [413, message]);
  assert.deepEqual(await ask("/bytes", "{", { "Content-Length": "11" }), [413, message]);
  const { body, seen } = pieces("123456", "78901", "more");
  assert.deepEqual(await ask("/bytes", body), [413, message]);
  assert.ok(seen.cancelled);
  // With chunks, Content-Length is ignored.
  const both = { "Content-Length": "3", "Transfer-Encoding": "chunked" };
  assert.deepEqual(await ask("/bytes", pieces("123456", "78901").body, both), [413, message]);
});

Deno.test("a body that breaks off is a client error", async () => {
  const [status, text] = await served()("/bytes", pieces("123", undefined).body);
  assert.deepEqual([status, text], [400, "Request body ended before it was complete"]);
});

Deno.test("a body that is too slow is rejected and not read further", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
  const [status, text] = await served({ seconds: 0.05 })("/bytes", body);
  assert.deepEqual([status, text], [408, "Request body was not complete within 0.05 seconds"]);
  assert.ok(cancelled);
});

Deno.test("bodies above the limit of concurrent reads are rejected until one has been read", async () => {
  const ask = served({ atOnce: 1, hasTokens: false });
  const first = new TransformStream<Uint8Array, Uint8Array>();
  const answer = ask("/bytes", first.readable);
  await Promise.resolve();
  assert.deepEqual(await ask("/bytes", "1"), [
    503,
    "Busy: the request limit of the server is reached; retry in 1 s",
  ]);
  assert.deepEqual(await ask("/bytes", undefined), [200, "0"]);
  await first.writable.close();
  assert.deepEqual(await answer, [200, "0"]);
  assert.deepEqual(await ask("/bytes", "1"), [200, "1"]);
});

Deno.test("slow bodies of one token leave room for those of others", async () => {
  const ask = served({ atOnce: 8 });
  const go = Promise.withResolvers<void>();
  const slow = () =>
    new ReadableStream({ start: (controller) => go.promise.then(() => controller.close()) });
  const reader = { "x-token": "reader" };
  const stalled = [1, 2].map(() => ask("/bytes", slow(), reader));
  assert.deepEqual(await ask("/bytes", "1", reader), [
    503,
    "Busy: the request limit of token 'reader' is reached; retry in 1 s",
  ]);
  assert.deepEqual(await ask("/bytes", "1", { "x-token": "other" }), [200, "1"]);
  go.resolve();
  for (const answer of await Promise.all(stalled)) assert.deepEqual(answer, [200, "0"]);
});
