import assert from "node:assert/strict";
import { KubeError } from "../../../src/kube/errors.ts";
import { FakeCluster } from "../../../src/kube/fake/store.ts";
import { Limits } from "../../../src/operations/limits.ts";
import { PerMinute } from "../../../src/rate_limit/per_minute.ts";
import { serverLimits } from "../../../src/operations/server_limits.ts";
import { fakeClock } from "../../support/fake_clock.ts";
import { type Stage, stage } from "../stage.ts";
import {
  assertAbsent,
  CANARY,
  DOCKER,
  docker,
  DOCKER_BODY,
  get,
  helm,
  post,
  type Row,
  testsOf,
} from "../support.ts";

/** Slow clients, many clients and a hung cluster must not block other requests. */

const passed = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

interface Slow {
  /**
   * Sends `text` on a new connection, then returns what is received until `pattern` matches, and
   * how many milliseconds of fake time that took.
   */
  talk(text: string, pattern: RegExp): Promise<{ text: string; milliseconds: number }>;
  /** Resolves when this many request heads have arrived. */
  came(count: number): Promise<void>;
  /** Advances time. */
  pass(milliseconds: number): Promise<void>;
  /** Awaits a promise without advancing time. */
  now<T>(answer: T | Promise<T>): Promise<T>;
}

/** Serves the app on a free port with this body timeout. */
async function served(
  seconds: number,
  test: (it: Stage & Slow) => Promise<void>,
  deps: object = {},
): Promise<void> {
  using clock = fakeClock();
  const it = stage({ deps: { bodySeconds: seconds, ...deps } });
  let heads = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      heads++;
      return it.app.fetch(request);
    },
  );
  const { port } = server.addr;
  const connections: Deno.Conn[] = [];
  try {
    await test({
      ...it,
      async talk(text, pattern) {
        const began = performance.now();
        const connection = await Deno.connect({ hostname: "127.0.0.1", port });
        connections.push(connection);
        await connection.write(new TextEncoder().encode(text));
        let got = "";
        const buffer = new Uint8Array(65536);
        while (!pattern.test(got)) {
          const count = await connection.read(buffer);
          assert.ok(count !== null, `closed after ${got}`);
          got += new TextDecoder().decode(buffer.subarray(0, count));
        }
        return { text: got, milliseconds: performance.now() - began };
      },
      async came(count) {
        while (heads < count) await clock.settle();
        await clock.settle(); // and the received parts of the bodies
      },
      async pass(milliseconds) {
        await clock.advance(milliseconds);
        await clock.settle();
      },
      now: (answer) =>
        Promise.race([
          answer,
          clock.settle().then(() => assert.fail(`no answer after ${clock.elapsed} ms`)),
        ]),
    });
  } finally {
    for (const connection of connections) connection.close();
    await server.shutdown();
  }
  assertAbsent(it.logged.join(""), CANARY);
  assert.ok(!it.logged.join("").includes("internal error"), it.logged.join(""));
}

const BODY = JSON.stringify(DOCKER_BODY);
const HEAD = `POST ${DOCKER} HTTP/1.1\r\nHost: localhost\r\n`;
const LATE = /Request body was not complete within 0\.3 seconds[^]*\}\n/;

const STALLED: [what: string, text: string][] = [
  ["with Content-Length", `${HEAD}Content-Length: ${BODY.length}\r\n\r\n${BODY.slice(0, -5)}`],
  ["in chunks", `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\n{"p\r\n`],
  ["without its first byte", `${HEAD}Content-Length: ${BODY.length}\r\n\r\n`],
];

for (const [what, text] of STALLED) {
  Deno.test(`a stalled body ${what} is 408 and writes nothing`, () =>
    served(0.3, async ({ talk, came, pass, now, cluster, opened }) => {
      const answering = talk(text, LATE);
      await came(1);
      await pass(299);
      await pass(1);
      const answer = await now(answering);
      assert.match(answer.text, /^HTTP\/1\.1 408 /);
      assert.match(answer.text, /^connection: close\r$/im);
      assert.equal(answer.milliseconds, 300);
      assert.deepEqual([opened, cluster.dump()], [[], {}]);
    }));
}

Deno.test("a trickling body is 408 when the body timeout is over", () =>
  served(0.3, async ({ app, pass, now }) => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await passed(20);
        controller.enqueue(new TextEncoder().encode(BODY.charAt(sent++)));
      },
    });
    const answering = app.fetch(post(DOCKER, body));
    await pass(300);
    assert.equal((await now(answering)).status, 408);
    assert.ok(sent > 2 && sent < 20, String(sent));
    // The server reads no further.
    await pass(60);
    const after = sent;
    await pass(100);
    assert.equal(sent, after);
  }));

