import assert from "node:assert/strict";
import { argocdLabels, dataOf, NO_LOGIN, repo, REPO_BODY, sent } from "../requests.ts";
import { stored } from "../stage.ts";
import { CANARY, type Row, testsOf } from "../support.ts";

/** Successes of add_repo, exactly, and the stored secrets. */

const up = { upsert: true };

const applied = (name: string, action: string) => ({
  success: true,
  namespace: "argocd",
  output: `secret/${name} ${action}`,
});

const added = (action: string, verb: string, more: object = {}) => ({
  success: true,
  cluster: "test-cluster",
  type: "git",
  as: "repository",
  results: [{
    name: "my-repo",
    url: REPO_BODY.url,
    result: applied("my-repo", action),
    application_repo_url: REPO_BODY.url,
  }],
  ...more,
  message: `Repository secret ${verb}${verb === "unchanged" ? "" : " successfully"}`,
});

const APP = "https://git.example.com/org/app.git";
const LIB = "https://git.example.com/org/lib";
const several = { url: undefined, urls: [APP, LIB] };
// The first digits of the SHA-256 sums of the URLs as Argo CD compares them.
const APP_NAME = "my-repo-app-e2d1e4";
const LIB_NAME = "my-repo-lib-c162f4";

const SHARED =
  "All these URLs start with https://git.example.com/org/: one credential template would " +
  'cover them and future repositories (send "as": "repo-creds" and "url": ' +
  '"https://git.example.com/org/")';

const allAdded = (actions: [string, string], verb: string) => ({
  success: true,
  cluster: "test-cluster",
  type: "git",
  as: "repository",
  results: [
    {
      name: APP_NAME,
      url: APP,
      result: applied(APP_NAME, actions[0]),
      application_repo_url: APP,
    },
    {
      name: LIB_NAME,
      url: LIB,
      result: applied(LIB_NAME, actions[1]),
      application_repo_url: LIB,
    },
  ],
  hint: SHARED,
  message: `Repository secrets ${verb} successfully: 2`,
});

for (
  const test of testsOf([
    {
      name:
        "add_repo writes one repository secret with the labels and annotations of Argo CD and of this program",
      request: () => repo(),
      status: 200,
      body: added("created", "created"),
      changes: true,
      after: ({ cluster }) => {
        assert.deepEqual([...cluster.secrets.keys()], ["argocd/my-repo"]);
        const { type, labels, annotations } = cluster.secrets.get("argocd/my-repo")!;
        assert.deepEqual([type, labels], ["Opaque", argocdLabels("repository")]);
        assert.deepEqual(Object.keys(annotations).sort(), [
          "argocd-configurer.io/request",
          "managed-by",
        ]);
        assert.equal(annotations["managed-by"], "argocd.argoproj.io");
      },
    },
    {
      name: "add_repo with upsert over another value reports replaced and updated",
      request: () => repo({ upsert: true, username: "another" }),
      before: sent(() => repo()),
      status: 200,
      body: added("replaced", "updated"),
      changes: true,
    },
    {
      name: "add_repo with upsert over the same value reports unchanged",
      request: () => repo({ upsert: true }),
      before: sent(() => repo()),
      status: 200,
      body: added("unchanged", "unchanged"),
      changes: false,
    },
    {
      name: "several URLs are written as one secret each, named after its URL",
      request: () => repo(several),
      status: 200,
      body: allAdded(["created", "created"], "created"),
      changes: true,
      after: ({ cluster }) =>
        assert.deepEqual([APP_NAME, LIB_NAME].map((name) => dataOf(cluster, `argocd/${name}`)), [
          { name: APP_NAME, password: CANARY, type: "git", url: APP, username: "git-user" },
          { name: LIB_NAME, password: CANARY, type: "git", url: LIB, username: "git-user" },
        ]),
    },
    {
      name: "upsert of several URLs reports unchanged or created for each",
      request: () => repo({ ...several, upsert: true }),
      before: async (stage) => {
        await sent(() => repo(several))(stage);
        stage.cluster.secrets.delete(`argocd/${LIB_NAME}`);
      },
      status: 200,
      body: allAdded(["unchanged", "created"], "created"),
      changes: true,
    },
    {
      name: "a list of one URL uses the name as given",
      request: () => repo({ url: undefined, urls: [REPO_BODY.url] }),
      status: 200,
      body: added("created", "created"),
      changes: true,
    },
    {
      name: "options are stored as the strings that Argo CD reads",
      request: () =>
        repo({
          project: "team.a",
          proxy: "socks5h://proxy.example.com:1080/",
          no_proxy: "localhost,10.0.0.0/8",
          insecure: true,
          force_basic_auth: true,
          enable_lfs: false,
          depth: 0,
        }),
      status: 200,
      body: added("created", "created"),
      after: ({ cluster }) =>
        assert.deepEqual(dataOf(cluster, "argocd/my-repo"), {
          depth: "0",
          enableLfs: "false",
          forceHttpBasicAuth: "true",
          insecure: "true",
          name: "my-repo",
          noProxy: "localhost,10.0.0.0/8",
          password: CANARY,
          project: "team.a",
          proxy: "socks5h://proxy.example.com:1080/",
          type: "git",
          url: REPO_BODY.url,
          username: "git-user",
        }),
    },
    {
      name: "another kind of credential replaces the old one and keeps project and proxy",
      request: () => repo({ ...NO_LOGIN, bearer_token: CANARY, upsert: true }),
      before: sent(() => repo({ project: "team", proxy: "http://proxy.example.com:3128" })),
      status: 200,
      changes: true,
      after: ({ cluster }) =>
        assert.deepEqual(dataOf(cluster, "argocd/my-repo"), {
          bearerToken: CANARY,
          name: "my-repo",
          project: "team",
          proxy: "http://proxy.example.com:3128",
          type: "git",
          url: REPO_BODY.url,
        }),
    },
    {
      name: "an upsert without a credential keeps the stored one",
      request: () => repo({ ...NO_LOGIN, depth: 1, upsert: true }),
      before: sent(() => repo()),
      status: 200,
      changes: true,
      after: ({ cluster }) => {
        assert.equal(stored(cluster, "argocd/my-repo", "password"), CANARY);
        assert.equal(stored(cluster, "argocd/my-repo", "depth"), "1");
      },
    },
    ...(["repo-creds", "repository"] as const).map((as): Row => ({
      name: `a Helm ${as} moved from an OCI registry to HTTPS loses enableOCI`,
      request: () => repo({ as, type: "helm", url: "https://charts.example.com/x/", ...up }),
      before: sent(() => repo({ as, type: "helm", url: "ghcr.io/org/" })),
      status: 200,
      changes: true,
      after: ({ cluster }) => {
        const { enableOCI, url } = dataOf(cluster, "argocd/my-repo");
        assert.deepEqual([enableOCI, url], [undefined, "https://charts.example.com/x/"]);
      },
    })),
  ])
) Deno.test(test);
