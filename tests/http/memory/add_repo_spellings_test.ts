import assert from "node:assert/strict";
import { encodeBase64Text } from "../../../src/text/bytes.ts";
import { argocdLabels, dataOf, repo, sent } from "../requests.ts";
import { type Stage, stored } from "../stage.ts";
import { CANARY, helm, HELM_BODY, type Row, testsOf } from "../support.ts";

/** Existing secrets under another name, or with another spelling of the URL. */

const OLD = "an old password";

/** A secret made by hand with kubectl. */
const held =
  (name: string, secretType: string, data: Record<string, string>) => ({ cluster }: Stage) =>
    void cluster.put(
      { namespace: "argocd", name, labels: { "argocd.argoproj.io/secret-type": secretType } },
      Object.fromEntries(
        Object.entries({ username: "git-user", password: OLD, ...data })
          .map(([key, text]) => [key, encodeBase64Text(text)]),
      ),
    );

const each = (...all: ((stage: Stage) => void)[]) => (stage: Stage) =>
  all.forEach((put) => put(stage));

const replaced = (name: string, more: object = {}, action = "replaced") => ({
  name,
  url: "oci://registry.example.com/team",
  result: { success: true, namespace: "argocd", output: `secret/${name} ${action}` },
  ...more,
});

const TEAM = { as: "repo-creds", type: "helm", url: "oci://registry.example.com/team" };
const HOST = "registry.example.com/team";
const TEMPLATE = { type: "helm", enableOCI: "true" };

const answer = (result: object, hint: string, verb: string) => ({
  success: true,
  cluster: "test-cluster",
  type: "helm",
  as: "repo-creds",
  results: [{ ...result, application_repo_url: `${HOST}/<path>` }],
  hint,
  message: `Repository template secret ${verb} successfully`,
});

const HELD = "Secret 'held' already had this URL, so it was replaced instead";
const ENDED =
  `A slash was appended to the prefix (${HOST}/), so that it matches what is below, not longer ` +
  "names";
const longer = (name: string) =>
  `Template '${name}' keeps its URL ${HOST} without a trailing slash, so that nobody loses access: ` +
  `Argo CD also uses it for longer names, such as ${HOST}-other`;

const SPELLINGS: Row[] = [
  {
    name:
      "an existing template without a trailing slash keeps its URL, and the hint is about that URL",
    request: () => repo({ ...TEAM, upsert: true }),
    before: held("held", "repo-creds", { ...TEMPLATE, url: HOST }),
    status: 200,
    body: answer(replaced("held"), `${HELD}. ${longer("held")}`, "updated"),
    absent: [OLD],
    after: ({ cluster }) => {
      assert.deepEqual([...cluster.secrets.keys()], ["argocd/held"]);
      assert.equal(stored(cluster, "argocd/held", "password"), CANARY);
      assert.equal(stored(cluster, "argocd/held", "url"), HOST);
    },
  },
  {
    name: "an existing template with a trailing slash gets a repository beside it",
    request: () => repo({ ...TEAM, upsert: true }),
    before: held("held", "repo-creds", { ...TEMPLATE, url: `${HOST}/` }),
    status: 200,
    body: answer(
      replaced("held", { repository: "held-repository" }),
      `${ENDED}. ${HELD}`,
      "updated",
    ),
    after: ({ cluster }) => {
      assert.equal(stored(cluster, "argocd/held", "password"), CANARY);
      assert.equal(stored(cluster, "argocd/held-repository", "password"), CANARY);
      assert.equal(stored(cluster, "argocd/held-repository", "url"), HOST);
    },
  },
  {
    name: "a dry run reports both holders of the URL and writes neither",
    request: () => repo({ ...TEAM, upsert: true, dry_run: true }),
    before: each(
      held("a", "repo-creds", { ...TEMPLATE, url: `${HOST}/` }),
      held("b", "repo-creds", { ...TEMPLATE, url: HOST }),
    ),
    status: 200,
    changes: false,
    absent: [OLD],
    after: (_, body) => {
      const { hint, results } = body as { hint: string; results: { result: object }[] };
      assert.match(hint, /Template 'b' has the same URL \(registry\.example\.com\/team\)/);
      assert.deepEqual(results.length, 1);
    },
  },
  {
    name:
      "without upsert the secret that holds either spelling of the URL is named, and nothing is written",
    request: () => repo(TEAM),
    before: held("held", "repo-creds", { ...TEMPLATE, url: HOST }),
    status: 409,
    body: /^The URL of secret argocd\/my-repo is already used by secret argocd\/held\. /,
    changes: false,
  },
  {
    name: "a secret with the repository's name but another URL is not replaced",
    request: () => repo({ ...TEAM, upsert: true }),
    before: held("my-repo-repository", "repository", { type: "git", url: "https://a.example/b" }),
    status: 409,
    body: /^Secret argocd\/my-repo-repository already exists and is not a credential of this kind /,
    changes: false,
  },
  {
    name: "a secret that holds a literal oci:// URL gets the credential and is named",
    request: () => helm({ repository_url: `oci://${HOST}`, upsert: true }),
    before: held("literal", "repository", { type: "helm", url: `oci://${HOST}` }),
    status: 200,
    body: {
      success: true,
      cluster: "test-cluster",
      secret_name: "my-helm-repo",
      repository_url: `oci://${HOST}`,
      helm_secret_applied: {
        success: true,
        namespace: "argocd",
        output: "secret/my-helm-repo created",
      },
      application_repo_url: HOST,
      hint:
        `Secret 'literal' has the URL oci://${HOST}, a different one to Argo CD; it got the same ` +
        "credential",
      message: "Helm repository secret created successfully",
    },
    after: ({ cluster }) => {
      const { url, password } = dataOf(cluster, "argocd/literal");
      assert.deepEqual([url, password], [`oci://${HOST}`, CANARY]);
    },
  },
  {
    name: "a URL with a space equals the same URL with %20",
    request: () => repo({ url: "https://git.example.com/a%20b/c", upsert: true }),
    before: held("held", "repository", { type: "git", url: "https://git.example.com/a b/c" }),
    status: 200,
    changes: true,
    after: ({ cluster }) => assert.deepEqual([...cluster.secrets.keys()], ["argocd/held"]),
  },
];

