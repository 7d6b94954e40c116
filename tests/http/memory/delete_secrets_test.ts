import assert from "node:assert/strict";
import { argocdLabels, remove, repo, sent } from "../requests.ts";
import { DOCKER_LABELS, type Stage } from "../stage.ts";
import { CANARY, docker, testsOf } from "../support.ts";

/** DELETE /secrets: what is deleted and what stays, with exact responses. */

const DOCKER_NAME = "my-docker-secret";
const pull = { name: DOCKER_NAME };

const deletedFrom = (namespace: string, name: string, dryRun = "") => ({
  namespace,
  name,
  output: `secret/${name} deleted${dryRun}`,
});

const removed = (name: string, deleted: object[], more: object = {}) => ({
  success: true,
  cluster: "test-cluster",
  name,
  deleted,
  ...more,
  message: `${deleted.length} secret${deleted.length === 1 ? "" : "s"} deleted`,
});

const keys = ({ cluster }: Stage) => [...cluster.secrets.keys()].sort();
const leaves = (...expected: string[]) => (stage: Stage) => assert.deepEqual(keys(stage), expected);

/** An unmanaged secret. */
const foreign = (name: string, namespace = "argocd", more: object = {}) => ({ cluster }: Stage) =>
  void cluster.put({ namespace, name, ...more }, { password: btoa(CANARY) });

const ALL = ["argocd", "default", "kube-system"];

