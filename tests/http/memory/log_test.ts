import assert from "node:assert/strict";
import { trustedProxies } from "../../../src/server/client_address.ts";
import { stage } from "../stage.ts";
import { CANARY, docker, get, helm } from "../support.ts";
import { bearer, options } from "../tokens.ts";

/** The request log. */

const CLIENT = "192.0.2.7";

/** Status, cluster, client and token in the log line of each request. */
async function told(requests: readonly Request[], given: Parameters<typeof stage>[0] = {}) {
  const { app, logged } = stage(given);
  for (const request of requests) await app.fetch(request, () => CLIENT);
  assert.ok(!logged.join("").includes(CANARY));
  return logged.map((line) => JSON.parse(line))
    .filter(({ message }) => message === "request")
    .map(({ cluster, from, who, status }) => [status, cluster, from, who]);
}

Deno.test("the request log line has the cluster and the client", async () => {
  const lines = await told([
    get("/secrets?cluster=test-cluster"),
    get("/secrets/my-secret?cluster=test-cluster"),
    get("/secrets?cluster=test-cluster&name=my-secret", {}, "DELETE"),
    docker(),
    helm(),
    get("/secrets?cluster=nowhere"),
  ]);
  assert.deepEqual(lines, [
    [200, "test-cluster", CLIENT, undefined],
    [404, "test-cluster", CLIENT, undefined],
    [404, "test-cluster", CLIENT, undefined],
    [200, "test-cluster", CLIENT, undefined],
    [200, "test-cluster", CLIENT, undefined],
    [404, "nowhere", CLIENT, undefined],
  ]);
});

Deno.test("a request that names no cluster is logged without one", async () => {
  const lines = await told([
    get("/clusters"),
    get("/nowhere?cluster=test-cluster"),
    get(`/secrets?cluster=${CANARY}%0A`),
    docker({ cluster_name: 7 }),
  ]);
  assert.deepEqual(lines, [
    [200, undefined, CLIENT, undefined],
    [404, undefined, CLIENT, undefined],
    [400, undefined, CLIENT, undefined],
    [400, undefined, CLIENT, undefined],
  ]);
});

Deno.test("a request to a cluster outside the token's is logged with the token's name", async () => {
  const requests = [get("/secrets?cluster=test-cluster", bearer("other-cluster"))];
  assert.deepEqual(await told(requests, options), [
    [403, "test-cluster", CLIENT, "other-cluster"],
  ]);
});

Deno.test("behind a trusted proxy the client is the forwarded address", async () => {
  const requests = [get("/clusters", { "X-Forwarded-For": "198.51.100.9" })];
  const behind = (...proxies: string[]) => ({ deps: { behindProxy: trustedProxies(proxies) } });
  assert.deepEqual(await told(requests, behind(CLIENT)), [
    [200, undefined, "198.51.100.9", undefined],
  ]);
  // A peer that is not a trusted proxy is not believed.
  assert.deepEqual(await told(requests, behind("192.0.2.8")), [
    [200, undefined, CLIENT, undefined],
  ]);
});

Deno.test("a probe is logged at debug, a rejected one at info", async () => {
  const { app, logged } = stage();
  const page = { Origin: "http://localhost:3000" };
  for (
    const request of [
      get("/health"),
      get("/health", page),
      get("/health?x=1"),
      get("/health", {}, "DELETE"),
      get("/clusters"),
    ]
  ) await app.fetch(request, () => CLIENT);
  assert.deepEqual(
    logged.map((line) => JSON.parse(line)).filter(({ message }) => message === "request")
      .map(({ level, method, path, status }) => [level, method, path, status]),
    [
      ["debug", "GET", "/health", 200],
      ["debug", "GET", "/health", 200],
      ["debug", "GET", "/health", 200],
      ["info", "DELETE", "/health", 405],
      ["info", "GET", "/clusters", 200],
    ],
  );
});
