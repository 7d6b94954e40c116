import assert from "node:assert/strict";
import { configureLog } from "../log/logger.ts";
import type { App } from "./app.ts";
import { front } from "./front.ts";

/** An app that says its name, and when it was drained. */
function named(name: string, answered: Promise<void> = Promise.resolve()) {
  const app = {
    drained: false,
    fetch: async () => {
      await answered;
      return new Response(name);
    },
    async drain() {
      await answered;
      app.drained = true;
    },
    activeRequests: () => [],
  };
  return app satisfies App;
}

const get = (path: string, headers: Record<string, string> = {}) =>
  new Request(`http://localhost${path}`, { headers });

const textOf = async (response: Response | Promise<Response>) => await (await response).text();

Deno.test("/health responds while the app is being loaded, and all other requests wait for it", async () => {
  const loading = Promise.withResolvers<App>();
  const served = front(() => loading.promise);
  const health = await served.fetch(get("/health", { "x-request-id": "mine" }));
  assert.equal(health.status, 200);
  assert.equal(health.headers.get("x-request-id"), "mine");
  assert.equal((await health.json()).status, "healthy");
  const other = textOf(served.fetch(get("/clusters")));
  loading.resolve(named("app"));
  assert.equal(await other, "app");
});

Deno.test("the app is loaded once, by the first request", async () => {
  let loads = 0;
  const served = front(() => {
    loads++;
    return named("app");
  });
  assert.equal(loads, 0);
  await Promise.all([1, 2, 3].map(() => served.fetch(get("/clusters"))));
  assert.equal(loads, 1);
});

for (
  const [what, request] of [
    ["another path", get("/healthy")],
    ["another path that ends the same", get("/a/health")],
    ["a query", get("/health?x")],
    ["a page", get("/health", { origin: "http://localhost" })],
    ["another method", new Request("http://localhost/health", { method: "POST" })],
    ["HEAD", new Request("http://localhost/health", { method: "HEAD" })],
  ] as const
) {
  Deno.test(`the router handles ${what}`, async () => {
    assert.equal(await textOf(front(() => named("app")).fetch(request)), "app");
  });
}

Deno.test("an unsafe request id is replaced, and each request has one line in the log", async () => {
  const lines: string[] = [];
  configureLog({ format: "json", level: "debug", write: (line) => lines.push(line) });
  const response = await front(() => named("app")).fetch(get("/health", { "x-request-id": "a b" }));
  configureLog({ format: "json", level: "error", write: () => {} });
  const id = response.headers.get("x-request-id");
  assert.match(id!, /^[0-9a-f-]{36}$/);
  const [line, ...others] = lines.map((each) => JSON.parse(each));
  assert.deepEqual(others, []);
  assert.deepEqual(
    [line.level, line.id, line.method, line.path, line.status],
    ["debug", id, "GET", "/health", 200],
  );
});

Deno.test("10,000 probes leave no line in the log unless its level is debug", async () => {
  const lines: string[] = [];
  configureLog({ format: "json", level: "info", write: (line) => lines.push(line) });
  const served = front(() => named("app"));
  for (let i = 0; i < 10_000; i++) await served.fetch(get("/health"));
  configureLog({ format: "json", level: "error", write: () => {} });
  assert.deepEqual(lines, []);
});

Deno.test("new requests go to the new app, and the replaced one finishes its own", async () => {
  const answered = Promise.withResolvers<void>();
  const before = named("before", answered.promise);
  const served = front(() => before);
  const old = textOf(served.fetch(get("/")));
  await textOf(served.fetch(get("/health"))); // a turn for the first to be loaded
  const replaced = served.replace(named("after"));
  await Promise.resolve();
  await Promise.resolve();
  assert.equal(await textOf(served.fetch(get("/"))), "after");
  assert.equal(before.drained, false);
  answered.resolve();
  await replaced;
  assert.equal(before.drained, true);
  assert.equal(await old, "before");
});

Deno.test("an app without requests is not loaded to be replaced or drained", async () => {
  const served = front(() => assert.fail("loaded"));
  await served.drain();
  const other = front(() => assert.fail("loaded"));
  await other.replace(named("after"));
  assert.equal(await textOf(other.fetch(get("/"))), "after");
});

Deno.test("during a shutdown the app rejects /health", async () => {
  const served = front(() => named("app"));
  await served.fetch(get("/clusters"));
  await served.drain();
  assert.equal(await textOf(served.fetch(get("/health"))), "app");
});

Deno.test("an app that is loaded during a shutdown rejects requests, too", async () => {
  const app = named("app");
  const served = front(() => app);
  await served.drain();
  await served.fetch(get("/clusters"));
  assert.equal(app.drained, true);
});

Deno.test("a shutdown waits for the requests of an app that was replaced, too", async () => {
  const answered = Promise.withResolvers<void>();
  const before = named("before", answered.promise);
  const served = front(() => before);
  const old = textOf(served.fetch(get("/")));
  await textOf(served.fetch(get("/health")));
  const replaced = served.replace(named("after"));
  let drained = false;
  const draining = served.drain().then(() => drained = true);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(drained, false);
  answered.resolve();
  await Promise.all([replaced, draining]);
  assert.equal(await old, "before");
});

Deno.test("an app that replaces another during a shutdown is drained immediately", async () => {
  const served = front(() => named("before"));
  await served.fetch(get("/"));
  await served.drain();
  const after = named("after");
  await served.replace(after);
  assert.equal(after.drained, true);
});

Deno.test("an app that could not be loaded is loaded again by the next request", async () => {
  let isBroken = true;
  const served = front(() => {
    if (isBroken) throw new Error("broken");
    return named("app");
  });
  await assert.rejects(async () => await served.fetch(get("/clusters")), /broken/);
  await textOf(served.fetch(get("/health")));
  isBroken = false;
  assert.equal(await textOf(served.fetch(get("/clusters"))), "app");
  await served.drain();
});
