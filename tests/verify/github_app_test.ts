import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { seal } from "../../src/log/sealed.ts";
import type { GitHubAppCredential } from "../../src/verify/verdict.ts";
import { makeCanary } from "../support/canary.ts";
import { makeAppKey, startGitHubServer } from "./github_server.ts";
import { tried } from "./support.ts";

const { publicKey, privateKey } = makeAppKey();

const app = (url: string, more: Partial<GitHubAppCredential> = {}): GitHubAppCredential => ({
  kind: "github_app",
  id: 12345,
  installationId: "678",
  privateKey: seal(privateKey),
  enterpriseUrl: `${url}/api/v3`,
  transport: {},
  ...more,
});

const server = (more: Partial<Parameters<typeof startGitHubServer>[0]> = {}) =>
  startGitHubServer({ app: "12345", installation: "678", publicKey, ...more });

Deno.test("an app's key is accepted, and the installation's permissions are reported", async () => {
  await using github = server({
    permissions: { metadata: "read", contents: "write", members: "read" },
  });
  assert.deepEqual(await tried(app(github.url)), {
    reachable: true,
    accepted: true,
    may: ["write contents", "read metadata"],
    status: 201,
    asked: `${github.url}/api/v3/app/installations/678/access_tokens`,
    why: "GitHub accepts the key; the installation can read the contents of selected repositories",
  });
});

Deno.test("an installation that cannot read contents is accepted, and this is reported", async () => {
  await using github = server({ permissions: { metadata: "read" } });
  const { accepted, may, why } = await tried(app(github.url));
  assert.deepEqual([accepted, may], [true, ["read metadata"]]);
  assert.match(why, /but the installation has no permission to read repository contents$/);
});

const { privateKey: ecKey } = generateKeyPairSync("ec", {
  namedCurve: "P-256",
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

const REFUSED: [
  what: string,
  more: Partial<GitHubAppCredential>,
  reachable: boolean,
  why: RegExp,
][] = [
  [
    "another app's key",
    { privateKey: seal(makeAppKey().privateKey) },
    true,
    /ID or key \(401 Unauthorized\)/,
  ],
  ["another app's id", { id: "Iv1.0123456789abcdef" }, true, /ID or key \(401 Unauthorized\)/],
  ["another installation", { installationId: 679 }, true, /does not find the installation/],
  [
    "a path as its installation",
    { installationId: "../678" },
    true,
    /does not find the installation/,
  ],
  [
    "an invalid key",
    { privateKey: seal(makeCanary().value) },
    false,
    /is not an RSA key in PEM$/,
  ],
  ["a key of another type", { privateKey: seal(ecKey) }, false, /is not an RSA key in PEM$/],
];

for (const [what, more, reachable, why] of REFUSED) {
  Deno.test(`a GitHub app with ${what} is not accepted`, async () => {
    await using github = server();
    const verdict = await tried(app(github.url, more));
    assert.deepEqual([verdict.reachable, verdict.accepted], [reachable, false]);
    assert.match(verdict.why, why);
    assert.equal(github.seen.length, reachable ? 1 : 0);
  });
}

Deno.test("a wrong clock is reported among the possible reasons", async () => {
  await using github = server();
  const { accepted, why } = await tried(app(github.url), { now: () => Date.now() - 3_600_000 });
  assert.equal(accepted, false);
  assert.match(why, /this machine's clock is wrong$/);
});
