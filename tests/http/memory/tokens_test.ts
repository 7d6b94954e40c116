import assert from "node:assert/strict";
import { makeToken, sha256, tokensFrom } from "../../../src/tokens/tokens.ts";
import { writeTokenFile } from "../../../src/tokens/token_file.ts";
import { stage } from "../stage.ts";
import { docker, get, helm, testsOf } from "../support.ts";
import { all, bearer, closed, file, options, row, SECRETS, STORED } from "../tokens.ts";

/** The API with tokens: authentication and roles. */

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
      ["an unknown path", () => get("/nowhere")],
      ["a wrong method", () => get("/clusters", {}, "DELETE")],
    ] as const).map(([what, request]) =>
      row(
        `without a token ${what} is 401, and the error says how to send one`,
        request,
        401,
        /Token missing/,
        {
          ...closed,
          headers: CHALLENGE,
        },
      )
    ),
    row("/health is answered without a token", () => get("/health"), 200, undefined),
    ...([
      ["an unknown token", `Bearer ${makeToken()}`, /Unknown token/],
      ["an expired token", `Bearer ${SECRETS.expired}`, /Token 'expired' has expired/],
      ["another scheme", `Basic ${btoa(`admin:${SECRETS.admin}`)}`, /is not 'Bearer TOKEN'/],
      ["an empty bearer token", "Bearer ", /is not 'Bearer TOKEN'/],
      ["two tokens", `Bearer ${SECRETS.admin} ${SECRETS.reader}`, /is not 'Bearer TOKEN'/],
      ["a stored hash instead of the token", `Bearer ${sha256(SECRETS.admin)}`, /Unknown token/],
    ] as const).map(([what, Authorization, body]) =>
      row(`a request with ${what} is 401`, () => docker({}, { Authorization }), 401, body, {
        ...closed,
        headers: WRONG,
      })
    ),
    row(
      "a token in the query is not accepted",
      () => get(`/clusters?access_token=${SECRETS.admin}`),
      401,
      /Token missing/,
      closed,
    ),
    ...(["reader", "writer", "admin"] as const).flatMap((name) => [
      row(
        `role ${name} may read`,
        () => get("/secrets?cluster=test-cluster", bearer(name)),
        200,
        undefined,
      ),
      row(`role ${name} may list the clusters`, () => get("/clusters", bearer(name)), 200, {
        clusters: ["production-cluster", "test-cluster"],
        total: 2,
      }),
    ]),
    row(
      "a reader may not write, and the error names the missing role",
      () => docker({}, bearer("reader")),
      403,
      /^Token 'reader' has role reader\. This operation requires role writer$/,
      closed,
    ),
    ...(["writer", "admin"] as const).map((name) =>
      row(`role ${name} may write`, () => docker({}, bearer(name)), 200, undefined, {
        changes: true,
      })
    ),
    row(
      "a token for other clusters may not read this one",
      () => get("/secrets?cluster=test-cluster", bearer("other-cluster")),
      403,
      /^Token 'other-cluster' is not allowed on cluster 'test-cluster'\. Allowed clusters: production-cluster$/,
      closed,
    ),
    row(
      "a token for other clusters may not write docker secrets to this one",
      () => docker({}, bearer("other-cluster")),
      403,
      /is not allowed on cluster 'test-cluster'/,
      closed,
    ),
    row(
      "a token for other clusters may not write helm repositories to this one",
      () => helm({}, bearer("other-cluster")),
      403,
      /is not allowed on cluster 'test-cluster'/,
      closed,
    ),
    row(
      "whether a cluster exists is not revealed to a token for other clusters",
      () => get("/secrets?cluster=nowhere", bearer("other-cluster")),
      403,
      /is not allowed on cluster 'nowhere'/,
      closed,
    ),
    row(
      "a token limited to some clusters lists only those",
      () => get("/clusters", bearer("one-cluster")),
      200,
      { clusters: ["test-cluster"], total: 1 },
    ),
    row(
      "a token for this cluster may write to it",
      () => helm({}, bearer("one-cluster")),
      200,
      undefined,
      { changes: true },
    ),
    row(
      "a page may use its user's token, whatever its origin",
      () => get("/clusters", { ...bearer("reader"), Origin: "https://console.example" }),
      200,
      undefined,
      { headers: { "Access-Control-Allow-Origin": "https://console.example" } },
    ),
    row(
      "a page without a token is rejected",
      () => docker({}, { Origin: "https://evil.example" }),
      401,
      /Token missing/,
      closed,
    ),
    row(
      "a preflight is answered for any origin and allows the Authorization header",
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
      "with tokens any host name is accepted",
      () => get("/clusters", { ...bearer("reader"), Host: "ops.example" }),
      200,
      undefined,
    ),
  ])
) Deno.test(test);

Deno.test("the log has the token's name and never the token", async () => {
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

Deno.test("after ten wrong tokens an address gets 429, but a right token still works", async () => {
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
  // Each wrong token that gets 401 has its own line; the others only have a request line.
  assert.equal(logged.filter((line) => line.includes("token rejected")).length, 11);
});

Deno.test("after ten requests without a token an address gets 429, too", async () => {
  const { app } = stage(options);
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++) {
    statuses.push((await app.fetch(get("/clusters"), () => "192.0.2.3")).status);
  }
  assert.deepEqual(statuses, [...Array(10).fill(401), 429, 429]);
});

Deno.test("while the token file is unreadable every request is rejected with that reason", async () => {
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
