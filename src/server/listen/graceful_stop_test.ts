import assert from "node:assert/strict";
import { Hono } from "hono";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import { configureLog } from "../../log/logger.ts";
import type { Env } from "../env.ts";
import { front } from "../front.ts";
import { Drain } from "../middleware/drain.ts";
import { requestId } from "../middleware/request_id.ts";
import { endRequests, killAfter, stopSeconds } from "./graceful_stop.ts";

/** A server whose requests end when `end` is called. */
function served() {
  const drain = new Drain();
  const app = new Hono<Env>();
  const ended = Promise.withResolvers<void>();
  app.use(requestId());
  app.use(drain.count());
  app.post("/secrets/:which", async (c) => {
    await ended.promise;
    return c.text("done");
  });
  const inner = {
    fetch: (request: Request) => app.fetch(request),
    drain: () => drain.drain(),
    activeRequests: () => drain.activeRequests(),
  };
  const lines: string[] = [];
  configureLog({ format: "text", level: "info", write: (line) => lines.push(line) });
  const post = (which: string, id: string) =>
    outer.fetch(
      new Request(`http://localhost/secrets/${which}?with=query`, {
        method: "POST",
        headers: { "x-request-id": id },
      }),
    );
  const outer = front(() => inner);
  return { app: outer, inner, post, lines, end: ended.resolve };
}

Deno.test("requests that do not end in time are named, and abandoned", async () => {
  using clock = fakeClock();
  const it = served();
  const answers = [it.post("add_docker", "one"), it.post("add_repo", "two")];
  await clock.settle();
  let ended: boolean | undefined;
  const ending = endRequests(it.app, 60).then((all) => ended = all);
  await clock.advance(59_999);
  assert.equal(ended, undefined);
  assert.equal(it.lines.length, 0);
  await clock.advance(1);
  assert.equal(await ending, false);
  const said = it.lines.map((line) => line.replace(/^.*?(ERROR)/, "$1").trim());
  assert.deepEqual(said, [
    "ERROR server: request aborted by shutdown id=one method=POST path=/secrets/add_docker ms=60000",
    "ERROR server: request aborted by shutdown id=two method=POST path=/secrets/add_repo ms=60000",
    "ERROR server: shutdown timed out requests=2 seconds=60",
  ]);
  it.end();
  await Promise.all(answers);
});

Deno.test("requests of a replaced app are waited for and named, too", async () => {
  using clock = fakeClock();
  const it = served();
  const answer = it.post("add_docker", "one");
  await clock.settle();
  void it.app.replace({
    fetch: () => new Response(),
    drain: () => Promise.resolve(),
    activeRequests: () => [],
  });
  await clock.settle();
  const ending = endRequests(it.app, 1);
  await clock.advance(1000);
  assert.equal(await ending, false);
  assert.match(it.lines[0]!, /request aborted by shutdown id=one/);
  it.end();
  await answer;
});

Deno.test("requests that end in time are waited for, and nothing else is", async () => {
  using clock = fakeClock();
  const it = served();
  const answer = it.post("add_docker", "one");
  await clock.settle();
  const ending = endRequests(it.app, 60);
  await clock.advance(59_000);
  it.end();
  assert.equal(await ending, true);
  assert.equal(it.lines.length, 0);
  await answer;
});

Deno.test("stop waits for longer than a server may take with its kubectl_timeout", () => {
  for (const seconds of [1, 10, 30, 600]) {
    const needed = stopSeconds({ kubectl_timeout: seconds });
    assert.ok(needed > 3 * seconds, "to write, to read and to restore");
    assert.ok(killAfter(needed) > needed);
  }
  assert.ok(stopSeconds({ kubectl_timeout: 60 }) > stopSeconds({ kubectl_timeout: 30 }));
});

Deno.test("a server of an older version, which reports no time, gets at least 120 seconds", () => {
  assert.ok(killAfter(undefined) >= 120);
});
