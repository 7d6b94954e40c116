import assert from "node:assert/strict";
import { argocdRepository, argocdTemplate } from "../../../src/credentials/fake/argocd_secret.ts";
import type { StoredSecret } from "../../../src/kube/store.ts";
import { CANARY, get, refused, type Row, testsOf } from "../support.ts";

const EXPLAIN = "/api/v1/explain";
const APP = "https://git.example.com/org/app";

const explain = (query: Readonly<Record<string, string>>) =>
  get(`${EXPLAIN}?${new URLSearchParams({ cluster: "test-cluster", ...query })}`);

const there = (...secrets: readonly StoredSecret[]): Row["before"] => ({ cluster }) => {
  for (const each of secrets) cluster.put(each);
};

const app = argocdRepository("app", { url: APP });
const team = argocdRepository("team", {
  url: APP,
  project: "team",
  username: "team",
  password: CANARY,
});
const org = argocdTemplate("org", {
  url: "https://git.example.com/org/",
  username: "bot",
  password: CANARY,
  insecure: "not read from a template",
});

const named = (name: string, kind: string, url: string) => ({
  namespace: "argocd",
  name,
  kind,
  url,
});

const rows: Row[] = [
  {
    name: "the explanation names the secret in use, the template, and why",
    before: there(app, team, org),
    request: () => explain({ url: `${APP}.git` }),
    status: 200,
    changes: false,
    body: {
      cluster: "test-cluster",
      url: `${APP}.git`,
      project: "default",
      used: {
        namespace: "argocd",
        name: "org",
        kind: "template",
        credential: "password",
        username: "bot",
      },
      repository: named("app", "repository", APP),
      template: named("org", "template", "https://git.example.com/org/"),
      client: "git",
      inherited: ["username", "password"],
      overwritten: [],
      credentials: ["password"],
      failed: null,
      ambiguous: false,
      candidates: [
        {
          ...named("app", "repository", APP),
          state: "used",
          why:
            "Its URL matches, and it is not limited to a project. It has no credential of its own, so " +
            "Argo CD looks for a template.",
        },
        {
          ...named("org", "template", "https://git.example.com/org/"),
          state: "used",
          why: "Its URL is the longest matching prefix.",
        },
        {
          ...named("team", "repository", APP),
          project: "team",
          state: "not_used",
          why: "Its URL matches, but it is for project 'team' only.",
        },
      ],
      findings: [],
      argocd_rules: "v3.5.6",
    },
  },
  {
    name: "the Application's project decides between repositories",
    before: there(app, team, org),
    request: () => explain({ url: APP, project: "team" }),
    status: 200,
    after(_, body) {
      const { used, template, project } = body as Record<string, { name: string } | null>;
      assert.equal(project, "team");
      assert.equal(used!.name, "team");
      assert.equal(template, null);
    },
  },
  {
    name: "no secret is in use when none matches",
    request: () => explain({ url: APP }),
    status: 200,
    after(_, body) {
      const { used, candidates, ambiguous } = body as Record<string, unknown>;
      assert.deepEqual([used, candidates, ambiguous], [null, [], false]);
    },
  },
  {
    name: "ties are reported with every possible outcome",
    before: there(team, { ...team, name: "twin" }),
    request: () => explain({ url: APP, project: "team" }),
    status: 200,
    after(_, body) {
      const { possible, findings, ambiguous } = body as {
        possible: { used: { name: string } }[];
        findings: { code: string; secrets: { name: string }[] }[];
        ambiguous: boolean;
      };
      assert.equal(ambiguous, true);
      assert.deepEqual(possible.map(({ used }) => used.name), ["team", "twin"]);
      assert.deepEqual(findings.map(({ code, secrets }) => [code, secrets.length]), [[
        "duplicate_url",
        2,
      ]]);
    },
  },
  {
    name: "only Argo CD's secrets are read, in one request",
    before({ cluster }) {
      cluster.put(app);
      cluster.put({ ...team, namespace: "elsewhere" });
      cluster.put({ ...team, name: "unlabelled", labels: {} });
    },
    request: () => explain({ url: APP, project: "team" }),
    status: 200,
    after({ cluster }, body) {
      const { candidates } = body as { candidates: { name: string }[] };
      assert.deepEqual(candidates.map(({ name }) => name), ["app"]);
      assert.deepEqual(cluster.calls.map(({ method }) => method), ["listData"]);
    },
  },
  {
    name: "Argo CD's namespace is configurable",
    options: { argocdNamespace: "gitops" },
    before: ({ cluster }) => void cluster.put({ ...team, namespace: "gitops" }),
    request: () => explain({ url: APP, project: "team" }),
    status: 200,
    after: (_, body) =>
      assert.equal((body as { used: { namespace: string } }).used.namespace, "gitops"),
  },
  {
    name: "a cluster without Argo CD is reported as such and not contacted",
    options: { argocdNamespace: null },
    request: () => explain({ url: APP }),
    status: 422,
    body: /^Cluster 'test-cluster' has no Argo CD/,
    told: { code: "no_argocd", field: "cluster" },
    asks: false,
  },
  {
    name: "a cluster that forbids the read is an error",
    before({ cluster }) {
      cluster.fault = () => ({ kind: "throw", error: "forbidden" });
    },
    request: () => explain({ url: APP }),
    status: 502,
    after(_, body) {
      const { code, status } = body as Record<string, unknown>;
      assert.deepEqual([code, status], ["forbidden", "forbidden"]);
    },
  },
  refused(
    "a missing URL is rejected",
    () => explain({}),
    400,
    /^Missing required parameter 'url'$/,
  ),
  refused("an empty URL is rejected", () => explain({ url: "" }), 400, /'url' must not be empty$/),
  refused(
    "a URL with line breaks is rejected",
    () => explain({ url: `${APP}\n` }),
    400,
    /'url' must not contain control characters$/,
  ),
  refused(
    "an invalid project is rejected",
    () => explain({ url: APP, project: "../x" }),
    400,
    /'project' must be the name of an Argo CD project$/,
  ),
  refused(
    "an unknown parameter is rejected",
    () => explain({ url: APP, repo: "x" }),
    400,
    /^Unknown parameter/,
  ),
  {
    name: "the path does not exist at the root",
    request: () => get(`/explain?cluster=test-cluster&url=${APP}`),
    status: 404,
  },
];

for (const test of testsOf(rows)) Deno.test(test);
