import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeBase64Url } from "../../text/bytes.ts";
import { credentialExpiry } from "./expiry.ts";
import { judge } from "./judge.ts";

/** An unsigned JSON Web Token with this expiry. */
const jwt = (claims: unknown) => {
  const part = (value: unknown) => encodeBase64Url(JSON.stringify(value));
  return [part({ alg: "none" }), part(claims), "c2ln"].join(".");
};

const SECONDS = 1_900_000_000;
const THEN = new Date(SECONDS * 1000).toISOString();

function current(user: Record<string, unknown>, server = "https://api.example.com") {
  return judge({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server } }],
    users: [{ name: "u", user } as never],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });
}

const ROWS: [what: string, user: Record<string, unknown>, expires: string | undefined][] = [
  ["a JWT", { token: jwt({ exp: SECONDS }) }, THEN],
  ["a JWT with letters beyond ASCII", { token: jwt({ sub: "ключ>>>", exp: SECONDS }) }, THEN],
  ["a JWT without an expiry", { token: jwt({ sub: "a" }) }, undefined],
  ["a JWT whose expiry is not a number", { token: jwt({ exp: "soon" }) }, undefined],
  ["a JWT whose expiry is beyond all dates", { token: jwt({ exp: 1e300 }) }, undefined],
  ["a JWT that is a list", { token: jwt([SECONDS]) }, undefined],
  ["three parts that are not a JWT", { token: "a.b.c" }, undefined],
  ["an opaque token", { token: "0123456789abcdef" }, undefined],
  ["a password", { username: "u", password: "p" }, undefined],
];

for (const [what, user, expires] of ROWS) {
  Deno.test(`${what} expires ${expires ?? "at an unknown time"}`, async () => {
    const found = await credentialExpiry("/nowhere/kubeconfig", current(user));
    assert.equal(found?.toISOString(), expires);
  });
}

Deno.test("over plain HTTP no token is sent, so none expires", async () => {
  const user = { token: jwt({ exp: SECONDS }) };
  assert.equal(await credentialExpiry("/x", current(user, "http://api.example.com")), undefined);
});

Deno.test("a token file is read beside the kubeconfig, and a missing one has no known expiry", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "token"), `${jwt({ exp: SECONDS })}\n`);
    const path = join(folder, "kubeconfig");
    const found = await credentialExpiry(path, current({ tokenFile: "token" }));
    assert.equal(found?.toISOString(), THEN);
    assert.equal(await credentialExpiry(path, current({ tokenFile: "gone" })), undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
