import assert from "node:assert/strict";
import { makeRsaKey } from "../material.ts";
import { NO_LOGIN, repo, verification } from "../requests.ts";
import { stored } from "../stage.ts";
import { CANARY, docker, helm, type Row, testsOf } from "../support.ts";

/** Credentials that are valid but will hardly work: the hint says so. */

const LINE_BREAK =
  "The password ends with a line break, which is stored as part of it; remove it " +
  "if it only comes from a file or from copying";
const password = `${CANARY}\n`;

const hintOf = (body: unknown) => (body as { hint?: string }).hint;

interface Hinted {
  readonly what: string;
  readonly request: () => Request;
  readonly hint: string | undefined;
}

const google = JSON.stringify({ type: "service_account", private_key: CANARY }) + "\n";
const login = { registry: "quay.io", username: "robot", password };

const GUID = "0000000a-000b-000c-000d-00000000000e";
const AZURE = { client_id: GUID, tenant_id: "example.onmicrosoft.com" };

const PASSWORDS: Hinted[] = [
  { what: "add_docker", request: () => docker({ password }), hint: LINE_BREAK },
  {
    what: "add_docker of several registries, reported once",
    request: () => docker({ ...NO_LOGIN, registries: [login, { ...login, registry: "ghcr.io" }] }),
    hint: LINE_BREAK,
  },
  { what: "a dry run", request: () => docker({ password, dry_run: true }), hint: LINE_BREAK },
  { what: "add_helm_repo", request: () => helm({ password }), hint: LINE_BREAK },
  { what: "add_repo", request: () => repo({ password }), hint: LINE_BREAK },
  {
    what: "a template",
    request: () => repo({ password, as: "repo-creds", url: "https://github.com/org/" }),
    hint: LINE_BREAK,
  },
  {
    what: "a Google key, which the line break is not part of",
    request: () =>
      docker({ registry: "europe-docker.pkg.dev", username: "_json_key", password: google }),
    hint: undefined,
  },
  {
    what: "an Azure client secret",
    request: () =>
      repo({ ...NO_LOGIN, azure_service_principal: { ...AZURE, client_secret: password } }),
    hint: LINE_BREAK.replace("password", "client secret"),
  },
  {
    what: "the ID of an Azure client secret",
    request: () =>
      repo({ ...NO_LOGIN, azure_service_principal: { ...AZURE, client_secret: `${GUID}\n` } }),
    hint: `${LINE_BREAK.replace("password", "client secret")}. The client secret looks like a ` +
      "secret's id; Azure needs the secret's value",
  },
  { what: "no line break", request: () => docker({ password: CANARY }), hint: undefined },
  {
    what: "a line break within the password",
    request: () => repo({ password: `a\n${CANARY}` }),
    hint: undefined,
  },
];

const written = PASSWORDS.map(({ what, request, hint }): Row => ({
  name: `${hint ? "a hint" : "no hint"} about a trailing line break: ${what}`,
  request,
  status: 200,
  after: (_, body) => assert.equal(hintOf(body), hint),
}));

const stays: Row = {
  name: "a password that ends in a line break is written as given",
  request: () => repo({ password }),
  status: 200,
  after: ({ cluster }) => assert.equal(stored(cluster, "argocd/my-repo", "password"), password),
};

const refusing = {
  verifyOne: () =>
    Promise.resolve({ reachable: true, accepted: false, may: [], asked: "https://x", why: "No" }),
};

const tried: Row[] = [
  ["add_docker", () => docker({ password, verify: true })],
  ["add_helm_repo", () => helm({ password, verify: true })],
  ["add_repo", () => repo({ password, verify: true })],
  ["verify for a registry", () => verification({ password })],
  [
    "verify for a repository",
    () => verification({ type: "git", url: "https://github.com/org/app", password }),
  ],
].map(([what, request]): Row => ({
  name: `a refused credential gets the hint, too: ${what}`,
  request: request as () => Request,
  options: refusing,
  status: 422,
  changes: false,
  after: (_, body) => assert.equal(hintOf(body), LINE_BREAK),
}));

const key = makeRsaKey();
const app = (enterprise_url?: string) =>
  repo({
    ...NO_LOGIN,
    github_app: { id: 1, installation_id: 2, private_key: key, enterprise_url },
  });

const URLS: [url: string | undefined, hint: RegExp | undefined][] = [
  [undefined, undefined],
  ["https://github.example.com/api/v3", undefined],
  ["https://github.example.com", /usually https:\/\/github\.example\.com\/api\/v3/],
  ["https://github.com", /omit the URL to use the API of github/],
  ["https://api.github.com", /omit the URL to use the API of github/],
];

const enterprise = URLS.map(([url, hint]): Row => ({
  name: `a GitHub App with ${url ?? "no API URL"} is written with ${hint ? "a" : "no"} hint`,
  request: () => app(url),
  status: 200,
  absent: [key.split("\n")[1]!],
  after: ({ cluster }, body) => {
    if (hint === undefined) assert.equal(hintOf(body), undefined);
    else assert.match(hintOf(body) ?? "", hint);
    if (url === undefined) return;
    assert.equal(stored(cluster, "argocd/my-repo", "githubAppEnterpriseBaseUrl"), url);
  },
}));

for (const test of testsOf([...written, stays, ...tried, ...enterprise])) Deno.test(test);
