import assert from "node:assert/strict";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { seal } from "../../src/log/sealed.ts";
import { type Issuers, PUBLIC_ISSUERS } from "../../src/verify/issuers.ts";
import type { GitCredential } from "../../src/verify/verdict.ts";
import { makeCanary } from "../support/canary.ts";
import { type GitServer, hasGit, startGitServer } from "./git_server.ts";
import { basicHeader, serve } from "./http_server.ts";
import { tried } from "./support.ts";

function gitTest(sentence: string, fn: () => Promise<void>): void {
  Deno.test({ name: `a real Git server: ${sentence}`, ignore: !hasGit, fn });
}

const login = (url: string, password: string): GitCredential => ({
  kind: "git",
  url,
  username: "alice",
  password: seal(password),
  transport: {},
});

const token = (url: string, value: string): GitCredential => ({
  kind: "git",
  url,
  bearerToken: seal(value),
  transport: {},
});

gitTest("a correct user name and password are accepted", async () => {
  const { value } = makeCanary();
  await using server = await startGitServer({ visitors: [basicHeader("alice", value)] });
  assert.deepEqual(await tried(login(server.repository, value)), {
    reachable: true,
    accepted: true,
    may: ["read team/app.git"],
    status: 200,
    asked: `${server.repository}/info/refs`,
    why: "The repository accepts the credential: it can be read",
  });
  assert.equal(server.seen[1]?.path, "/team/app.git/info/refs?service=git-upload-pack");
});

gitTest("a correct bearer token is accepted", async () => {
  const { value } = makeCanary();
  await using server = await startGitServer({ visitors: [`Bearer ${value}`] });
  const { accepted, may } = await tried(token(server.repository, value));
  assert.deepEqual([accepted, may], [true, ["read team/app.git"]]);
});

const WRONG: [what: string, make: (url: string, value: string) => GitCredential][] = [
  ["user name and password", login],
  ["bearer token", token],
];

for (const [what, make] of WRONG) {
  gitTest(`a wrong ${what} is rejected`, async () => {
    const { value } = makeCanary();
    await using server = await startGitServer({ visitors: [] });
    const verdict = await tried(make(server.repository, value));
    assert.deepEqual([verdict.reachable, verdict.accepted, verdict.may], [true, false, []]);
    assert.equal(verdict.why, "The repository refuses the credential (401 Unauthorized)");
  });
}

gitTest("404 may mean a hidden repository, and the credential is not accepted", async () => {
  const { value } = makeCanary();
  await using server = await startGitServer({ visitors: [], hides: true });
  const verdict = await tried(login(server.repository, value));
  assert.equal(verdict.accepted, false);
  assert.match(
    verdict.why,
    /^Repository not found, or the credential has no access to it \(404 Not Found\)$/,
  );
});

gitTest("a public repository proves nothing about a credential", async () => {
  const { value } = makeCanary();
  await using server = await startGitServer({ visitors: ["*"] });
  const verdict = await tried(login(server.repository, value));
  assert.deepEqual([verdict.accepted, verdict.may], [undefined, ["read team/app.git"]]);
  assert.equal(verdict.open, true);
  assert.equal(verdict.why, "The repository is public: it can be read without a credential");
});

gitTest("a credential for a missing repository is not accepted", async () => {
  const { value } = makeCanary();
  await using server: GitServer = await startGitServer({ visitors: ["*"] });
  assert.equal((await tried(login(`${server.url}/team/none.git`, value))).accepted, false);
});

gitTest("without a credential, a private repository has no verdict", async () => {
  await using server = await startGitServer({ visitors: [] });
  for (const url of [server.repository, `${server.url}/team/none.git`]) {
    const verdict = await tried({ kind: "git", url, transport: {} });
    assert.deepEqual([verdict.reachable, verdict.accepted], [true, undefined]);
    assert.ok(!("open" in verdict), url);
  }
});

const OTHERS: [what: string, respond: () => Response, why: string][] = [
  [
    "knows nothing of Git",
    () => new Response("hello"),
    "The URL is not a Git repository: it does not support Git's HTTP protocol",
  ],
  [
    "is broken",
    () => new Response(null, { status: 500 }),
    "Unexpected response from the repository: HTTP 500",
  ],
];

for (const [what, respond, why] of OTHERS) {
  Deno.test(`a web server that ${what} proves nothing about a credential`, async () => {
    await using server = serve(respond);
    const verdict = await tried(login(server.url, makeCanary().value));
    assert.deepEqual([verdict.reachable, verdict.accepted], [true, undefined]);
    assert.ok(!("open" in verdict), "without a Git repository, open is not set");
    assert.equal(verdict.why, why);
  });
}

Deno.test("a bearer token that is no valid header value is not sent", async () => {
  const { value } = makeCanary();
  await using server = serve(() => new Response("hello"));
  const verdict = await tried(token(server.url, `${value}\r\nX-Other: 1`));
  assert.deepEqual([verdict.reachable, verdict.accepted], [false, false]);
  assert.deepEqual(server.seen, []);
});

Deno.test("the expiry of a personal token comes from the response, or from a known issuer", async () => {
  const password = `ghp_${crypto.randomUUID().replaceAll("-", "")}`;
  const header = { "github-authentication-token-expiration": "2030-01-02 03:04:05 +0200" };
  const git = { "content-type": "application/x-git-upload-pack-advertisement" };
  const away = () => new Response(null, { status: 401 });
  const shown = (request: Request) => request.headers.get("authorization");
  await using telling = serve((request) => {
    return shown(request) ? new Response("", { headers: { ...git, ...header } }) : away();
  });
  assert.equal((await tried(login(telling.url, password))).expires, "2030-01-02T01:04:05.000Z");

  await using silent = serve((request) =>
    shown(request) ? new Response("", { headers: git }) : away()
  );
  await using api = serve(() => new Response("{}", { headers: header }));
  const at = (url: string): Issuers => ({
    ...PUBLIC_ISSUERS,
    byHost: { "127.0.0.1": { kind: "github", api: `${url}/` } },
  });
  const issuers = at(api.url);
  const asked = await tried(login(silent.url, password), { issuers });
  assert.deepEqual([asked.accepted, asked.expires], [true, "2030-01-02T01:04:05.000Z"]);
  assert.deepEqual(api.seen.map(({ authorization }) => authorization), [`Bearer ${password}`]);

  const other = await tried(login(silent.url, makeCanary().value), { issuers });
  assert.deepEqual([other.accepted, "expires" in other, api.seen.length], [true, false, 1]);

  const { certificate, key } = makeAuthority("unknown").issue({
    commonName: "x",
    for: "server",
    hosts: ["127.0.0.1"],
  });
  await using untrusted = serve(() => new Response("{}"), { tls: { certificate, key } });
  const insecure = { ...login(silent.url, password), transport: { insecure: true } };
  await tried(insecure, { issuers: at(untrusted.url) });
  assert.deepEqual(untrusted.seen, [], "insecure applies to the repository, not to GitHub's API");

  const gone = await tried(login(silent.url, password), {
    issuers: at("http://127.0.0.1:1"),
  });
  assert.deepEqual([gone.accepted, "expires" in gone], [true, false]);
});
