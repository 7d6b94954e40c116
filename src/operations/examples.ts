import type { ClusterField } from "./schemas/body.ts";

/**
 * Examples of request bodies for OpenAPI, one a kind of credential. What stands for a key or a token
 * is none; a test puts real ones in their place and sends each.
 */
export type Examples = Readonly<
  Record<string, { readonly summary: string; readonly value: object }>
>;

const CLUSTER = "test-cluster";
const TOKEN = "your_token";
const PEM = "-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n";
const CERTIFICATE = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n";

const GIT = { type: "git", url: "https://github.com/your-org/app.git" };

/** Of `POST /secrets/add_repo`. */
export const repoExamples = (clusterField: ClusterField): Examples =>
  onCluster(clusterField, {
    password: {
      summary: "Git by HTTPS with a user name and a token",
      value: { ...GIT, name: "app", username: "your_username", password: TOKEN },
    },
    ssh: {
      summary: "Git by SSH with a deploy key",
      value: {
        ...GIT,
        name: "infra",
        url: "git@github.com:your-org/infra.git",
        ssh_private_key: PEM,
      },
    },
    github_app: {
      summary: "All Git repositories of an organisation by a GitHub App",
      value: {
        ...GIT,
        name: "github-your-org",
        as: "repo-creds",
        url: "https://github.com/your-org/",
        github_app: { id: 12345, installation_id: 67890, private_key: PEM },
      },
    },
    bearer_token: {
      summary: "Bitbucket Data Center with an HTTP access token",
      value: {
        ...GIT,
        name: "bitbucket",
        url: "https://bitbucket.example.com/scm/team/app.git",
        bearer_token: TOKEN,
      },
    },
    client_certificate: {
      summary: "Git with a client certificate beside the password",
      value: {
        ...GIT,
        name: "internal",
        url: "https://git.example.com/team/app.git",
        username: "robot",
        password: TOKEN,
        tls_client_cert: CERTIFICATE,
        tls_client_key: PEM,
      },
    },
    google: {
      summary: "Google Cloud Source Repositories with the key of a service account",
      value: {
        ...GIT,
        name: "google",
        url: "https://source.developers.google.com/p/your-project/r/app",
        gcp_service_account_key: {
          type: "service_account",
          client_email: "argocd@your-project.iam.gserviceaccount.com",
          private_key: PEM,
        },
      },
    },
    helm: {
      summary: "Two chart repositories with one credential",
      value: {
        name: "charts",
        type: "helm",
        urls: ["https://charts.example.com/stable", "https://charts.example.org/team"],
        username: "robot",
        password: TOKEN,
      },
    },
    oci: {
      summary: "All OCI repositories of one owner in a registry",
      value: {
        name: "ghcr-your-org",
        type: "oci",
        as: "repo-creds",
        url: "oci://ghcr.io/your-org/",
        username: "your_username",
        password: TOKEN,
      },
    },
    public: {
      summary: "A public repository",
      value: { ...GIT, name: "public" },
    },
  });

const DOCKER = { name: "my-docker-secret" };
const LOGIN = { username: "your_username", password: TOKEN };

/** Of `POST /secrets/add_docker`. */
export const dockerExamples = (clusterField: ClusterField): Examples =>
  onCluster(clusterField, {
    one: {
      summary: "One registry in two namespaces",
      value: { ...DOCKER, ...LOGIN, namespaces: "kube-system,default" },
    },
    several: {
      summary: "Several registries in all namespaces but Kubernetes' own, used by their pods",
      value: {
        ...DOCKER,
        registries: [{ registry: "ghcr.io", ...LOGIN }, { registry: "docker.io", ...LOGIN }],
        all_namespaces: true,
        exclude_namespaces: ["kube-*"],
        service_accounts: ["default"],
      },
    },
  });

/** Of `POST /secrets/add_helm_repo`. */
export const helmExamples = (clusterField: ClusterField): Examples =>
  onCluster(clusterField, {
    https: {
      summary: "A chart repository",
      value: {
        name: "my-helm-repo",
        repository_url: "https://charts.bitnami.com/bitnami",
        ...LOGIN,
      },
    },
    oci: {
      summary: "All charts of a registry",
      value: { name: "ghcr-helm-repo", repository_url: "https://ghcr.io/", ...LOGIN },
    },
  });

/** Of `POST /secrets/verify`. */
export const VERIFY_EXAMPLES: Examples = {
  registry: { summary: "At a registry", value: { registry: "ghcr.io", ...LOGIN } },
  git: {
    summary: "At a Git server",
    value: { type: "git", url: "https://github.com/your-org/app.git", ...LOGIN },
  },
};

/** Examples that name their cluster first. */
function onCluster(clusterField: ClusterField, examples: Examples): Examples {
  return Object.fromEntries(
    Object.entries(examples).map(([key, { summary, value }]) =>
      [key, { summary, value: { [clusterField]: CLUSTER, ...value } }] as const
    ),
  );
}