const named = { type: "helm", name: "team-charts", url: "https://charts.example.com/team" };

const NAMES: Row[] = [
  {
    name:
      "a repository keeps the display name that charts refer to, when written under another name",
    request: () => repo({ type: "helm", url: named.url, upsert: true }),
    before: held("repo-3891", "repository", named),
    status: 200,
    changes: true,
    after: ({ cluster }) =>
      assert.equal(stored(cluster, "argocd/repo-3891", "name"), "team-charts"),
  },
  {
    name:
      "a repository keeps the display name that charts refer to, when written under its own name",
    request: () => helm({ repository_url: named.url, name: "repo-3891", upsert: true }),
    before: held("repo-3891", "repository", named),
    status: 200,
    changes: true,
    after: ({ cluster }) =>
      assert.equal(stored(cluster, "argocd/repo-3891", "name"), "team-charts"),
  },
  {
    name: "a new repository has the requested name",
    request: () => repo({ type: "helm", url: named.url, repository_name: "team-charts" }),
    status: 200,
    changes: true,
    after: ({ cluster }) =>
      assert.deepEqual(dataOf(cluster, "argocd/my-repo"), {
        ...named,
        username: "git-user",
        password: CANARY,
      }),
  },
  {
    name: "a repository that is replaced gets the requested name, and no other secret does",
    request: () =>
      repo({ type: "helm", url: "ghcr.io/org/*", repository_name: "team-charts", upsert: true }),
    before: sent(() => repo({ type: "helm", url: "ghcr.io/org/*" })),
    status: 200,
    changes: true,
    after: ({ cluster }) => {
      assert.equal(stored(cluster, "argocd/my-repo", "name"), "team-charts");
      assert.equal(dataOf(cluster, "argocd/my-repo-template").name, undefined);
    },
  },
  {
    name: "a dry run of a password change shows no change of the display name",
    request: () =>
      helm({ repository_url: named.url, name: "repo-3891", upsert: true, dry_run: true }),
    before: held("repo-3891", "repository", {
      ...named,
      username: HELM_BODY.username,
    }),
    status: 200,
    changes: false,
    after: (_, body) => {
      const { helm_secret_applied: { changes } } = body as {
        helm_secret_applied: { changes: { field: string }[] };
      };
      const data = changes.map(({ field }) => field).filter((field) => field.startsWith("data."));
      assert.deepEqual(data, ["data.password"]);
    },
  },
  {
    name: "a template and its repository are each labelled with their own type",
    request: () => repo(TEAM),
    status: 200,
    changes: true,
    after: ({ cluster }) =>
      assert.deepEqual(
        ["my-repo", "my-repo-repository"].map((name) =>
          cluster.secrets.get(`argocd/${name}`)!.labels
        ),
        [argocdLabels("repo-creds"), argocdLabels("repository")],
      ),
  },
];

for (const test of testsOf([...SPELLINGS, ...NAMES])) Deno.test(test);
