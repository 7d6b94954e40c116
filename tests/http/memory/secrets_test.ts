import type { FakeCluster } from "../../../src/kube/fake/store.ts";
import { DOCKER_LABELS } from "../stage.ts";
import { get, refused, type Row, testsOf } from "../support.ts";

/** What GET /secrets shows of a cluster, with and without rights. */

const emptyList = {
  cluster: "test-cluster",
  repo_creds_secrets: [],
  docker_creds_secrets: [],
  helm_creds_secrets: [],
  repository_secrets: [],
  total_repo_creds: 0,
  total_docker_creds: 0,
  total_helm_creds: 0,
  status: "success",
};

const argocdSecret = (cluster: FakeCluster, name: string, type: string, data: object) =>
  cluster.put(
    { namespace: "argocd", name, labels: { "argocd.argoproj.io/secret-type": type } },
    Object.fromEntries(Object.entries(data).map(([key, value]) => [key, btoa(value)])),
  );

const listed = (name: string, type: string, more: object) => ({
  name,
  namespace: "argocd",
  labels: { "argocd.argoproj.io/secret-type": type },
  type: "Opaque",
  creation_timestamp: "2026-01-01T00:00:00Z",
  ...more,
});

const chart = {
  repository_url: "https://***@charts.example.com/x",
  repository_name: "charts",
  repository_type: "helm",
  username: "ghp_***",
  enable_oci: true,
};

const rows: Row[] = [
  {
    name: "GET /secrets of a cluster without secrets has empty lists",
    request: () => get("/secrets?cluster=test-cluster"),
    status: 200,
    body: emptyList,
    changes: false,
  },
  {
    name: "GET /secrets shows each secret with user information and tokens masked, and no value",
    request: () => get("/secrets?cluster=test-cluster"),
    before: ({ cluster }) => {
      argocdSecret(cluster, "charts", "repository", {
        url: "https://user:hidden-in-url@charts.example.com/x",
        name: "charts",
        type: "helm",
        username: "ghp_hidden-token",
        password: "hidden-password",
        enableOCI: "true",
      });
      argocdSecret(cluster, "bare", "repository", {});
      argocdSecret(cluster, "org", "repo-creds", {
        url: "https://github.com/org/",
        username: "hidden-token",
        password: "x-oauth-basic",
      });
      argocdSecret(cluster, "old", "helm-repo-creds", { url: "ghcr.io", type: "helm" });
      argocdSecret(cluster, "cluster-x", "cluster", { name: "hidden-cluster" });
      const pull = { namespace: "default", type: "kubernetes.io/dockerconfigjson" };
      cluster.put({ ...pull, name: "both", labels: DOCKER_LABELS }, { x: btoa("hidden-password") });
      const [[key, value]] = Object.entries(DOCKER_LABELS) as [[string, string]];
      cluster.put({ ...pull, name: "another", labels: { [key]: value } });
      cluster.put({ ...pull, name: "unlabelled" });
    },
    status: 200,
    body: {
      cluster: "test-cluster",
      repo_creds_secrets: [listed("org", "repo-creds", {
        repository_url: "https://github.com/org/",
        repository_name: "",
        repository_type: "git",
        username: "***",
        enable_oci: false,
      })],
      docker_creds_secrets: [
        {
          name: "another",
          namespace: "default",
          labels: { "jjo.finance/secret-type": "docker-creds" },
          type: "kubernetes.io/dockerconfigjson",
          creation_timestamp: "2026-01-01T00:00:00Z",
        },
        {
          name: "both",
          namespace: "default",
          labels: DOCKER_LABELS,
          type: "kubernetes.io/dockerconfigjson",
          creation_timestamp: "2026-01-01T00:00:00Z",
        },
      ],
      helm_creds_secrets: [
        listed("charts", "repository", chart),
        listed("old", "helm-repo-creds", {
          repository_url: "ghcr.io",
          repository_name: "",
          repository_type: "helm",
          username: "",
          enable_oci: false,
          note: "Argo CD itself does not know the secret type 'helm-repo-creds' and ignores it",
        }),
      ],
      repository_secrets: [
        listed("bare", "repository", {
          repository_url: "",
          repository_name: "",
          repository_type: "git",
          username: "",
          enable_oci: false,
        }),
        listed("charts", "repository", chart),
      ],
      total_repo_creds: 1,
      total_docker_creds: 2,
      total_helm_creds: 2,
      status: "success",
    },
    absent: [
      "hidden-in-url",
      "hidden-token",
      "hidden-password",
      "hidden-cluster",
      "x-oauth-basic",
      "unlabelled",
    ],
    changes: false,
  },
  {
    name:
      "without the right to list everywhere the configured namespaces are listed, with a warning",
    request: () => get("/secrets?cluster=test-cluster"),
    before: ({ cluster }) => {
      const [[key, value]] = Object.entries(DOCKER_LABELS) as [[string, string]];
      cluster.put({ namespace: "default", name: "pull", labels: { [key]: value } });
      // The first three lists are Argo CD's and one per docker label, in all namespaces.
      cluster.fault = ({ index }) =>
        [1, 2].includes(index) ? { kind: "throw", error: "forbidden" } : undefined;
    },
    status: 200,
    body: {
      ...emptyList,
      docker_creds_secrets: [{
        name: "pull",
        namespace: "default",
        labels: { "jjo.finance/secret-type": "docker-creds" },
        type: "Opaque",
        creation_timestamp: "2026-01-01T00:00:00Z",
      }],
      total_docker_creds: 1,
      warnings: [
        "The kubeconfig's user cannot list secrets in all namespaces: " +
        "only namespaces kube-system, default, argocd were searched for docker secrets",
      ],
    },
  },
  {
    name: "a hung cluster is a timeout that names the configured seconds",
    request: () => get("/secrets?cluster=test-cluster"),
    options: { seconds: 0.05 },
    before: ({ cluster }) => {
      cluster.fault = () => ({ kind: "hang" });
    },
    status: 504,
    body: {
      ...emptyList,
      status: "timeout",
      message: "Commands timed out after 0.05 seconds",
    },
  },
];

