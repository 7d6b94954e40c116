import assert from "node:assert/strict";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { IssuerAnswers } from "../../src/credentials/checks/issuer_answers.ts";
import { seal } from "../../src/log/sealed.ts";
import { encodeBase64Text, encodeBase64Url } from "../../src/text/bytes.ts";
import { type Issuers, PUBLIC_ISSUERS } from "../../src/verify/issuers.ts";
import type { GitCredential, GoogleKeyCredential } from "../../src/verify/verdict.ts";
import { makeCanary } from "../support/canary.ts";
import { basicHeader, serve, type TestServer } from "./http_server.ts";
import { tried } from "./support.ts";

/**
 * The expiry of credentials according to their issuers. Each issuer is a server on loopback that responds
 * as documented (the links are in `src/verify`); no real issuer was queried.
 */

const made = (beginning: string) => beginning + makeCanary().value.replaceAll(/[^A-Za-z0-9]/g, "");

const login = (url: string, token: string, username = "alice"): GitCredential => ({
  kind: "git",
  url,
  username,
  password: seal(token),
  transport: {},
});

type Api = (request: Request, path: string) => Response | Promise<Response> | undefined;

/** A Git server that accepts every credential, and has an API too. */
function gitServer(api: Api): TestServer {
  return serve((request) => {
    const { pathname } = new URL(request.url);
    if (!pathname.endsWith("/info/refs")) {
      return api(request, pathname) ?? new Response(null, { status: 404 });
    }
    return request.headers.has("authorization")
      ? new Response("", {
        headers: { "content-type": "application/x-git-upload-pack-advertisement" },
      })
      : new Response(null, { status: 401 });
  });
}

const askedAt = ({ seen }: TestServer) =>
  seen.filter(({ path }) => !path.includes("/info/refs")).map(({ method, path }) =>
    `${method} ${path}`
  );

Deno.test("GitHub Enterprise Server reports the expiry of a personal token in its own API", async () => {
  const token = made("ghp_");
  const headers = { "github-authentication-token-expiration": "2030-01-02 03:04:05 UTC" };
  await using server = gitServer((request, path) =>
    path === "/api/v3/rate_limit" && request.headers.get("authorization") === `Bearer ${token}`
      ? Response.json({ resources: {}, rate: {} }, { headers })
      : undefined
  );
  const { accepted, expires } = await tried(login(`${server.url}/org/app.git`, token));
  assert.deepEqual([accepted, expires], [true, "2030-01-02T03:04:05.000Z"]);
  assert.deepEqual(askedAt(server), ["GET /api/v3/rate_limit"]);
});

Deno.test("the expiry header counts in the 404 response of an Enterprise Server without rate limits", async () => {
  const headers = { "github-authentication-token-expiration": "2030-01-02 03:04:05 UTC" };
  await using server = gitServer(() =>
    Response.json({ message: "Rate limiting is not enabled." }, { status: 404, headers })
  );
  const { expires } = await tried(login(`${server.url}/org/app.git`, made("ghp_")));
  assert.equal(expires, "2030-01-02T03:04:05.000Z");
});

/** GitLab's response about a personal access token. */
const SELF = {
  id: 4,
  name: "Test Token",
  revoked: false,
  created_at: "2020-07-23T14:31:47.729Z",
  scopes: ["api"],
  user_id: 3,
  last_used_at: "2021-10-06T17:58:37.550Z",
  active: true,
  expires_at: "2030-01-31",
};

const GITLAB: [what: string, answer: () => Response, expires: string | undefined][] = [
  ["the expiry as a day", () => Response.json(SELF), "2030-01-31T00:00:00.000Z"],
  [
    "no expiry of a token that never expires",
    () => Response.json({ ...SELF, expires_at: null }),
    undefined,
  ],
  [
    "no expiry for a token that may only read repositories",
    () => Response.json({ error: "insufficient_scope", scope: "api read_user" }, { status: 403 }),
    undefined,
  ],
  [
    "no expiry of a rejected token",
    () => Response.json({ message: "401 Unauthorized" }, { status: 401 }),
    undefined,
  ],
  ["no expiry in HTML", () => new Response("<html>sign in</html>"), undefined],
];

