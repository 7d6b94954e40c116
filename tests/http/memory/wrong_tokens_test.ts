import assert from "node:assert/strict";
import { trustedProxies } from "../../../src/server/client_address.ts";
import { makeToken } from "../../../src/tokens/tokens.ts";
import { withLog } from "../audit_place.ts";
import { stage } from "../stage.ts";
import { docker, get } from "../support.ts";
import { options } from "../tokens.ts";

/** Wrong tokens are counted per client address and shown nowhere. */

const PEER = () => "192.0.2.1";
const DEPS = options.deps;

/** Statuses of requests with wrong tokens, each with its forwarded address. */
async function statuses(proxies: string[], forwarded: readonly string[]): Promise<number[]> {
  const behindProxy = trustedProxies(proxies);
  const { app } = stage({ deps: { ...DEPS, behindProxy } });
  const all: number[] = [];
  for (const text of forwarded) {
    const headers = { Authorization: `Bearer ${makeToken()}`, "X-Forwarded-For": text };
    const answer = await app.fetch(get("/clusters", headers), PEER);
    await answer.body?.cancel();
    all.push(answer.status);
  }
  return all;
}

const TWELVE = Array.from({ length: 12 }, (_, i) => `198.51.100.${i}`);
const TEN_THEN_WAIT = [...Array(10).fill(401), 429, 429];

Deno.test("without a proxy a forwarded address is ignored", async () => {
  assert.deepEqual(await statuses([], TWELVE), TEN_THEN_WAIT);
});

Deno.test("a forwarded address from a peer that is not the proxy is ignored", async () => {
  assert.deepEqual(await statuses(["192.0.2.0/32", "10.0.0.0/8"], TWELVE), TEN_THEN_WAIT);
});

Deno.test("behind a proxy the last forwarded address counts, not those before it", async () => {
  assert.deepEqual(await statuses([PEER()], TWELVE), Array(12).fill(401));
  const madeUp = TWELVE.map((address) => `${address}, 203.0.113.7`);
  assert.deepEqual(await statuses([PEER()], madeUp), TEN_THEN_WAIT);
});

Deno.test("addresses of one IPv6 network count as one", async () => {
  const many = Array.from({ length: 12 }, (_, i) => `2001:db8::${i}`);
  assert.deepEqual(await statuses([PEER()], many), TEN_THEN_WAIT);
});

Deno.test("an IPv4 address is the same in any IPv6 notation", async () => {
  const many = Array.from({ length: 12 }, (_, i) => `${i % 2 ? "::ffff:" : ""}198.51.100.7`);
  assert.deepEqual(await statuses([PEER()], many), TEN_THEN_WAIT);
});

Deno.test("wrong tokens that get 429 do not fill the audit log", () =>
  withLog(async ({ auditLog, entries }) => {
    const { app } = stage({ auditLog, deps: DEPS });
    for (let i = 0; i < 30; i++) {
      const answer = await app.fetch(docker({}, { Authorization: `Bearer ${makeToken()}` }), PEER);
      await answer.body?.cancel();
      assert.equal(answer.status, i < 10 ? 401 : 429);
    }
    const refused = entries().filter(({ phase }) => phase === "refused");
    assert.deepEqual(refused.map(({ from }) => from), Array(10).fill("192.0.2.1"));
  }));

Deno.test("an unknown or malformed token appears in no log and no answer", () =>
  withLog(async ({ auditLog, path }) => {
    const { app, logged } = stage({ auditLog, deps: DEPS });
    // Not in a form that the log masks anyway.
    const secret = crypto.randomUUID();
    const shown = [
      `Bearer ${secret}`,
      secret,
      `Bearer ${secret} x`,
      `Basic ${secret}`,
      `x="${secret}"`,
    ];
    let said = "";
    for (const Authorization of shown) {
      const answer = await app.fetch(docker({}, { Authorization }), PEER);
      said += await answer.text() + JSON.stringify([...answer.headers]);
      assert.equal(answer.status, 401);
    }
    for (const text of [said, logged.join(""), await Deno.readTextFile(path)]) {
      assert.ok(text !== "" && !text.includes(secret), text);
    }
  }));

Deno.test("an unauthenticated request is rejected before its body is read", async () => {
  const { app } = stage({ deps: { ...DEPS, bodySeconds: 2 } });
  const stalling = new ReadableStream({ pull: () => new Promise<void>(() => {}) });
  const { url, headers } = docker({}, { Authorization: `Bearer ${makeToken()}` });
  const answer = await app.fetch(
    new Request(url, { method: "POST", headers, body: stalling }),
    PEER,
  );
  await answer.body?.cancel();
  assert.equal(answer.status, 401);
});