Deno.test("a body sent slowly but within the timeout is accepted", () =>
  served(5, async ({ app, cluster, pass }) => {
    const bytes = new TextEncoder().encode(BODY);
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await passed(1);
        if (sent >= bytes.length) return controller.close();
        controller.enqueue(bytes.subarray(sent, sent += 7));
      },
    });
    const answering = app.fetch(post(DOCKER, body));
    await pass(4000);
    assert.equal((await answering).status, 200);
    assert.equal(cluster.secrets.size, 3);
  }));

Deno.test("clients that stall in their bodies block only requests with a body", () =>
  served(2, async ({ talk, came, pass, now, app }) => {
    const stalled = Array.from({ length: 2 }, () => talk(STALLED[0]![1], /408/));
    await came(2);
    const full = await app.fetch(docker());
    assert.equal(full.status, 503);
    assert.equal(full.headers.get("Retry-After"), "1");
    assert.equal((await app.fetch(get("/secrets?cluster=test-cluster"))).status, 200);
    assert.equal((await app.fetch(get("/clusters"))).status, 200);
    await pass(2000);
    await now(Promise.all(stalled));
    assert.equal((await app.fetch(docker())).status, 200);
  }, { maxRequests: 2 }));

/** Requests in progress that finish when the test says so. */
function crowd(maxRequests: number) {
  const go = Promise.withResolvers<void>();
  const it = stage({
    deps: { maxRequests },
    clusters: {
      names: async () => {
        await go.promise;
        return [];
      },
    },
  });
  const underWay = Array.from({ length: maxRequests }, () => it.app.fetch(get("/clusters")));
  return { it, underWay, go: go.resolve };
}

Deno.test("requests over the limit are 503 immediately, with Retry-After", async () => {
  const { it, underWay, go } = crowd(3);
  await passed(10);
  for (const request of [get("/clusters"), get("/"), docker(), helm()]) {
    const response = await it.app.fetch(request);
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("Retry-After"), "1");
    assert.deepEqual(await response.json(), {
      error: true,
      message: "Busy: more than 3 concurrent requests",
      status_code: 503,
    });
  }
  assert.deepEqual(it.opened, []);
  go();
  for (const response of await Promise.all(underWay)) assert.equal(response.status, 200);
  assert.equal((await it.app.fetch(docker())).status, 200);
});

Deno.test("at the request limit /health and preflights are answered, and a foreign host is still 421", async () => {
  const { it, underWay, go } = crowd(1);
  await passed(10);
  const page = { Origin: "http://localhost:3000" };
  const preflight = { ...page, "Access-Control-Request-Method": "POST" };
  const statuses = [];
  for (
    const request of [
      get("/health"),
      get("/health", page),
      get(DOCKER, preflight, "OPTIONS"),
      get("/clusters", { Host: "evil.example" }),
    ]
  ) statuses.push((await it.app.fetch(request)).status);
  assert.deepEqual(statuses, [200, 200, 204, 421]);
  go();
  await Promise.all(underWay);
});

/** 300 requests for a hung cluster, sent at once. */
async function hungCrowd() {
  const go = Promise.withResolvers<void>();
  const asked: string[] = [];
  const healthy = new FakeCluster();
  for (const name of ["default", "kube-system", "argocd"]) healthy.namespaces.set(name, "Active");
  const it = stage({
    deps: {
      gates: {
        limits: new Limits(serverLimits({ maxRequests: 256, seconds: 20, gate: GATE })),
        tries: new PerMinute(),
      },
    },
    clusters: {
      async open(cluster) {
        asked.push(cluster);
        if (cluster === "hung") await go.promise;
        if (cluster === "test-cluster") {
          const store = healthy.store();
          const ofArgocd = { argocdNamespace: "argocd" };
          return {
            kind: "open",
            name: cluster,
            store,
            lockScope: cluster,
            seconds: 20,
            ...ofArgocd,
          };
        }
        return { kind: "cluster_not_found", cluster, file: `${cluster}.kubeconfig` };
      },
    },
  });
  const list = () => Promise.resolve(it.app.fetch(get("/secrets?cluster=hung")));
  const answers = Array.from({ length: 300 }, list);
  await passed(10);
  return { it, asked, answers, go: go.resolve };
}

const GATE = { starting: 4, alive: 32, alivePerCluster: 8 };