for (const [what, answer, expires] of GITLAB) {
  Deno.test(`GitLab reports ${what}`, async () => {
    const token = made("glpat-");
    await using server = gitServer((request, path) =>
      path === "/api/v4/personal_access_tokens/self" &&
        request.headers.get("private-token") === token
        ? answer()
        : undefined
    );
    const verdict = await tried(login(`${server.url}/team/app.git`, token));
    assert.deepEqual([verdict.accepted, verdict.expires], [true, expires]);
    assert.deepEqual(askedAt(server), ["GET /api/v4/personal_access_tokens/self"]);
  });
}

const ANSWERS: [what: string, answer: () => Response, expires: string | undefined][] = [
  ["responds", () => Response.json(SELF), "2030-01-31T00:00:00.000Z"],
  ["refuses", () => new Response(null, { status: 401 }), undefined],
  ["is not GitLab", () => new Response(null, { status: 404 }), undefined],
  ["fails", () => new Response(null, { status: 503 }), undefined],
];

for (const [what, answer, expires] of ANSWERS) {
  Deno.test(`an issuer that ${what} is queried about a token once a day, for all users and places`, async () => {
    const [token, other] = [made("glpat-"), made("glpat-")];
    await using server = gitServer(answer);
    let time = 0;
    const issuerMemory = new IssuerAnswers({ now: () => time });
    const end = async (path: string, value = token, username = "alice") => {
      const what = login(`${server.url}/${path}.git`, value, username);
      const verdict = await tried(what, { issuerMemory });
      assert.equal(verdict.accepted, true);
      return verdict.expires;
    };
    assert.deepEqual(await Promise.all([end("a"), end("b"), end("c", token, "bob")]), [
      expires,
      expires,
      expires,
    ]);
    time += 24 * 60 * 60 * 1000 - 1;
    assert.equal(await end("a"), expires);
    assert.equal(askedAt(server).length, 1);
    await end("a", other);
    assert.equal(askedAt(server).length, 2, "a request about another token");
    time += 1;
    await end("a");
    assert.equal(askedAt(server).length, 3, "a request after a day");
  });
}

Deno.test("the token of a GitLab registry on its own host is looked up at GitLab's host", async () => {
  const token = made("glpat-");
  const shown = basicHeader("alice", token);
  await using gitlab = serve((request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/jwt/auth" && request.headers.get("authorization") === shown) {
      return Response.json({ token: "a-registry-token" });
    }
    return pathname === "/api/v4/personal_access_tokens/self" &&
        request.headers.get("private-token") === token
      ? Response.json(SELF)
      : new Response(null, { status: 404 });
  });
  const challenge = `Bearer realm="${gitlab.url}/jwt/auth",service="container_registry"`;
  await using registry = serve((request) =>
    request.headers.get("authorization") === "Bearer a-registry-token"
      ? Response.json({})
      : new Response(null, { status: 401, headers: { "www-authenticate": challenge } })
  );
  const verdict = await tried({
    kind: "registry",
    host: `127.0.0.1:${registry.port}`,
    username: "alice",
    password: seal(token),
    transport: { insecureHttp: true },
  });
  assert.deepEqual([verdict.accepted, verdict.expires], [true, "2030-01-31T00:00:00.000Z"]);
  assert.ok(
    registry.seen.every(({ path }) => path.startsWith("/v2/")),
    "the registry's host got no API request",
  );
});

Deno.test("a redirect of the issuer's API is not followed with the token", async () => {
  await using other = serve(() => Response.json(SELF));
  await using server = gitServer(() => Response.redirect(`${other.url}/`, 302));
  const { accepted, expires } = await tried(login(`${server.url}/team/app.git`, made("glpat-")));
  assert.deepEqual([accepted, expires], [true, undefined]);
  assert.deepEqual(other.seen, []);
});

/** An entry in the list of a user's tokens. */
const hubToken = (uuid: string, more: object = {}) => ({
  uuid,
  client_id: "HUB",
  creator_ip: "127.0.0.1",
  creator_ua: "some user agent",
  created_at: "2021-07-20T12:00:00.000000Z",
  last_used: null,
  generated_by: "manual",
  is_active: true,
  token: "***",
  token_label: "My read only token",
  scopes: ["repo:read"],
  expires_at: "2030-10-28T18:30:19.520861Z",
  ...more,
});

