import assert from "node:assert/strict";
import { seal } from "../../src/log/sealed.ts";
import { makeCanary } from "../support/canary.ts";
import { basicHeader, serve, type TestServer } from "./http_server.ts";
import { tried } from "./support.ts";

/** Responses of registries that differ from the reference, and of servers that are no registry. */

type Answers = (url: URL, authorization: string | undefined) => Response;

const PASSWORD = makeCanary().value;

const status = (status: number, headers: HeadersInit = {}) =>
  new Response(null, { status, headers });

/** A challenge whose token server is the registry itself. */
const bearer = ({ origin }: URL) => `Bearer realm="${origin}/token",service="s"`;

const asks = (...challenges: string[]) =>
  status(401, challenges.map((one): [string, string] => ["www-authenticate", one]));

async function answered(answers: Answers, repository?: string) {
  await using server: TestServer = serve((request) =>
    answers(new URL(request.url), request.headers.get("authorization") ?? undefined)
  );
  const verdict = await tried({
    kind: "registry",
    host: `127.0.0.1:${server.port}`,
    username: "alice",
    password: seal(PASSWORD),
    repository,
    transport: { insecureHttp: true },
  });
  return { verdict, seen: server.seen };
}

const tokens = (reply: () => Response): Answers => (url, shown) => {
  if (url.pathname === "/token") return reply();
  return shown ? status(200) : asks(bearer(url));
};

const ROWS: [what: string, answers: Answers, accepted: boolean | undefined, why: RegExp][] = [
  [
    "has no API",
    () => status(404),
    undefined,
    /^No registry at this host \(404 Not Found from its API\)$/,
  ],
  [
    "is busy",
    () => status(429),
    undefined,
    /^Unexpected response from the registry before the login: HTTP 429$/,
  ],
  ["is broken", () => status(503), undefined, /before the login: HTTP 503$/],
  [
    "sends an unknown challenge",
    () => asks("Negotiate"),
    undefined,
    /other than Basic and Bearer$/,
  ],
  ["sends no challenge", () => asks(), undefined, /other than Basic and Bearer$/],
  ["names no token server", () => asks("Bearer"), undefined, /does not name a token server$/],
  [
    "names a token server without a URL",
    () => asks('Bearer realm="token"'),
    undefined,
    /does not name a token server$/,
  ],
  ["gives the token", tokens(() => Response.json({ token: "t" })), true, /accepts the credential$/],
  ["gives an access_token", tokens(() => Response.json({ access_token: "t" })), true, /accepts/],
  [
    "gives an empty token and an access_token",
    tokens(() => Response.json({ token: "", access_token: "t" })),
    true,
    /accepts/,
  ],
  ["gives no token", tokens(() => Response.json({})), undefined, /answered without a token$/],
  [
    "gives a token that is no valid header value",
    tokens(() => Response.json({ token: "a\nb" })),
    undefined,
    /without a token$/,
  ],
  [
    "gives invalid JSON",
    tokens(() => new Response(`{"${PASSWORD}`)),
    undefined,
    /answered without a token$/,
  ],
  ["gives a list", tokens(() => Response.json([])), undefined, /answered without a token$/],
  [
    "refuses a token",
    tokens(() => status(403)),
    false,
    /token server refuses the credential \(403 Forbidden\)$/,
  ],
  [
    "has a busy token server",
    tokens(() => status(429)),
    undefined,
    /^Unexpected response from the registry's token server: HTTP 429$/,
  ],
  [
    "refuses its own token",
    (url) => url.pathname === "/token" ? Response.json({ token: "t" }) : asks(bearer(url)),
    false,
    /^The registry refuses the credential \(401 Unauthorized\)$/,
  ],
  [
    "fails after the login",
    (url, shown) =>
      url.pathname === "/token"
        ? Response.json({ token: "t" })
        : shown
        ? status(500)
        : asks(bearer(url)),
    undefined,
    /^Unexpected response from the registry to the login: HTTP 500$/,
  ],
];

for (const [what, answers, accepted, why] of ROWS) {
  Deno.test(`a registry that ${what} gets the right verdict`, async () => {
    const { verdict } = await answered(answers);
    assert.deepEqual([verdict.reachable, verdict.accepted, verdict.may], [true, accepted, []]);
    assert.ok(!("open" in verdict), "a challenge means that it is not open");
    assert.match(verdict.why, why);
  });
}

