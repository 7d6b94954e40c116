import assert from "node:assert/strict";
import { Hono } from "hono";
import type { Env } from "../env.ts";
import { OperationError } from "../../operations/errors.ts";
import { Drain } from "./drain.ts";

function served(handle: () => Promise<void>) {
  const drain = new Drain();
  const app = new Hono<Env>();
  app.use(drain.count());
  app.get("/", async (c) => {
    await handle();
    return c.text("done");
  });
  app.onError((error) =>
    new Response("", { status: error instanceof OperationError ? error.status : 500 })
  );
  return { drain, get: async () => await app.request("/") };
}

Deno.test("a drain without active requests resolves immediately", async () => {
  const { drain, get } = served(() => Promise.resolve());
  assert.equal((await get()).status, 200);
  await drain.drain();
  assert.equal((await get()).status, 503);
});

Deno.test("a drain waits for all active requests, including those that fail", async () => {
  const turns = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let begun = 0;
  const { drain, get } = served(() => turns[begun++]!.promise);
  const answers = [get(), get()];
  let drained = false;
  const draining = drain.drain().then(() => drained = true);
  turns[0]!.reject(new Error("a bug"));
  assert.equal((await answers[0]!).status, 500);
  assert.equal(drained, false);
  turns[1]!.resolve();
  assert.equal((await answers[1]!).status, 200);
  await draining;
});

Deno.test("a second drain resolves, too", async () => {
  const { drain } = served(() => Promise.resolve());
  await Promise.all([drain.drain(), drain.drain()]);
});
