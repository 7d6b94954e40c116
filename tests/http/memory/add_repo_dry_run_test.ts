import assert from "node:assert/strict";
import type { VerifyOne } from "../../../src/credentials/verify_credential.ts";
import { makeSshKey } from "../material.ts";
import { argocdLabels, NO_LOGIN, repo, REPO_BODY, sent } from "../requests.ts";
import { CANARY, type Row, testsOf } from "../support.ts";

/** add_repo with dry_run, with verify, and when it fails halfway. */

const answer = (result: object, more: object, verb: string) => ({
  success: true,
  cluster: "test-cluster",
  type: "git",
  as: "repository",
  results: [{ name: "my-repo", url: REPO_BODY.url, result, application_repo_url: REPO_BODY.url }],
  ...more,
  message: `Repository secret ${verb}`,
});

const tried = (action: string, changes: object[]) => ({
  success: true,
  namespace: "argocd",
  output: `secret/my-repo ${action} (dry run)`,
  changes,
});

const DRY = { dry_run: true };

const dryRuns: Row[] = [
  {
    name: "a dry run of a new repository shows each field, with credentials masked",
    request: () =>
      repo({ ...DRY, proxy: `http://user:${CANARY}@proxy.example.com`, insecure: true }),
    status: 200,
    body: answer(
      tried("created", [
        { field: "type", after: "Opaque" },
        { field: "labels.app.kubernetes.io/managed-by", after: "argocd-configurer" },
        { field: "labels.argocd.argoproj.io/secret-type", after: "repository" },
        { field: "annotations.managed-by", after: "argocd.argoproj.io" },
        { field: "data.insecure", after: "true" },
        { field: "data.name", after: "my-repo" },
        { field: "data.password", after: "***" },
        { field: "data.proxy", after: "http://***@proxy.example.com" },
        { field: "data.type", after: "git" },
        { field: "data.url", after: REPO_BODY.url },
        { field: "data.username", after: "git-user" },
      ]),
      { dry_run: true },
      "would be created",
    ),
    changes: false,
  },
  {
    name: "a dry run over an existing repository shows what would change and what would be removed",
    request: () => repo({ ...DRY, ...NO_LOGIN, bearer_token: CANARY, upsert: true }),
    before: sent(() => repo()),
    status: 200,
    body: answer(
      tried("replaced", [
        { field: "data.bearerToken", after: "***" },
        { field: "data.password", before: "***" },
        { field: "data.username", before: "git-user" },
      ]),
      { dry_run: true },
      "would be updated",
    ),
    changes: false,
  },
  {
    name: "a dry run with the stored value reports no change",
    request: () => repo({ ...DRY, upsert: true }),
    before: sent(() => repo()),
    status: 200,
    body: answer(tried("unchanged", []), { dry_run: true }, "would be unchanged"),
    changes: false,
  },
  {
    name: "a dry run is rejected whenever the write would be",
    request: () => repo(DRY),
    before: sent(() => repo()),
    status: 409,
    body: {
      error: true,
      message: "Secrets already exist: my-repo",
      status_code: 409,
      existing_secrets: {
        "my-repo": {
          exists: true,
          description: {
            name: "my-repo",
            namespace: "argocd",
            type: "Opaque",
            labels: argocdLabels("repository"),
          },
        },
      },
      upsert_required: true,
    },
    changes: false,
  },
  {
    name: "a dry run that the cluster would reject gets the same error as the write",
    request: () => repo(DRY),
    before: ({ cluster }) => {
      cluster.fault = ({ method }) =>
        method === "create" ? { kind: "reject", item: 0, error: "forbidden" } : undefined;
    },
    status: 502,
    body: {
      error: true,
      message: "Cannot do it: forbidden. Nothing was changed",
      status_code: 502,
      status: "forbidden",
      cluster: "test-cluster",
      name: "my-repo",
      results: [{
        namespace: "argocd",
        result: {
          success: false,
          namespace: "argocd",
          error: "secret/my-repo: Cannot do it: forbidden",
        },
      }],
      rolled_back: true,
    },
    changes: false,
  },
];

/** The requested verifications, in order. */
const asked: Parameters<VerifyOne>[0][] = [];

const verifying = (accepted: boolean | undefined, more: object = {}): Row["options"] => ({
  verifyOne: (what) => {
    asked.push(what);
    return Promise.resolve({
      reachable: true,
      accepted,
      may: accepted ? ["read org/app.git"] : [],
      asked: "https://github.com/org/app.git/info/refs",
      why: accepted === false ? "It refuses the credential with 401" : "It is fine",
      ...more,
    });
  },
});

