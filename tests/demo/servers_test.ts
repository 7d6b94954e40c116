import assert from "node:assert/strict";
import { seal } from "../../src/log/sealed.ts";
import { addressRules } from "../../src/verify/address_rules.ts";
import type { Verifiable } from "../../src/verify/verdict.ts";
import { verifyCredential } from "../../src/verify/verify.ts";
import { emulatedServers } from "../../src/demo/servers.ts";

const NOW = Date.parse("2030-01-02T03:04:05.678Z");

/** The demo servers' verdict on a password. */
async function tried(what: Record<string, unknown>, password: string) {
  const send = emulatedServers(new Set(["old"]), () => NOW);
  const login = { username: "demo-reader", password: seal(password), transport: {} };
  const credential = { ...what, ...login } as Verifiable;
  const options = { seconds: 5, allowed: addressRules([]), send };
  const { accepted, expires, reachable } = await verifyCredential(credential, options);
  return { accepted, expires, reachable };
}

const PLACES: [what: string, credential: Record<string, unknown>, expires?: string][] = [
  ["a registry", { kind: "registry", host: "registry.example.com" }],
  ["a repository in a registry", { kind: "registry", host: "ghcr.io", repository: "a/charts" }],
  ["a chart repository", { kind: "helm", url: "https://charts.example.com/a" }],
  ["a Git server", { kind: "git", url: "https://git.example.com/a.git" }],
  [
    "GitHub, which says when the token expires",
    { kind: "git", url: "https://github.com/a/b.git" },
    "2030-02-21T03:04:05.000Z",
  ],
];

for (const [what, credential, expires] of PLACES) {
  Deno.test(`the demo's servers accept the new password and reject the old one: ${what}`, async () => {
    assert.deepEqual(await tried(credential, "new"), { accepted: true, expires, reachable: true });
    const refused = { accepted: false, expires: undefined, reachable: true };
    assert.deepEqual(await tried(credential, "old"), refused);
  });
}

Deno.test("the demo's servers do not answer for a host name under .invalid", async () => {
  const { accepted, reachable } = await tried({ kind: "registry", host: "a.invalid" }, "new");
  assert.deepEqual([accepted, reachable], [undefined, false]);
});

Deno.test("the demo's servers answer 404 outside the paths that verify credentials", async () => {
  const send = emulatedServers(new Set());
  const { status } = await send({
    method: "GET",
    url: new URL("https://example.com/"),
    accept: "*/*",
    authorization: undefined,
    maxBody: 0,
  });
  assert.equal(status, 404);
});
