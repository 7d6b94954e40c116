import assert from "node:assert/strict";
import { seal } from "../log/sealed.ts";
import { issuerOf, PUBLIC_ISSUERS } from "./issuers.ts";

/** The server that gets a token to look up its expiry. */

const GITHUB = "ghp_fake";
const GITLAB = "glpat-fake";
const HUB = "dckr_pat_fake";

const ROWS: [url: string, token: string, api: string | undefined, isOwn?: true][] = [
  ["https://github.com/org/app", GITHUB, "https://api.github.com/"],
  ["https://github.com/org/app", "github_pat_fake", "https://api.github.com/"],
  ["https://ghcr.io/v2/", GITHUB, "https://api.github.com/"],
  ["https://github.com/org/app", "another", undefined],
  ["https://github.com/org/app", "gho_fake", undefined],
  // An issuer does not get another issuer's token.
  ["https://github.com/org/app", GITLAB, undefined],
  ["https://gitlab.com/org/app", GITHUB, undefined],
  ["https://acme.ghe.com/org/app", GITHUB, "https://api.acme.ghe.com/"],
  ["https://containers.acme.ghe.com/v2/", GITHUB, "https://api.acme.ghe.com/"],
  ["https://acme.ghe.com.example/org/app", GITHUB, "https://acme.ghe.com.example/api/v3/", true],
  ["https://git.example/org/app", GITHUB, "https://git.example/api/v3/", true],
  ["https://git.example:8443/org/app", GITLAB, "https://git.example:8443/api/v4/", true],
  ["http://git.example/org/app", GITLAB, "http://git.example/api/v4/", true],
  ["https://gitlab.com/org/app", GITLAB, "https://gitlab.com/api/v4/"],
  ["https://registry.gitlab.com/v2/", GITLAB, "https://gitlab.com/api/v4/"],
  ["https://registry-1.docker.io/v2/", HUB, "https://hub.docker.com/v2/"],
  ["https://registry-1.docker.io/v2/", "dckr_oat_fake", undefined],
  ["https://mirror.example/v2/", HUB, undefined],
  ["https://tostring/org/app", "x", undefined],
];

for (const [url, token, api, isOwn = false] of ROWS) {
  Deno.test(`the issuer of ${token} at ${url} is ${api ?? "unknown"}`, () => {
    const asked = issuerOf(PUBLIC_ISSUERS, { url: new URL(url) }, {
      username: "bot",
      password: seal(token),
    });
    assert.deepEqual(
      [asked?.api, asked?.isOwn],
      api === undefined ? [undefined, undefined] : [api, isOwn],
    );
    if (api !== undefined) assert.equal(asked!.token.reveal(), token);
  });
}

Deno.test("a token may be the user name, or a bearer token", () => {
  const url = new URL("https://github.com/org/app");
  const tokenOf = (login: Parameters<typeof issuerOf>[2]) =>
    issuerOf(PUBLIC_ISSUERS, { url }, login)?.token.reveal();
  assert.equal(tokenOf({ username: GITHUB, password: seal("x-oauth-basic") }), GITHUB);
  assert.equal(tokenOf({ bearerToken: seal(GITHUB) }), GITHUB);
  assert.equal(tokenOf({}), undefined);
});

const REGISTRIES: [tokenServer: string | undefined, token: string, api: string][] = [
  ["https://gitlab.example/jwt/auth", GITLAB, "https://gitlab.example/api/v4/"],
  ["https://gitlab.example:8443/git/jwt/auth?x", GITLAB, "https://gitlab.example:8443/git/api/v4/"],
  ["https://registry.example/token", GITLAB, "https://registry.example/api/v4/"],
  [undefined, GITLAB, "https://registry.example/api/v4/"],
  // Only GitLab has this path.
  ["https://gitlab.example/jwt/auth", GITHUB, "https://registry.example/api/v3/"],
];

for (const [tokenServer, token, api] of REGISTRIES) {
  Deno.test(`the issuer of ${token} at a registry with tokens from ${tokenServer} is ${api}`, () => {
    const accepted = {
      url: new URL("https://registry.example/v2/"),
      tokenServer: tokenServer === undefined ? undefined : new URL(tokenServer),
    };
    assert.equal(issuerOf(PUBLIC_ISSUERS, accepted, { password: seal(token) })?.api, api);
  });
}