Deno.test("a registry of plain HTTP is reported as not speaking TLS", async () => {
  await using server = serve(() => status(200));
  const host = `127.0.0.1:${server.port}`;
  const credential = { username: "alice", password: seal(PASSWORD), transport: {} };
  const verdict = await tried({ kind: "registry", host, ...credential });
  assert.deepEqual([verdict.reachable, verdict.accepted, "open" in verdict], [
    false,
    undefined,
    false,
  ]);
  assert.match(verdict.why, /: it does not speak TLS; its URL must start with http:\/\//);
  assert.deepEqual(server.seen, []);
});

Deno.test("Bearer is preferred among several challenges, as in docker", async () => {
  const { verdict, seen } = await answered((url, shown) => {
    if (url.pathname === "/token") return Response.json({ token: "t" });
    return shown === "Bearer t" ? status(200) : asks('Basic realm="x"', bearer(url));
  });
  assert.equal(verdict.accepted, true);
  assert.deepEqual(seen.map(({ path, authorization }) => [path, authorization]), [
    ["/v2/", undefined],
    ["/token?service=s", basicHeader("alice", PASSWORD)],
    ["/v2/", "Bearer t"],
  ]);
});

Deno.test("a registry that requires a login for repositories only is asked for the repository", async () => {
  const { verdict, seen } = await answered((url, shown) => {
    if (url.pathname === "/v2/") return status(200);
    if (url.pathname === "/token") {
      return Response.json({ token: url.searchParams.get("scope") ?? "for-nothing" });
    }
    return shown === "Bearer repository:team/app:pull" ? status(200) : asks(bearer(url));
  }, "team/app");
  assert.deepEqual([verdict.accepted, verdict.may], [true, ["read team/app"]]);
  assert.equal(seen.at(-1)?.path, "/v2/team/app/tags/list?n=1");
});

const ONE_DOOR: [password: number, accepted: boolean | undefined, may: string[]][] = [
  [200, true, ["read team/app"]],
  [401, false, []],
  [403, undefined, []],
  [404, undefined, []],
];

for (const [answer, accepted, may] of ONE_DOOR) {
  Deno.test(`if only the repository requires a password, the status ${answer} means accepted: ${accepted}`, async () => {
    const { verdict } = await answered((url, shown) => {
      if (url.pathname === "/v2/") return status(200);
      return shown ? status(answer, { "www-authenticate": "Basic" }) : asks('Basic realm="x"');
    }, "team/app");
    assert.deepEqual([verdict.accepted, verdict.may], [accepted, may]);
  });
}

const TAGS: [what: number, accepted: boolean, why: RegExp][] = [
  [404, true, /but repository team\/app was not found or is not accessible$/],
  [403, true, /but access to repository team\/app is denied$/],
  [500, true, /but access to repository team\/app is unknown$/],
];

for (const [tags, accepted, why] of TAGS) {
  Deno.test(`${tags} for the list of tags is reported, and the credential is accepted`, async () => {
    const { verdict } = await answered((url, shown) => {
      if (url.pathname === "/token") return Response.json({ token: "t" });
      if (!shown) return asks(bearer(url));
      return status(url.pathname === "/v2/" ? 200 : tags);
    }, "team/app");
    assert.deepEqual([verdict.accepted, verdict.may], [accepted, []]);
    assert.match(verdict.why, why);
  });
}

const OPEN: [tags: number, open: true | undefined, why: RegExp][] = [
  [200, true, /: repository team\/app can be read$/],
  [404, true, /but repository team\/app was not found or is not accessible$/],
  [403, undefined, /but access to repository team\/app is denied$/],
  [500, undefined, /but access to repository team\/app is unknown$/],
];

for (const [tags, open, why] of OPEN) {
  Deno.test(`a registry without a login that answers ${tags} for tags is ${open ? "" : "not "}open`, async () => {
    const { verdict } = await answered(
      ({ pathname }) => status(pathname === "/v2/" ? 200 : tags),
      "team/app",
    );
    assert.deepEqual([verdict.accepted, verdict.open], [undefined, open]);
    assert.match(verdict.why, why);
  });
}

Deno.test("a token server that fails for a repository leaves the credential accepted", async () => {
  const { verdict } = await answered((url, shown) => {
    if (url.pathname !== "/token") return shown ? status(200) : asks(bearer(url));
    return url.searchParams.has("scope") ? status(500) : Response.json({ token: "t" });
  }, "team/app");
  assert.deepEqual([verdict.accepted, verdict.may], [true, []]);
  assert.match(verdict.why, /but access to repository team\/app is unknown$/);
});
