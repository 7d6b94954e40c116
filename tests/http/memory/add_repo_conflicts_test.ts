import assert from "node:assert/strict";
import { argocdLabels, repo, REPO_BODY, sent } from "../requests.ts";
import type { Stage } from "../stage.ts";
import { type Row, testsOf } from "../support.ts";

/** Secrets that add_repo finds: managed, owned by others, or of another kind. */

const several = {
  url: undefined,
  urls: ["https://git.example.com/org/app.git", "https://git.example.com/org/lib"],
};
const APP_NAME = "my-repo-app-e2d1e4";
const LIB_NAME = "my-repo-lib-c162f4";

const replaced = (more: object = {}) => ({
  success: true,
  cluster: "test-cluster",
  type: "git",
  as: "repository",
  results: [{
    name: "my-repo",
    url: REPO_BODY.url,
    result: { success: true, namespace: "argocd", output: "secret/my-repo replaced" },
    application_repo_url: REPO_BODY.url,
  }],
  ...more,
  message: "Repository secret updated successfully",
});

/** A repository owned by an Argo CD application. */
function putOwned({ cluster }: Stage): void {
  cluster.put({
    namespace: "argocd",
    name: "my-repo",
    labels: { ...argocdLabels("repository"), "argocd.argoproj.io/instance": "apps" },
  });
}

const description = (name: string, secretType: string) => ({
  exists: true,
  description: { name, namespace: "argocd", type: "Opaque", labels: argocdLabels(secretType) },
});
const NOT_THERE = { exists: false, description: {} };

const exists = (message: string, existing_secrets: object) => ({
  error: true,
  message: `Secrets already exist: ${message}`,
  status_code: 409,
  existing_secrets,
  upsert_required: true,
});

const conflict = (message: string) => ({ error: true, message, status_code: 409 });

const ghcr = { type: "helm", url: "ghcr.io/org/*" };