const verifiedAs = (accepted: boolean | null, more: object = {}) => ({
  at: REPO_BODY.url,
  tried: true,
  asked: "https://github.com/org/app.git/info/refs",
  reachable: true,
  accepted,
  may: accepted ? ["read org/app.git"] : [],
  message: accepted === false ? "It refuses the credential with 401" : "It is fine",
  ...more,
});

const created = { success: true, namespace: "argocd", output: "secret/my-repo created" };
const VERIFY = { verify: true };

const verified: Row[] = [
  {
    name: "an accepted credential is written, and the response has the result of its verification",
    request: () => repo(VERIFY),
    options: verifying(true),
    status: 200,
    body: answer(created, { verified: [verifiedAs(true)] }, "created successfully"),
    changes: true,
    after: () => {
      const what = asked.at(-1)!;
      assert.ok(what.kind === "git");
      assert.deepEqual([what.url, what.username], [REPO_BODY.url, "git-user"]);
      assert.equal(what.password?.reveal(), CANARY);
    },
  },
  {
    name: "a credential for a server that requires none is written",
    request: () => repo(VERIFY),
    options: verifying(undefined, { open: true }),
    status: 200,
    body: answer(created, { verified: [verifiedAs(null)] }, "created successfully"),
    changes: true,
  },
  {
    name: "a refused credential is 422 and not written",
    request: () => repo(VERIFY),
    options: verifying(false),
    status: 422,
    body: {
      error: true,
      message: `Credential refused by ${REPO_BODY.url}: It refuses the credential with ` +
        "401. Nothing was changed",
      status_code: 422,
      verified: [verifiedAs(false)],
    },
    asks: false,
    changes: false,
  },
  {
    name: "a credential is 422 when the server answers without verifying it",
    request: () => repo(VERIFY),
    options: verifying(undefined),
    status: 422,
    body: {
      error: true,
      message: `Cannot verify the credential at ${REPO_BODY.url}: It is fine. Nothing was changed`,
      status_code: 422,
      verified: [verifiedAs(null)],
    },
    asks: false,
    changes: false,
  },
  {
    name: "a credential whose server cannot be reached is 422 and not written",
    request: () => repo(VERIFY),
    options: verifying(undefined, { reachable: false, why: "Nothing is there" }),
    status: 422,
    body: {
      error: true,
      message: `Cannot verify the credential at ${REPO_BODY.url}: Nothing is there. ` +
        "Nothing was changed",
      status_code: 422,
      verified: [
        { ...verifiedAs(null), reachable: false, message: "Nothing is there" },
      ],
    },
    asks: false,
    changes: false,
  },
  {
    name: "without verify no server is contacted",
    request: () => repo(),
    options: { verifyOne: () => Promise.reject(new Error("a server was contacted")) },
    status: 200,
    body: answer(created, {}, "created successfully"),
    changes: true,
  },
  {
    name: "a kind that cannot be verified is checked offline only, and written",
    request: () =>
      repo({ ...NO_LOGIN, ...VERIFY, url: "git@github.com:a/b", ssh_private_key: makeSshKey() }),
    options: { verifyOne: () => Promise.reject(new Error("a server was contacted")) },
    status: 200,
    changes: true,
    after: (_stage, body) =>
      assert.deepEqual((body as { verified: unknown }).verified, [{
        at: "git@github.com:a/b",
        tried: false,
        message: "the private key is valid; SSH logins are not verified",
      }]),
  },
  {
    name: "a dry run verifies the credential, too",
    request: () => repo({ ...VERIFY, ...DRY }),
    options: verifying(false),
    status: 422,
    changes: false,
  },
];

const URLS = ["https://git.example.com/org/app.git", "https://git.example.com/org/lib"];
const NAMES = ["my-repo-app-e2d1e4", "my-repo-lib-c162f4"];

const failed = (name: string, why: string) => ({
  namespace: "argocd",
  result: { success: false, namespace: "argocd", error: `secret/${name}: ${why}` },
});

for (
  const test of testsOf([
    ...dryRuns,
    ...verified,
    {
      name: "when one of several URLs fails, all are rolled back",
      request: () => repo({ url: undefined, urls: URLS }),
      before: ({ cluster }) => {
        cluster.fault = ({ method }) =>
          method === "create" ? { kind: "reject", item: 1, error: "invalid" } : undefined;
      },
      status: 400,
      body: {
        error: true,
        message: "Cannot do it: invalid. Nothing was changed",
        status_code: 400,
        cluster: "test-cluster",
        name: "my-repo",
        results: [
          failed(NAMES[0]!, "written and rolled back"),
          failed(NAMES[1]!, "Cannot do it: invalid; not written"),
        ],
        rolled_back: true,
      },
      changes: false,
    },
  ])
) Deno.test(test);