const INVALID = /^Parameter 'cluster' is invalid: a cluster name .*at most 253 characters$/;
const invalid: [what: string, query: string, message: RegExp][] = [
  ["an empty name", "?cluster=", INVALID],
  ["a relative path upwards", "?cluster=../x", INVALID],
  ["a percent-encoded path upwards", "?cluster=%2e%2e%2fx", INVALID],
  ["a doubly encoded path upwards", "?cluster=%252e%252e%252fx", INVALID],
  ["an absolute path", "?cluster=/etc/passwd", INVALID],
  ["a backslash", "?cluster=..%5cx", INVALID],
  ["NUL", "?cluster=test-cluster%00", INVALID],
  ["a line break", "?cluster=test-cluster%0a", INVALID],
  ["a blank", "?cluster=test-cluster+", INVALID],
  ["a kubectl flag", "?cluster=-v", INVALID],
  ["a leading dot", "?cluster=.kubeconfig", INVALID],
  ["a truncated percent escape", "?cluster=%zz", INVALID],
  ["a byte that is not UTF-8", "?cluster=%ff", INVALID],
  ["a non-ASCII letter", "?cluster=cl%C3%BCster", INVALID],
  ["300 characters", `?cluster=${"x".repeat(300)}`, INVALID],
  ["254 characters", `?cluster=${"x".repeat(254)}`, INVALID],
  ["two names", "?cluster=test-cluster&cluster=x", /^Parameter 'cluster' must be a string$/],
  [
    "another spelling of the parameter",
    "?Cluster=x",
    /^Unknown parameter 'Cluster'; did you mean 'cluster'\?$/,
  ],
  ["the parameter as a PHP list", "?cluster[]=x", /^Missing required parameter 'cluster'$/],
  ["only __proto__", "?__proto__=x", /^Missing required parameter 'cluster'$/],
];

for (
  const test of testsOf([
    ...rows,
    ...invalid.map(([what, query, message]) =>
      refused(
        `GET /secrets with an invalid cluster name opens no cluster: ${what}`,
        () => get(`/secrets${query}`),
        400,
        message,
      )
    ),
    {
      name: "GET /secrets accepts a cluster name of 253 characters",
      request: () => get(`/secrets?cluster=${"x".repeat(253)}`),
      status: 404,
      body: /not found/,
    },
  ])
) Deno.test(test);