for (
  const test of testsOf([
    {
      name: "add_repo over an existing secret is 409 and names the secret",
      request: () => repo(),
      before: sent(() => repo()),
      status: 409,
      body: exists("my-repo", { "my-repo": description("my-repo", "repository") }),
      changes: false,
    },
    {
      name: "with several URLs the 409 has each secret's name as a key, missing ones too",
      request: () => repo(several),
      before: async (stage) => {
        await sent(() => repo(several))(stage);
        stage.cluster.secrets.delete(`argocd/${APP_NAME}`);
      },
      status: 409,
      body: exists(LIB_NAME, {
        [APP_NAME]: NOT_THERE,
        [LIB_NAME]: description(LIB_NAME, "repository"),
      }),
      changes: false,
    },
    {
      name: "an existing template is a key of the 409 beside its repository",
      request: () => repo(ghcr),
      before: async (stage) => {
        await sent(() => repo(ghcr))(stage);
        stage.cluster.secrets.delete("argocd/my-repo");
      },
      status: 409,
      body: exists("my-repo-template", {
        "my-repo": NOT_THERE,
        "my-repo-template": description("my-repo-template", "repo-creds"),
      }),
      changes: false,
    },
    {
      name: "a repository already held by another secret is 409 and names that secret",
      request: () => repo({ name: "mine" }),
      before: sent(() => repo()),
      status: 409,
      body: conflict(
        "The URL of secret argocd/mine is already used by secret argocd/my-repo. Send " +
          '"upsert": true and "name": "my-repo" to replace that secret',
      ),
      changes: false,
    },
    {
      name:
        "upsert replaces the secret that already holds the repository, and the response says so",
      request: () => repo({ name: "mine", username: "another", upsert: true }),
      before: sent(() => repo()),
      status: 200,
      body: replaced({
        hint: "Secret 'my-repo' already had this URL, so it was replaced instead",
      }),
      changes: true,
    },
    ...[{}, { dry_run: true }].map((more): Row => ({
      name: `upsert reports that a name now holds another URL: ${JSON.stringify(more)}`,
      request: () => repo({ url: "https://git.example.com/org/other.git", upsert: true, ...more }),
      before: sent(() => repo()),
      status: 200,
      after: (_it, body) =>
        assert.equal(
          (body as { hint?: string }).hint,
          `Secret 'my-repo' is no longer for ${REPO_BODY.url}`,
        ),
      changes: Object.keys(more).length === 0,
    })),
    {
      name: "a secret that is not a repository is not replaced, even with upsert",
      request: () => repo({ upsert: true }),
      before: ({ cluster }) => void cluster.put({ namespace: "argocd", name: "my-repo" }),
      status: 409,
      body: conflict(
        "Secret argocd/my-repo already exists and is not a credential of this kind (type Opaque). Choose " +
          'another name, or send "force": true with "upsert": true to replace it',
      ),
      changes: false,
    },
    {
      name: "a template is not replaced by a repository",
      request: () => repo({ upsert: true }),
      before: sent(() => repo({ as: "repo-creds", url: "https://github.com/org/" })),
      status: 409,
      body: /^Secret argocd\/my-repo already exists and is not a credential of this kind/,
      changes: false,
    },
    {
      name: "upsert with force replaces a secret that is not a repository",
      request: () => repo({ upsert: true, force: true }),
      before: ({ cluster }) =>
        void cluster.put({ namespace: "argocd", name: "my-repo" }, { a: "" }),
      status: 200,
      body: replaced(),
      changes: true,
    },
    {
      name: "a repository managed by another program is not changed",
      request: () => repo({ upsert: true }),
      before: putOwned,
      status: 409,
      body: conflict(
        "Secret argocd/my-repo is managed by Argo CD application 'apps', which would " +
          'revert the change. Change it there, or send "force": true',
      ),
      changes: false,
    },
    {
      name: "force replaces a repository managed by another program",
      request: () => repo({ upsert: true, force: true }),
      before: putOwned,
      status: 200,
      body: replaced(),
      changes: true,
    },
    {
      name: "an immutable secret needs force",
      request: () => repo({ upsert: true }),
      before: ({ cluster }) =>
        void cluster.put({
          namespace: "argocd",
          name: "my-repo",
          labels: argocdLabels("repository"),
          immutable: true,
        }),
      status: 409,
      body: conflict(
        'Secret argocd/my-repo is immutable. Send "force": true to delete and recreate ' +
          "it: it is missing for a few seconds",
      ),
      changes: false,
    },
    {
      name: "when two secrets hold the repository, neither is chosen",
      request: () => repo({ name: "mine", upsert: true }),
      before: ({ cluster }) => {
        for (const name of ["one", "two"]) {
          const labels = argocdLabels("repository");
          cluster.put({ namespace: "argocd", name, labels }, { url: btoa(REPO_BODY.url) });
        }
      },
      status: 409,
      body: conflict(
        "The URL of secret argocd/mine is already used by secrets argocd/one, " +
          "argocd/two, and Argo CD picks one of them at random. Delete all but one",
      ),
      changes: false,
    },
    {
      name: "the same URL in another project is another repository, and a hint says so",
      request: () => repo({ name: "mine", project: "team" }),
      before: sent(() => repo()),
      status: 200,
      changes: true,
      body: {
        success: true,
        cluster: "test-cluster",
        type: "git",
        as: "repository",
        results: [{
          name: "mine",
          url: REPO_BODY.url,
          result: { success: true, namespace: "argocd", output: "secret/mine created" },
          application_repo_url: REPO_BODY.url,
        }],
        hint: "Secret 'my-repo' holds the same URL without a project",
        message: "Repository secret created successfully",
      },
    },
    refusedOf("a missing Argo CD namespace is named as Argo CD's own", "delete"),
    refusedOf("a terminating Argo CD namespace is not written to", "end"),
    {
      name: "add_repo to an unknown cluster is 400",
      request: () => repo({ cluster_name: "non-existent" }),
      status: 400,
      body: /^Cluster 'non-existent' not found. No kubeconfig file at clusters\/non-existent/,
      changes: false,
    },
  ])
) Deno.test(test);

function refusedOf(name: string, what: "delete" | "end"): Row {
  return {
    name,
    request: () => repo(),
    before: ({ cluster }) => {
      if (what === "end") cluster.namespaces.set("argocd", "Terminating");
      else cluster.namespaces.delete("argocd");
    },
    status: 400,
    body: what === "end"
      ? /^Namespaces are being deleted: argocd$/
      : /^Namespaces do not exist: argocd\. 'argocd' is Argo CD's own \(setting argocd-namespace\)\. If this cluster has no Argo CD, set its label argocd-configurer\.io\/argocd-namespace: none in clusters\/labels\.yaml$/,
    changes: false,
  };
}