const END = "2030-10-28T18:30:19.520Z";
const OTHER = { expires_at: "2031-01-01T00:00:00Z" };
const NEVER = { expires_at: null };

const HUB: [what: string, tokens: object[], more: object, expires: string | undefined][] = [
  ["the expiry of the only token", [hubToken("a")], {}, END],
  [
    "the expiry of the only active token",
    [hubToken("a"), hubToken("b", { ...OTHER, is_active: false })],
    {},
    END,
  ],
  ["the expiry that all tokens have", [hubToken("a"), hubToken("b")], {}, END],
  [
    "the expiry of the token that the session names",
    [hubToken("mine"), hubToken("b", OTHER)],
    {},
    END,
  ],
  ["no expiry if several tokens differ", [hubToken("a"), hubToken("b", OTHER)], {}, undefined],
  [
    "no expiry if one of the tokens never expires",
    [hubToken("a"), hubToken("b", NEVER)],
    {},
    undefined,
  ],
  ["no expiry of a token that never expires", [hubToken("a", NEVER)], {}, undefined],
  ["no expiry if there are more tokens than listed", [hubToken("a")], {
    next: "https://hub.docker.com/v2/access-tokens?page=2",
  }, undefined],
  ["no expiry without a token", [], {}, undefined],
];

for (const [what, results, more, expires] of HUB) {
  Deno.test(`Docker Hub reports ${what}`, async () => {
    const token = made("dckr_pat_");
    const access = `eyJhbGciOiJIUzI1NiJ9.${
      encodeBase64Url(JSON.stringify({ sub: "alice", source: { type: "pat", id: "mine" } }))
    }.c2ln`;
    await using hub = serve(async (request) => {
      const { pathname } = new URL(request.url);
      if (request.method === "POST" && pathname === "/v2/auth/token") {
        assert.equal(request.headers.get("content-type"), "application/json");
        const isRight = await request.text() ===
          JSON.stringify({ identifier: "alice", secret: token });
        return isRight
          ? Response.json({ access_token: access })
          : Response.json({ detail: "Incorrect authentication credentials" }, { status: 401 });
      }
      const isLet = request.headers.get("authorization") === `Bearer ${access}`;
      return pathname === "/v2/access-tokens" && isLet
        ? Response.json({
          count: results.length,
          next: null,
          previous: null,
          active_count: results.length,
          results,
          ...more,
        })
        : new Response(null, { status: 401 });
    });
    await using registry = gitServer(() => undefined);
    const issuers: Issuers = {
      ...PUBLIC_ISSUERS,
      byHost: { "127.0.0.1": { kind: "docker_hub", api: `${hub.url}/v2/` } },
    };
    const verdict = await tried(login(`${registry.url}/x`, token), { issuers });
    assert.deepEqual([verdict.accepted, verdict.expires], [true, expires]);
    assert.deepEqual(askedAt(hub), ["POST /v2/auth/token", "GET /v2/access-tokens?page_size=100"]);
  });
}

Deno.test("a Docker Hub password is not sent to the API, and a rejected token has no expiry", async () => {
  await using hub = serve(() => new Response(null, { status: 401 }));
  await using registry = gitServer(() => undefined);
  const issuers: Issuers = {
    ...PUBLIC_ISSUERS,
    byHost: { "127.0.0.1": { kind: "docker_hub", api: `${hub.url}/v2/` } },
  };
  const end = async (password: string) =>
    (await tried(login(`${registry.url}/x`, password), { issuers })).expires;
  assert.equal(await end(made("hunter-")), undefined);
  assert.deepEqual(hub.seen, []);
  assert.equal(await end(made("dckr_pat_")), undefined);
  assert.deepEqual(askedAt(hub), ["POST /v2/auth/token"]);
});

const EMAIL = "argocd@project.iam.gserviceaccount.com";
const CERTIFIED = makeAuthority("google").issue({
  commonName: EMAIL,
  organization: "x",
  for: "client",
  notAfter: new Date("2030-02-03T04:05:06Z"),
});
const STRANGER = makeAuthority("google").issue({
  commonName: EMAIL,
  organization: "x",
  for: "client",
});

