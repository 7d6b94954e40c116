import assert from "node:assert/strict";
import { Hono } from "hono";
import { OperationError } from "../../operations/errors.ts";
import type { Env } from "../env.ts";
import { atOnce } from "./at_once.ts";

/** An app with this many slots, whose requests end when the test says so. */
function served(count: number) {
  const app = new Hono<Env>();
  const turns: PromiseWithResolvers<void>[] = [];
  app.use(atOnce(count));
  app.get("/", async (c) => {
    const turn = Promise.withResolvers<void>();
    turns.push(turn);
    await turn.promise;
    return c.text("done");
  });
  app.onError((error, c) =>
    error instanceof OperationError
      ? c.text(error.code, 503, error.headers)
      : c.text(error.message, 500)
  );
  return { ask: () => Promise.resolve(app.request("/")), turns };
}

Deno.test("a request above the limit is rejected immediately, and a finished one frees its slot", async () => {
  const { ask, turns } = served(2);
  const first = ask();
  const second = ask();
  const refused = await ask();
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "1"]);
  turns[0]!.resolve();
  assert.equal((await first).status, 200);
  const third = ask();
  turns[2]!.resolve();
  turns[1]!.resolve();
  assert.deepEqual((await Promise.all([second, third])).map(({ status }) => status), [200, 200]);
});

Deno.test("a failed request frees its slot", async () => {
  const { ask, turns } = served(1);
  for (const at of [0, 1, 2]) {
    const answer = ask();
    turns[at]!.reject(new Error("a bug"));
    assert.equal(await (await answer).text(), "a bug");
  }
  const last = ask();
  turns[3]!.resolve();
  assert.equal((await last).status, 200);
});
