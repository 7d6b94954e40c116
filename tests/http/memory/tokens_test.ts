import assert from "node:assert/strict";
import { makeToken, sha256, tokensFrom } from "../../../src/tokens/tokens.ts";
import { writeTokenFile } from "../../../src/tokens/token_file.ts";
import { stage } from "../stage.ts";
import { docker, get, helm, testsOf } from "../support.ts";
import { all, bearer, closed, file, options, row, SECRETS, STORED } from "../tokens.ts";

/** The API with tokens: who gets in, and how far. */

const CHALLENGE = { "WWW-Authenticate": 'Bearer realm="argocd-configurer"' };
const WRONG = {
  "WWW-Authenticate": 'Bearer realm="argocd-configurer", error="invalid_token"',
};

for (
  const test of testsOf([
    ...([
      ["GET /", () => get("/")],
      ["GET /clusters", () => get("/clusters")],
      ["GET /secrets", () => get("/secrets?cluster=test-cluster")],
      ["GET /openapi.json", () => get("/openapi.json")],
      ["add_docker", () => docker()],
      ["add_helm_repo", () => helm()],
      ["a path that is not there", () => get("/nowhere")],
      ["a wrong method", () => get("/clusters", {}, "DELETE")],
    ] as const).map(([what, request]) =>
      row(
        `without a token ${what} is 401, and says how to send one`,
        request,
        401,
        /Token missing/,
        {
          ...closed,
          headers: CHALLENGE,
        },
      )
    ),
    row("without a token /health is answered", () => get("/health"), 200, undefined),
    ...([
      ["an unknown token", `Bearer ${makeToken()}`, /Unknown token/],
      ["an expired token", `Bearer ${SECRETS.expired}`, /Token 'expired' has expired/],
      ["another scheme", `Basic ${btoa(`admin:${SECRETS.admin}`)}`, /is not 'Bearer TOKEN'/],
      ["no token after Bearer", "Bearer ", /is not 'Bearer TOKEN'/],
      ["two tokens", `Bearer ${SECRETS.admin} ${SECRETS.reader}`, /is not 'Bearer TOKEN'/],
      ["a stored sum in place of the token", `Bearer ${sha256(SECRETS.admin)}`, /Unknown token/],
    ] as const).map(([what, Authorization, body]) =>
      row(`${what} is 401`, () => docker({}, { Authorization }), 401, body, {
        ...closed,
        headers: WRONG,
      })
    ),
    row(
      "a token in the query is not taken",
      () => get(`/clusters?access_token=${SECRETS.admin}`),
      401,
      /Token missing/,
      closed,
    ),
    ...(["reader", "writer", "admin"] as const).flatMap((name) => [
      row(
        `a ${name} may read`,
        () => get("/secrets?cluster=test-cluster", bearer(name)),
        200,
        undefined,
      ),
      row(`a ${name} may see the clusters`, () => get("/clusters", bearer(name)), 200, {
        clusters: ["production-cluster", "test-cluster"],
        total: 2,
      }),
    ]),
    row(
      "a reader may not write, and is told which right is missing",
      () => docker({}, bearer("reader")),
      403,
      /^Token 'reader' has role reader\. This operation requires role writer$/,
      closed,
    ),
    ...(["writer", "admin"] as const).map((name) =>
      row(`a ${name} may write`, () => docker({}, bearer(name)), 200, undefined, { changes: true })
    ),
    row(
      "who is for other clusters may not read this one",
      () => get("/secrets?cluster=test-cluster", bearer("other-cluster")),
      403,
      /^Token 'other-cluster' is not allowed on cluster 'test-cluster'\. Allowed clusters: production-cluster$/,
      closed,
    ),
    row(
      "who is for other clusters may not write docker secrets to this one",
      () => docker({}, bearer("other-cluster")),
      403,
      /is not allowed on cluster 'test-cluster'/,
      closed,
    ),
    row(
      "who is for other clusters may not write helm repositories to this one",
      () => helm({}, bearer("other-cluster")),
      403,
      /is not allowed on cluster 'test-cluster'/,
      closed,
    ),
    row(
      "whether a cluster exists is not told to who is not for it",
      () => get("/secrets?cluster=nowhere", bearer("other-cluster")),
      403,
      /is not allowed on cluster 'nowhere'/,
      closed,
    ),
    row(
      "who is for some clusters sees only those",
      () => get("/clusters", bearer("one-cluster")),
      200,
      { clusters: ["test-cluster"], total: 1 },
    ),
    row(
      "who is for this cluster may write to it",
      () => helm({}, bearer("one-cluster")),
      200,
      undefined,
      { changes: true },
    ),
    row(
      "a page may use a token that its user gave it, whatever its origin",
      () => get("/clusters", { ...bearer("reader"), Origin: "https://console.example" }),
      200,
      undefined,
      { headers: { "Access-Control-Allow-Origin": "https://console.example" } },
    ),
    row(
      "a page without a token gets nothing",
      () => docker({}, { Origin: "https://evil.example" }),
      401,
      /Token missing/,
      closed,
    ),
    row(
      "the preflight answers anyone and allows the token's header",
      () =>
        get("/secrets/add_docker", {
          Origin: "https://console.example",
          "Access-Control-Request-Method": "POST",
          "Access-Control-Request-Headers": "authorization",
        }, "OPTIONS"),
      204,
      undefined,
      { headers: { "Access-Control-Allow-Headers": "Authorization,Content-Type,X-Request-Id" } },
    ),
    row(
      "any host name is answered, as it is not what keeps pages out",
      () => get("/clusters", { ...bearer("reader"), Host: "ops.example" }),
      200,
      undefined,
    ),
  ])
) Deno.test(test);