for (
  const test of testsOf([
    {
      name: "a repository is deleted",
      request: () => remove(),
      before: sent(() => repo(), () => repo({ name: "other", url: "https://a.example/b" })),
      status: 200,
      body: removed("my-repo", [deletedFrom("argocd", "my-repo")]),
      changes: true,
      after: leaves("argocd/other"),
    },
    {
      name: "a pull secret is deleted in all namespaces that it was written to",
      request: () => remove(pull),
      before: sent(docker),
      status: 200,
      body: removed(DOCKER_NAME, ALL.map((namespace) => deletedFrom(namespace, DOCKER_NAME))),
      changes: true,
      after: leaves(),
    },
    {
      name: "without namespaces, unmanaged secrets of the same name stay",
      request: () => remove(pull),
      before: async (stage) => {
        await sent(() => docker({ namespaces: "default" }))(stage);
        foreign(DOCKER_NAME, "kube-system", { labels: DOCKER_LABELS })(stage);
      },
      status: 200,
      body: removed(DOCKER_NAME, [
        deletedFrom("argocd", DOCKER_NAME),
        deletedFrom("default", DOCKER_NAME),
      ]),
      after: leaves(`kube-system/${DOCKER_NAME}`),
    },
    {
      name: "only the named namespaces lose the secret, and those without it are reported",
      request: () => remove({ ...pull, namespaces: " default , team-x,default" }),
      before: sent(docker),
      status: 200,
      body: removed(DOCKER_NAME, [deletedFrom("default", DOCKER_NAME)], { not_found: ["team-x"] }),
      after: leaves(`argocd/${DOCKER_NAME}`, `kube-system/${DOCKER_NAME}`),
    },
    {
      name: "namespaces may be repeated parameters",
      request: () => remove({ ...pull, namespaces: ["default", "argocd"] }),
      before: sent(docker),
      status: 200,
      body: removed(DOCKER_NAME, [
        deletedFrom("argocd", DOCKER_NAME),
        deletedFrom("default", DOCKER_NAME),
      ]),
      after: leaves(`kube-system/${DOCKER_NAME}`),
    },
    {
      name: "a template written with its repository is deleted with it",
      request: () => remove(),
      before: sent(() => repo({ type: "helm", url: "ghcr.io/org/*" })),
      status: 200,
      body: removed("my-repo", [
        deletedFrom("argocd", "my-repo"),
        deletedFrom("argocd", "my-repo-template"),
      ]),
      after: leaves(),
    },
    {
      name: "a repository written with its template is deleted with it",
      request: () => remove(),
      before: sent(() => repo({ as: "repo-creds", type: "helm", url: "oci://ghcr.io/org" })),
      status: 200,
      body: removed("my-repo", [
        deletedFrom("argocd", "my-repo"),
        deletedFrom("argocd", "my-repo-repository"),
      ]),
      after: leaves(),
    },
    {
      name: "the pair is deleted together even after both got another password",
      request: () => remove(),
      before: sent(
        () => repo({ as: "repo-creds", type: "helm", url: "oci://ghcr.io/org" }),
        () =>
          repo({
            as: "repo-creds",
            type: "helm",
            url: "oci://ghcr.io/org",
            name: "other",
            password: `${CANARY}2`,
            upsert: true,
          }),
      ),
      status: 200,
      body: removed("my-repo", [
        deletedFrom("argocd", "my-repo"),
        deletedFrom("argocd", "my-repo-repository"),
      ]),
      after: leaves(),
    },
    {
      name: "a template of that name from another write stays, and the response says so",
      request: () => remove(),
      before: sent(
        () => repo(),
        () => repo({ name: "my-repo-template", as: "repo-creds", url: "https://github.com/org/" }),
      ),
      status: 200,
      body: removed("my-repo", [deletedFrom("argocd", "my-repo")], {
        warnings: [
          "Secret argocd/my-repo-template was last written by another request and " +
          "was not deleted; delete it by its own name",
        ],
      }),
      after: leaves("argocd/my-repo-template"),
    },
    {
      name: "the Image Updater secret is deleted with its pull secret",
      request: () => remove(pull),
      before: sent(() => docker({ namespaces: "default", git_write_back: true })),
      status: 200,
      body: removed(DOCKER_NAME, [
        deletedFrom("argocd", DOCKER_NAME),
        deletedFrom("default", DOCKER_NAME),
        deletedFrom("argocd", `${DOCKER_NAME}-iu`),
      ]),
      after: leaves(),
    },
    {
      name: "when Argo CD's namespace is not named, the companion secret there stays",
      request: () => remove({ ...pull, namespaces: "default" }),
      before: sent(() => docker({ namespaces: "default", git_write_back: true })),
      status: 200,
      body: removed(DOCKER_NAME, [deletedFrom("default", DOCKER_NAME)]),
      after: leaves(`argocd/${DOCKER_NAME}`, `argocd/${DOCKER_NAME}-iu`),
    },
    {
      name: "service accounts lose the pull secret and keep the others",
      request: () => remove(pull),
      before: async (stage) => {
        const account = { namespace: "default", name: "default", pullSecrets: ["old"] };
        stage.cluster.putAccount(account);
        stage.cluster.putAccount({ ...account, name: "apart" });
        await sent(() => docker({ namespaces: "default", service_accounts: ["default"] }))(stage);
      },
      status: 200,
      body: removed(DOCKER_NAME, [
        deletedFrom("argocd", DOCKER_NAME),
        deletedFrom("default", DOCKER_NAME),
      ], {
        service_accounts: [{
          namespace: "default",
          name: "default",
          output: "serviceaccount/default patched",
        }],
      }),
      after: ({ cluster }) =>
        assert.deepEqual([...cluster.accounts.values()].map(({ pullSecrets }) => pullSecrets), [
          ["old"],
          ["old"],
        ]),
    },
    {
      name: "a dry run deletes nothing and reports what would be deleted",
      request: () => remove({ ...pull, dry_run: "true" }),
      before: async (stage) => {
        stage.cluster.putAccount({ namespace: "default", name: "default" });
        await sent(() => docker({ namespaces: "default", service_accounts: ["default"] }))(stage);
      },
      status: 200,
      body: {
        success: true,
        cluster: "test-cluster",
        name: DOCKER_NAME,
        deleted: [
          deletedFrom("argocd", DOCKER_NAME, " (dry run)"),
          deletedFrom("default", DOCKER_NAME, " (dry run)"),
        ],
        service_accounts: [{
          namespace: "default",
          name: "default",
          output: "serviceaccount/default patched (dry run)",
        }],
        dry_run: true,
        message: "2 secrets would be deleted",
      },
      changes: false,
      after: ({ cluster }) =>
        assert.deepEqual(cluster.accounts.get("default/default")!.pullSecrets, [DOCKER_NAME]),
    },
    {
      name: "force deletes an unmanaged secret in a named namespace",
      request: () => remove({ force: "true", namespaces: "argocd" }),
      before: foreign("my-repo"),
      status: 200,
      body: removed("my-repo", [deletedFrom("argocd", "my-repo")]),
      after: leaves(),
    },
    {
      name: "force deletes a secret managed by another program",
      request: () => remove({ force: "true" }),
      before: putOwned,
      status: 200,
      body: removed("my-repo", [deletedFrom("argocd", "my-repo")]),
      after: leaves(),
    },
    {
      name:
        "without the right to list everywhere the default namespaces are searched, with a warning",
      request: () => remove(pull),
      before: async (stage) => {
        stage.cluster.namespaces.set("team-a", "Active");
        await sent(() => docker({ namespaces: "default,team-a" }))(stage);
        forbidListing(stage);
      },
      status: 200,
      body: removed(DOCKER_NAME, [
        deletedFrom("argocd", DOCKER_NAME),
        deletedFrom("default", DOCKER_NAME),
      ], {
        warnings: [
          "The kubeconfig's user cannot list secrets in all namespaces: " +
          `'${DOCKER_NAME}' was searched for in kube-system, default, argocd only`,
        ],
      }),
      after: leaves(`team-a/${DOCKER_NAME}`),
    },
  ])
) Deno.test(test);

/** Secrets of this name, or of its companions, cannot be listed in all namespaces. */
function forbidListing({ cluster }: Stage): void {
  let lists = 0;
  cluster.fault = ({ method }) =>
    method === "list" && lists++ < 3 ? { kind: "throw", error: "forbidden" } : undefined;
}

function putOwned({ cluster }: Stage): void {
  cluster.put({
    namespace: "argocd",
    name: "my-repo",
    labels: { ...argocdLabels("repository"), "argocd.argoproj.io/instance": "apps" },
  });
}