Deno.test("300 requests for a hung cluster block no other, and most of them get 503 within seconds", async () => {
  using clock = fakeClock({ runs: false });
  const crowd = hungCrowd();
  await clock.advance(10);
  const { it, asked, answers, go } = await crowd;
  assert.equal(asked.length, 4, "the others open no kubeconfig");
  for (const path of ["/", "/health", "/clusters", "/secrets?cluster=test"]) {
    assert.ok((await it.app.fetch(get(path))).status < 500, path);
  }
  assert.equal((await it.app.fetch(docker())).status, 200);
  const refused: Response[] = [];
  for (const answer of answers) answer.then((response) => refused.push(response));
  await clock.advance(2000); // after this most of them have been rejected
  assert.equal(refused.length, 300 - 4 - 64);
  assert.deepEqual(await refused[0]!.json(), {
    error: true,
    message: "Busy: the request limit of cluster 'hung' is reached; retry in 4 s",
    status_code: 503,
  });
  assert.equal(refused[0]!.headers.get("Retry-After"), "4");
  go();
  await clock.advance(1000);
  assert.equal((await Promise.all(answers)).filter(({ status }) => status === 503).length, 232);
});

Deno.test("a queued list is not started after its client has disconnected", async () => {
  const options = serverLimits({ maxRequests: 256, seconds: 10 });
  const go = Promise.withResolvers<void>();
  const asked: string[] = [];
  const it = stage({
    deps: {
      gates: { limits: new Limits({ ...options, perCluster: 1 }), tries: new PerMinute() },
    },
    clusters: {
      async open(cluster) {
        asked.push(cluster);
        await go.promise;
        return { kind: "cluster_not_found", cluster, file: `${cluster}.kubeconfig` };
      },
    },
  });
  let heads = 0;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      heads++;
      return it.app.fetch(request);
    },
  );
  const list = (signal?: AbortSignal) =>
    fetch(`http://127.0.0.1:${server.addr.port}/secrets?cluster=c`, { signal })
      .then((response) => response.text(), () => undefined);
  const first = list();
  const gone = new AbortController();
  while (heads < 1) await passed(5);
  const second = list(gone.signal);
  while (heads < 2) await passed(5);
  gone.abort();
  assert.equal(await second, undefined);
  const refused = () => it.logged.some((line) => line.includes('"status":503'));
  while (!refused()) await passed(5); // its slot in the queue is released
  go.resolve();
  await first;
  assert.deepEqual(asked, ["c"]);
});

Deno.test("failed requests release their slots", async () => {
  const it = stage({
    deps: { maxRequests: 1 },
    clusters: { names: () => Promise.reject(new Error("a bug")) },
  });
  for (const _ of [1, 2, 3]) assert.equal((await it.app.fetch(get("/clusters"))).status, 500);
  for (const _ of [1, 2, 3]) assert.equal((await it.app.fetch(post(DOCKER, "{"))).status, 400);
});

const LEFT_ALONE =
  "Cannot connect to cluster 'c': circuit breaker open, the last request got no response 3 seconds ago. Retry in 2 seconds";
const leftAlone = new KubeError("unreachable", LEFT_ALONE, { retryAfter: 2, sent: false });

const answers: Row[] = [
  {
    name: "with the circuit breaker open a list has the usual message, and the reason as a warning",
    request: () => get("/secrets?cluster=test-cluster"),
    options: { refused: leftAlone },
    status: 503,
    headers: { "Retry-After": "2" },
    body: {
      cluster: "test-cluster",
      repo_creds_secrets: [],
      docker_creds_secrets: [],
      helm_creds_secrets: [],
      repository_secrets: [],
      total_repo_creds: 0,
      total_docker_creds: 0,
      total_helm_creds: 0,
      status: "cluster_unreachable",
      message: "Cannot connect to cluster. Please check if the cluster is running and accessible.",
      warnings: [LEFT_ALONE],
    },
  },
  ...[docker, helm].map((request): Row => ({
    name: `with the circuit breaker open ${
      request === docker ? "add_docker" : "add_helm_repo"
    } reports the reason`,
    request: () => request(),
    options: { refused: leftAlone },
    status: 503,
    headers: { "Retry-After": "2" },
    body: { error: true, message: LEFT_ALONE, status_code: 503 },
    changes: false,
  })),
  ...[docker, helm, () => get("/secrets?cluster=test-cluster")].map((request, i): Row => ({
    name: `a full queue says when to retry: ${["add_docker", "add_helm_repo", "lists"][i]}`,
    request: () => request(),
    before: ({ cluster }) => {
      const store = cluster.store();
      const full = () =>
        Promise.reject(
          new KubeError("busy", "Cannot reach cluster: too many wait", { retryAfter: 5 }),
        );
      cluster.store = () => ({ ...store, list: full, read: full });
    },
    status: 503,
    headers: { "Retry-After": "5" },
  })),
];

for (const test of testsOf(answers)) Deno.test(test);