Deno.test("the log names the token, and never shows it", async () => {
  const { app, logged } = stage(options);
  await app.fetch(get("/clusters", bearer("reader")));
  await app.fetch(
    get("/clusters", { Authorization: `Bearer ${SECRETS.expired}` }),
    () => "192.0.2.1",
  );
  const lines = logged.map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ part, message, who, from, reason }) => [part, message, who ?? from, reason]),
    [
      ["server", "request", "reader", undefined],
      ["tokens", "token rejected", "192.0.2.1", "expired: expired"],
      ["server", "request", "192.0.2.1", undefined],
    ],
  );
  for (const secret of all) assert.ok(!logged.join("").includes(secret));
});

Deno.test("after ten wrong tokens an address is told to wait, a right one is still let in", async () => {
  const { app, logged } = stage(options);
  const ask = (Authorization: string, from: string) =>
    app.fetch(get("/clusters", { Authorization }), () => from);
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++) {
    statuses.push((await ask(`Bearer ${makeToken()}`, "192.0.2.1")).status);
  }
  assert.deepEqual(statuses, [...Array(10).fill(401), 429, 429]);
  const late = await ask("Bearer wrong", "192.0.2.1");
  const wait = Number(late.headers.get("Retry-After"));
  assert.ok(wait > 0 && wait <= 60, String(wait));
  assert.equal((await ask(`Bearer ${SECRETS.reader}`, "192.0.2.1")).status, 200);
  assert.equal((await ask("Bearer wrong", "192.0.2.2")).status, 401);
  // Each wrong one that is refused as such has a line; the others only that of the request.
  assert.equal(logged.filter((line) => line.includes("token rejected")).length, 11);
});

Deno.test("who sends no token is told to wait after ten times, too", async () => {
  const { app } = stage(options);
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++) {
    statuses.push((await app.fetch(get("/clusters"), () => "192.0.2.3")).status);
  }
  assert.deepEqual(statuses, [...Array(10).fill(401), 429, 429]);
});

Deno.test("while the tokens cannot be read nobody is let in, and that is said", async () => {
  const { app, logged } = stage({
    deps: { tokens: tokensFrom({ file }) },
  });
  const ask = () => app.fetch(get("/clusters", bearer("admin")));
  assert.equal((await ask()).status, 200);
  try {
    await Deno.writeTextFile(file, "tokens: [");
    const response = await ask();
    assert.equal(response.status, 503);
    assert.match(
      (await response.json()).message,
      /^Cannot verify tokens\. The reason is in the server's log/,
    );
    assert.ok(logged.some((line) => /all tokens rejected.*invalid YAML/.test(line)));
  } finally {
    await writeTokenFile(file, STORED);
  }
  assert.equal((await ask()).status, 200);
});
