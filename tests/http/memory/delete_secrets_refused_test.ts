import { argocdLabels, type Parameters, remove, repo, search, sent } from "../requests.ts";
import type { Stage } from "../stage.ts";
import { CANARY, docker, get, refused, type Row, testsOf } from "../support.ts";

/** DELETE /secrets that deletes nothing: wrong parameters, unmanaged secrets, missing secrets. */

const DOCKER_NAME = "my-docker-secret";
const pull = { name: DOCKER_NAME };

/** An unmanaged secret. */
const foreign = (name: string, namespace = "argocd") => ({ cluster }: Stage) =>
  void cluster.put({ namespace, name }, { password: btoa(CANARY) });

function putOwned({ cluster }: Stage): void {
  cluster.put({
    namespace: "argocd",
    name: "my-repo",
    labels: { ...argocdLabels("repository"), "argocd.argoproj.io/instance": "apps" },
  });
}

const conflict = (message: string) => ({ error: true, message, status_code: 409 });
const notFound = (message: string) => ({ error: true, message, status_code: 404 });

const nothing: Row[] = [
  {
    name: "a secret not managed by argocd-configurer is not deleted, even in a named namespace",
    request: () => remove({ namespaces: "argocd" }),
    before: foreign("my-repo"),
    status: 409,
    body: conflict(
      "Secret argocd/my-repo is not managed by argocd-configurer. Send force=true to " +
        "delete it anyway",
    ),
    changes: false,
  },
  {
    name: "a secret managed by another program is not deleted",
    request: () => remove(),
    before: putOwned,
    status: 409,
    body: conflict(
      "Secret argocd/my-repo is managed by Argo CD application 'apps', which would " +
        "revert the change. Change it there, or send force=true",
    ),
    changes: false,
  },
  {
    name: "one secret that must not be deleted prevents every deletion",
    request: () => remove({ ...pull, namespaces: "default,kube-system" }),
    before: async (stage) => {
      await sent(() => docker({ namespaces: "default" }))(stage);
      foreign(DOCKER_NAME, "kube-system")(stage);
    },
    status: 409,
    body: /^Secret kube-system\/my-docker-secret is not managed by argocd-configurer/,
    changes: false,
  },
  {
    name: "a secret with finalizers is not deleted, even with force",
    request: () => remove({ force: "true" }),
    before: ({ cluster }) =>
      void cluster.put({
        namespace: "argocd",
        name: "my-repo",
        labels: argocdLabels("repository"),
        finalizers: ["tests.invalid/held"],
      }),
    status: 409,
    body: conflict(
      "Secret argocd/my-repo has finalizers, which delay its deletion. Remove them first",
    ),
    changes: false,
  },
  {
    name: "a terminating secret is rejected with that reason",
    request: () => remove(),
    before: ({ cluster }) =>
      void cluster.put({
        namespace: "argocd",
        name: "my-repo",
        labels: argocdLabels("repository"),
        deletionTimestamp: "2026-01-01T00:00:00Z",
      }),
    status: 409,
    body: conflict(
      "Secret argocd/my-repo is being deleted. Retry later",
    ),
    changes: false,
  },
  {
    name: "a missing secret is 404",
    request: () => remove(),
    status: 404,
    body: notFound(
      "No secret 'my-repo' managed by argocd-configurer found in cluster 'test-cluster'. To delete a " +
        "secret that it does not manage, send force=true and its namespaces in 'namespaces'",
    ),
    changes: false,
  },
  {
    name: "an unmanaged secret is 404 when no namespace is named, even with force",
    request: () => remove({ force: "true" }),
    before: foreign("my-repo"),
    status: 404,
    body: notFound(
      "No secret 'my-repo' managed by argocd-configurer found in cluster 'test-cluster'. To delete a " +
        "secret that it does not manage, send force=true and its namespaces in 'namespaces'",
    ),
    changes: false,
  },
  {
    name: "a secret in none of the named namespaces is 404 and lists those namespaces",
    request: () => remove({ namespaces: "default,team-x" }),
    before: sent(() => repo()),
    status: 404,
    body: notFound("Secret 'my-repo' not found in namespaces: default, team-x"),
    changes: false,
  },
  {
    name: "an unknown cluster is 400, as for every write",
    request: () => remove({ cluster: "non-existent" }),
    status: 400,
    body: /^Cluster 'non-existent' not found\. No kubeconfig file at clusters\/non-existent/,
    changes: false,
  },
];

