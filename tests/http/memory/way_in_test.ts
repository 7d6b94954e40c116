import assert from "node:assert/strict";
import { Limits } from "../../../src/operations/limits.ts";
import { serverLimits } from "../../../src/operations/server_limits.ts";
import { PerMinute } from "../../../src/rate_limit/per_minute.ts";
import { send, withLog } from "../audit_place.ts";
import { remove, repo, verification } from "../requests.ts";
import { stage, type StageOptions } from "../stage.ts";
import { CANARY, docker, get, post } from "../support.ts";
import { bearer, options as withTokens } from "../tokens.ts";

/** The order of checks: a caller without rights learns nothing and costs nothing. */

/** A body that must not be read. */
function untouched() {
  let isRead = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      isRead = true;
      controller.enqueue(new TextEncoder().encode("{}"));
      controller.close();
    },
  }, { highWaterMark: 0 });
  return { body, isRead: () => isRead };
}

for (const path of ["/secrets/add_docker", "/api/v1/docker", "/api/v1/verifications"]) {
  Deno.test(`the body to ${path} is not read from a caller who may not write`, async () => {
    const { app } = stage(withTokens);
    for (const headers of [bearer("reader"), {}]) {
      const { body, isRead } = untouched();
      const { status } = await app.fetch(post(path, body, headers));
      assert.equal(status, "Authorization" in headers ? 403 : 401);
      assert.ok(!isRead());
    }
  });
}

/** Slots for one request to a cluster, and this many verifications a minute. */
function narrow(allowed: number): StageOptions["deps"] {
  return {
    gates: {
      limits: new Limits(serverLimits({ maxRequests: 256, seconds: 10 })),
      tries: new PerMinute({ allowed }),
    },
  };
}

const TRIES: [what: string, request: () => Request][] = [
  ["verify", () => verification()],
  ["a dry run of pull secrets", () => docker({ dry_run: true })],
  ["a dry run of a repository", () => repo({ dry_run: true })],
  ["a write with verify", () => repo({ verify: true })],
  ["a write to several registries with verify", () =>
    docker({
      username: undefined,
      password: undefined,
      registries: [{ registry: "ghcr.io", username: "a", password: CANARY }],
      verify: true,
    })],
];

for (const [what, request] of TRIES) {
  Deno.test(`${what} counts against the verification limit of an address`, async () => {
    const { app, opened } = stage({ deps: narrow(2) });
    const from = (address: string) => app.fetch(request(), () => address);
    for (const _ of [1, 2]) assert.notEqual((await from("192.0.2.1")).status, 429);
    opened.length = 0;
    const refused = await from("192.0.2.1");
    const { message, code, remedy } = await refused.json();
    assert.equal(refused.status, 429);
    assert.match(
      message,
      /^Too many dry runs and verified credentials: the limit is 60 per minute$/,
    );
    const seconds = Number(refused.headers.get("Retry-After"));
    assert.ok(seconds >= 1 && seconds <= 60);
    // The seed's paths have no machine-readable fields.
    const isSeeds = new URL(request().url).pathname === "/secrets/add_docker";
    assert.equal(code, isSeeds ? undefined : "rate_limited");
    assert.deepEqual(remedy, isSeeds ? undefined : { retry_after: seconds });
    assert.deepEqual(opened, []);
    assert.notEqual((await from("192.0.2.2")).status, 429, "another address is limited, too");
  });
}

Deno.test("requests over the verification limit are audited as refused", () =>
  withLog(async ({ auditLog, entries }) => {
    const it = stage({ auditLog, deps: narrow(0) });
    for (let i = 0; i < 20; i++) await send(it, verification());
    const refused = entries().filter(({ phase }) => phase === "refused");
    assert.equal(refused.length, 10);
    assert.partialDeepStrictEqual(refused[0], { action: "POST /secrets/verify" });
  }));

Deno.test("each registry of one request counts as a verification", async () => {
  const { app } = stage({ deps: narrow(3) });
  const registries = ["ghcr.io", "quay.io"].map((registry) => (
    { registry, username: "a", password: CANARY }
  ));
  const several = () => verification({ username: undefined, password: undefined, registries });
  assert.notEqual((await app.fetch(several())).status, 429);
  assert.equal((await app.fetch(several())).status, 429);
});

Deno.test("reads and writes without verify do not count as verifications", async () => {
  const { app } = stage({ deps: narrow(0) });
  // A deletion has no value, so its dry run reveals nothing about one.
  const deletions = [remove({ name: "x" }), remove({ name: "x", dry_run: "true" })];
  for (const request of [get("/secrets?cluster=test-cluster"), docker(), ...deletions]) {
    assert.notEqual((await app.fetch(request)).status, 429);
  }
});

Deno.test("addresses of one IPv6 network share a limit, and each token has its own", async () => {
  const { app } = stage({ deps: narrow(1) });
  const anyone = (address: string) => app.fetch(verification(), () => address);
  assert.notEqual((await anyone("2001:db8::1")).status, 429);
  assert.equal((await anyone("2001:db8::ffff")).status, 429);
  assert.notEqual((await anyone("2001:db8:0:1::1")).status, 429);

  const it = stage({ deps: { ...withTokens.deps, ...narrow(1) } });
  const of = async (name: "writer" | "admin", address: string) =>
    (await it.app.fetch(verification({}, bearer(name)), () => address)).status;
  assert.notEqual(await of("writer", "192.0.2.1"), 429);
  assert.equal(await of("writer", "192.0.2.2"), 429);
  assert.notEqual(await of("admin", "192.0.2.1"), 429);
});

Deno.test("a write rejected for lack of a slot is audited as refused", () =>
  withLog(async ({ auditLog, entries }) => {
    const limits = new Limits(serverLimits({ maxRequests: 256, seconds: 10 }));
    limits.close();
    const deps = { gates: { limits, tries: new PerMinute() } };
    const it = stage({ auditLog, deps });
    for (let i = 0; i < 40; i++) {
      const { status, headers } = await send(it, docker());
      assert.equal(status, 503);
      assert.ok(headers.has("Retry-After"));
    }
    assert.equal((await send(it, get("/secrets?cluster=test-cluster"))).status, 503);
    const refused = entries().filter(({ phase }) => phase === "refused");
    assert.equal(refused.length, 10);
    assert.partialDeepStrictEqual(refused[0], {
      action: "POST /secrets/add_docker",
      cluster: "test-cluster",
    });
    assert.deepEqual(it.opened, []);
  }));
