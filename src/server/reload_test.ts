import assert from "node:assert/strict";
import { ConfigError } from "../config/load.ts";
import { settingsOf } from "../config/schema.ts";
import { deadlineIn } from "../kube/deadline.ts";
import { FakeCluster } from "../kube/fake/store.ts";
import type { SecretStore } from "../kube/store.ts";
import { configureLog, ofNoRequest } from "../log/logger.ts";
import { createApp } from "./app.ts";
import { Limits } from "../operations/limits.ts";
import type { Operation, Services } from "../operations/operation.ts";
import { fleetQueue, serverLimits } from "../operations/server_limits.ts";
import { PerMinute } from "../rate_limit/per_minute.ts";
import { front } from "./front.ts";
import { endRequests } from "./listen/graceful_stop.ts";
import { type Reloadable, reloader } from "./reload.ts";

/** One event at each step, with the number of secrets in the cluster, and finally `done`. */
function steps(store: SecretStore, step: () => Promise<boolean>): Operation {
  return {
    name: "steps",
    tag: "server",
    role: "reader",
    effect: "read",
    clusters: "none",
    method: "get",
    path: "/steps",
    root: { path: "/steps" },
    summary: "A made-up stream",
    load: () =>
      Promise.resolve({
        describe: () => ({ answers: {} }),
        take() {
          async function* events() {
            while (await step()) {
              yield { secrets: (await store.list({}, deadlineIn(10))).length };
            }
            yield { event: "done" };
          }
          return {
            run: () => Promise.resolve({ reply: () => ({ kind: "stream", events }) }),
          };
        },
      }),
  };
}

/** A server whose apps are numbered, and whose streams continue when a test says so. */
function served() {
  const log: string[] = [];
  configureLog({ format: "text", level: "info", write: (line) => log.push(line) });
  const cluster = new FakeCluster();
  cluster.put({ namespace: "default", name: "a" });
  const closed: number[] = [];
  const waiting: ((goesOn: boolean) => void)[] = [];
  let programs = 0;

  function program(): Reloadable {
    const number = programs++;
    const store: SecretStore = {
      ...cluster.store(),
      async list(query, deadline) {
        assert.ok(!closed.includes(number), "the connections to the cluster are closed");
        return await cluster.store().list(query, deadline);
      },
    };
    const operation = steps(store, () => new Promise((resolve) => waiting.push(resolve)));
    const app = createApp({
      services: { operations: [operation] } as Partial<Services> as Services,
      gates: {
        limits: new Limits(serverLimits({ maxRequests: 10, seconds: 10 })),
        fleet: fleetQueue(32, { starting: 4, alive: 32, alivePerCluster: 8 }),
        tries: new PerMinute(),
        finds: new PerMinute(),
      },
      allowedHosts: [],
      corsOrigins: [],
    });
    return { ...app, close: () => closed.push(number) };
  }

  const first = program();
  const app = front(() => first);
  const bound = settingsOf({});
  let broken: string | undefined;
  const reloads = reloader({
    read: () => {
      if (broken !== undefined) return Promise.reject(new ConfigError(broken));
      const file = { file: "config.yaml", isThere: true, origins: {} };
      return Promise.resolve({ ...file, settings: bound, warnings: [] });
    },
    onRead: () => Promise.resolve(),
    bound,
    app,
    wired: () =>
      Promise.resolve({
        program: first,
        again: program,
        stopping: () => {},
        end: () => Promise.resolve(),
      }),
  });
  return {
    app,
    log,
    closed,
    async hangUp() {
      ofNoRequest(reloads.reload); // as at the signal
      await reloads.current();
    },
    breakConfiguration: (reason: string) => broken = reason,
    async begin() {
      const answer = await app.fetch(
        new Request("http://localhost/steps", { headers: { host: "localhost" } }),
      );
      return answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    },
    /** Lets the stream that has waited for longest continue, or end. */
    async step(goesOn = true) {
      await turn();
      waiting.shift()!(goesOn);
    },
  };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("a stream at SIGHUP continues with its cluster, whose connections are closed after it", async () => {
  const { app, begin, step, hangUp, closed } = served();
  const reader = await begin();
  await step();
  assert.deepEqual(await reader.read(), { value: '{"secrets":1}\n', done: false });
  await hangUp();
  await turn();
  assert.deepEqual(closed, []);
  assert.deepEqual(app.activeRequests().map(({ path }) => path), ["/steps"]);
  for (let i = 0; i < 3; i++) {
    await step();
    assert.deepEqual(await reader.read(), { value: '{"secrets":1}\n', done: false });
  }
  await step(false);
  assert.deepEqual(await reader.read(), { value: '{"event":"done"}\n', done: false });
  assert.deepEqual(closed, []);
  assert.deepEqual(await reader.read(), { value: undefined, done: true });
  await turn();
  assert.deepEqual([closed, app.activeRequests()], [[0], []]);
});

Deno.test("a stream without a reader keeps its cluster until it ends", async () => {
  const { begin, step, hangUp, closed, log } = served();
  await (await begin()).cancel();
  await hangUp();
  for (let i = 0; i < 3; i++) {
    await step();
    await turn();
    assert.deepEqual(closed, []);
  }
  await step(false);
  await turn();
  assert.deepEqual(closed, [0]);
  assert.ok(!log.join("").includes("internal error"), log.join(""));
});

Deno.test("each of several replaced apps is closed when its own streams end", async () => {
  const { begin, step, hangUp, closed } = served();
  const first = await begin();
  await hangUp();
  await begin();
  await hangUp();
  await hangUp(); // the third has no stream
  await turn();
  assert.deepEqual(closed, [2]);
  await step(false); // of the first
  await first.read();
  await first.read();
  await turn();
  assert.deepEqual(closed, [2, 0]);
});

Deno.test("SIGTERM after SIGHUP waits for the streams of both apps", async () => {
  const { app, begin, step, hangUp } = served();
  const readers = [await begin()];
  await hangUp();
  readers.push(await begin());
  let ended: boolean | undefined;
  const ending = endRequests(app, 60).then((all) => ended = all);
  for (const reader of readers) {
    await step(false);
    await turn();
    assert.equal(ended, undefined);
    while (!(await reader.read()).done);
  }
  await ending;
  assert.equal(ended, true);
});

Deno.test("a stream that does not end in time is named, and no longer delays the shutdown", async () => {
  const { app, begin, step, log } = served();
  const reader = await begin();
  assert.equal(await endRequests(app, 0), false);
  assert.match(log.join(""), /request aborted by shutdown id=\S+ method=GET path=\/steps ms=\d+/);
  await step(false);
  while (!(await reader.read()).done);
});

Deno.test("an invalid configuration changes nothing", async () => {
  const { begin, step, hangUp, closed, log, breakConfiguration } = served();
  breakConfiguration("port is no number");
  const reader = await begin();
  await hangUp();
  await step(false);
  while (!(await reader.read()).done);
  await turn();
  assert.deepEqual(closed, []);
  assert.match(
    log.join(""),
    /configuration reload failed; keeping the previous one reason="port is no number"/,
  );
});