const deletion = (parameters: Parameters) => () =>
  get(`/secrets?${search(parameters)}`, {}, "DELETE");
const both = { cluster: "test-cluster", name: "my-repo" };

const envelope = (message: string) => ({ error: true, message, status_code: 400 });
const ALL = "Known parameters: cluster, name, namespaces, force, dry_run";
const NAMESPACES =
  "must contain valid namespace names: lower-case letters, digits and '-', at most 63 characters each";

/** Parameters and the expected messages. */
const WRONG: [parameters: Parameters, message: string][] = [
  [{}, "Missing required parameters 'cluster', 'name'"],
  [{ name: "my-repo" }, "Missing required parameter 'cluster'"],
  [{ cluster: "test-cluster" }, "Missing required parameter 'name'"],
  [{ cluster: "test-cluster", force: "yes" }, "Missing required parameter 'name'"],
  [{ ...both, namespace: "default" }, "Unknown parameter 'namespace'; did you mean 'namespaces'?"],
  [{ ...both, Force: "true" }, "Unknown parameter 'Force'; did you mean 'force'?"],
  [{ ...both, dryrun: "true" }, "Unknown parameter 'dryrun'; did you mean 'dry_run'?"],
  [{ ...both, all: "true" }, `Unknown parameter. ${ALL}`],
  [{ ...both, [CANARY]: "1" }, `Unknown parameter. ${ALL}`],
  [{ ...both, force: "1" }, "Parameter 'force' must be true or false"],
  [{ ...both, force: "" }, "Parameter 'force' must be true or false"],
  [{ ...both, force: "TRUE" }, "Parameter 'force' must be true or false"],
  [{ ...both, force: ["false", "true"] }, "Parameter 'force' must be true or false"],
  [{ ...both, dry_run: CANARY }, "Parameter 'dry_run' must be true or false"],
  [{ ...both, namespaces: "" }, "Parameter 'namespaces' must contain at least one namespace"],
  [{ ...both, namespaces: " , " }, "Parameter 'namespaces' must contain at least one namespace"],
  [{ ...both, namespaces: "Default" }, `Parameter 'namespaces' ${NAMESPACES}`],
  [{ ...both, namespaces: ["default", "../x"] }, `Parameter 'namespaces' ${NAMESPACES}`],
  [{ ...both, namespaces: "*" }, `Parameter 'namespaces' ${NAMESPACES}`],
  [{ cluster: ["a", "b"], name: "x" }, "Parameter 'cluster' must be a string"],
  [{ cluster: "a", name: ["x", "y"] }, "Parameter 'name' must be a string"],
];

/** Invalid names, so no cluster is contacted. */
const NO_NAMES = ["", "*", "../x", "a/b", "-x", "My-Repo", "x".repeat(254), `${CANARY}!`];

const parameters: Row[] = [
  ...WRONG.map(([given, message]) =>
    refused(
      `DELETE with ${search(given).toString().replaceAll(CANARY, "x")}: ${message.slice(0, 60)}`,
      deletion(given),
      400,
      envelope(message),
    )
  ),
  ...NO_NAMES.map((name) =>
    refused(
      `DELETE rejects the name ${JSON.stringify(name.replace(CANARY, "x").slice(0, 20))}`,
      deletion({ ...both, name }),
      400,
      /^Parameter 'name' must be a valid secret name: .*at most 253 characters$/,
    )
  ),
  ...["", "../x", "-v", "a\0b"].map((cluster) =>
    refused(
      `DELETE rejects the cluster name ${JSON.stringify(cluster)}`,
      deletion({ ...both, cluster }),
      400,
      /^Parameter 'cluster' is invalid: a cluster name /,
    )
  ),
  refused(
    "parameters of DELETE in a body are rejected",
    () =>
      new Request("http://localhost:8091/secrets?cluster=test-cluster", {
        method: "DELETE",
        headers: { Host: "localhost:8091" },
        body: JSON.stringify({ name: "my-repo", password: CANARY }),
      }),
    400,
    envelope(
      "DELETE takes no request body. Parameters of the query: cluster, name, namespaces, " +
        "force, dry_run",
    ),
  ),
];

for (const test of testsOf([...nothing, ...parameters])) Deno.test(test);