const keyFile = (more: object = {}) =>
  JSON.stringify({
    type: "service_account",
    project_id: "project",
    private_key_id: "key-1",
    private_key: CERTIFIED.key,
    client_email: EMAIL,
    // The URL in the key file is not used.
    client_x509_cert_url: "https://attacker.example/x",
    universe_domain: "googleapis.com",
    ...more,
  });

const googleKey = (more: object = {}): GoogleKeyCredential => ({
  kind: "google_key",
  key: seal(keyFile(more)),
  transport: {},
});

const at = ({ url }: TestServer): Issuers => ({
  ...PUBLIC_ISSUERS,
  byHost: {},
  googleCertificates: `${url}/robot/v1/metadata/x509/`,
});

const KNOWN = () =>
  Response.json({ "key-0": STRANGER.certificate, "key-1": CERTIFIED.certificate });

const GOOGLE: [
  what: string,
  answer: () => Response,
  accepted: boolean | undefined,
  why: RegExp,
  more?: object,
][] = [
  ["has the certificate", KNOWN, true, /^Google knows the key; its permissions were not tested$/],
  [
    "has no certificate of it",
    () => Response.json({ "key-0": STRANGER.certificate }),
    false,
    /^Google has no certificate for the key: the key was deleted or has expired$/,
  ],
  [
    "does not know the account",
    () => Response.json({ error: { code: 404 } }, { status: 404 }),
    false,
    /^Google does not know the service account \(404 Not Found\)$/,
  ],
  [
    "has another key under this ID",
    () => Response.json({ "key-1": STRANGER.certificate }),
    false,
    /^The private key does not match the key that Google has under this ID$/,
  ],
  [
    "has an invalid certificate",
    () => Response.json({ "key-1": "x" }),
    undefined,
    /^Google's certificate for the key cannot be parsed$/,
  ],
  [
    "fails",
    () => new Response(null, { status: 503 }),
    undefined,
    /^Unexpected response from Google: HTTP 503$/,
  ],
];

for (const [what, answer, accepted, why] of GOOGLE) {
  Deno.test(`a service account key: Google ${what}`, async () => {
    await using google = serve(answer);
    const verdict = await tried(googleKey(), { issuers: at(google) });
    assert.equal(verdict.accepted, accepted);
    assert.equal(verdict.expires, accepted ? "2030-02-03T04:05:06.000Z" : undefined);
    assert.match(verdict.why, why);
    assert.deepEqual(google.seen.map(({ path, authorization }) => [path, authorization]), [
      [`/robot/v1/metadata/x509/${encodeURIComponent(EMAIL)}`, undefined],
    ]);
  });
}

Deno.test("a service account key that never expires has no expiry", async () => {
  const { certificate, key } = makeAuthority("google").issue({
    commonName: EMAIL,
    organization: "x",
    for: "client",
    notAfter: new Date("9999-12-31T23:59:59Z"),
  });
  await using google = serve(() => Response.json({ "key-1": certificate }));
  const verdict = await tried(googleKey({ private_key: key }), { issuers: at(google) });
  assert.deepEqual([verdict.accepted, "expires" in verdict], [true, false]);
});

for (
  const [what, more] of [
    ["without an ID", { private_key_id: undefined }],
    ["of another cloud", { universe_domain: "other.example" }],
  ] as const
) {
  Deno.test(`a service account key ${what} is not looked up`, async () => {
    await using google = serve(KNOWN);
    const verdict = await tried(googleKey(more), { issuers: at(google) });
    assert.deepEqual([verdict.reachable, verdict.accepted], [false, undefined]);
    assert.match(verdict.why, /^Cannot verify: the key has no client_email or private_key_id, or /);
    assert.deepEqual(google.seen, []);
  });
}

for (
  const [form, password] of [["in plain text", keyFile()], [
    "in base64",
    encodeBase64Text(keyFile()),
  ]]
) {
  Deno.test(`a service account key used as a password, ${form}, gets its expiry from Google`, async () => {
    await using google = serve(KNOWN);
    await using registry = gitServer(() => undefined);
    const what = login(`${registry.url}/x`, password!, "_json_key");
    const { accepted, expires } = await tried(what, { issuers: at(google) });
    assert.deepEqual([accepted, expires], [true, "2030-02-03T04:05:06.000Z"]);
  });
}
