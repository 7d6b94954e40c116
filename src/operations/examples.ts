import { example, type Examples, GIT, TOKEN } from "../credentials/kinds/credential_kind.ts";
import { CLIENT_CERTIFICATE, KINDS } from "../credentials/kinds/kinds.ts";
import type { ClusterField } from "./schemas/body.ts";

/**
 * Examples of request bodies for OpenAPI, one per kind of credential. Keys and tokens are placeholders; a
 * test replaces them with real ones and sends each example.
 */

const CLUSTER = "test-cluster";

/** For `POST /secrets/add_repo`. */
export const repoExamples = (clusterField: ClusterField): Examples =>
  onCluster(clusterField, {
    ...Object.assign({}, ...[...KINDS, CLIENT_CERTIFICATE].map(({ examples }) => examples)),
    helm: example("Two chart repositories with one credential", {
      name: "charts",
      type: "helm",
      urls: ["https://charts.example.com/stable", "https://charts.example.org/team"],
      username: "robot",
      password: TOKEN,
    }),
    oci: example("All OCI repositories of one owner in a registry", {
      name: "ghcr-your-org",
      type: "oci",
      as: "repo-creds",
      url: "oci://ghcr.io/your-org/",
      username: "your_username",
      password: TOKEN,
    }),
    public: example("A public repository", { ...GIT, name: "public" }),
  });

/** For `POST /credentials/find`. */
export const FIND_EXAMPLES: Examples = {
  token: example("Where a leaked token is stored, on all clusters", {
    password: TOKEN,
    everywhere: true,
  }),
  fingerprint: example("Where the value of a fingerprint is stored, on some clusters", {
    fingerprint: "5b0c8f2e5b0c8f2e",
    clusters: ["test-*"],
  }),
};

const DOCKER = { name: "my-docker-secret" };
const LOGIN = { username: "your_username", password: TOKEN };

/** For `POST /secrets/add_docker`. */
export const dockerExamples = (clusterField: ClusterField): Examples => ({
  ...onCluster(clusterField, {
    one: example("One registry in two namespaces", {
      ...DOCKER,
      ...LOGIN,
      namespaces: "kube-system,default",
    }),
    several: example(
      "Several registries in all namespaces except Kubernetes' own, used by their pods",
      {
        ...DOCKER,
        registries: [{ registry: "ghcr.io", ...LOGIN }, { registry: "docker.io", ...LOGIN }],
        all_namespaces: true,
        exclude_namespaces: ["kube-*"],
        service_accounts: ["default"],
      },
    ),
  }),
  ...clusterField === "cluster"
    ? {
      clusters: example("One registry in several clusters, one of them first", {
        clusters: ["test-*"],
        first: [CLUSTER],
        ...DOCKER,
        ...LOGIN,
        namespaces: "default",
      }),
    }
    : {},
});

/** For `POST /secrets/add_helm_repo`. */
export const helmExamples = (clusterField: ClusterField): Examples =>
  onCluster(clusterField, {
    https: example("A chart repository", {
      name: "my-helm-repo",
      repository_url: "https://charts.bitnami.com/bitnami",
      ...LOGIN,
    }),
    oci: example("All charts of a registry", {
      name: "ghcr-helm-repo",
      repository_url: "https://ghcr.io/",
      ...LOGIN,
    }),
  });

/** For `POST /secrets/verify`. */
export const VERIFY_EXAMPLES: Examples = {
  registry: example("At a registry", { registry: "ghcr.io", ...LOGIN }),
  git: example("At a Git server", { ...GIT, ...LOGIN }),
};

/** For `POST /checks`. */
export const CHECK_EXAMPLES: Examples = {
  all: example("All credentials of some clusters", { clusters: ["test-*"] }),
  everywhere: example("Including all pull secrets, whatever their labels", {
    everywhere: true,
  }),
};

/** Adds the cluster as the first field of each example. */
function onCluster(clusterField: ClusterField, examples: Examples): Examples {
  return Object.fromEntries(
    Object.entries(examples).map(([key, { summary, value }]) =>
      [key, { summary, value: { [clusterField]: CLUSTER, ...value } }] as const
    ),
  );
}
