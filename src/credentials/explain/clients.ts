import type { ArgocdFields } from "./argocd_secret.ts";

/** The client with which Argo CD reads a source. */
export type Client = "git" | "helm" | "oci";

/** A kind of credential that a client finds, and the key of it that tells which secret it comes from. */
export interface FoundCredential {
  readonly credential: CredentialName;
  readonly key: string;
}

export type CredentialName =
  | "password"
  | "bearer_token"
  | "ssh_private_key"
  | "github_app"
  | "gcp_service_account_key"
  | "azure_workload_identity"
  | "azure_service_principal"
  | "tls_client_cert";

const has = (...keys: readonly string[]) => (fields: ArgocdFields) =>
  keys.every((key) => Object.hasOwn(fields, key));

type Rule = readonly [has: (fields: ArgocdFields) => boolean, found: FoundCredential];

/**
 * The credentials of the Git client in its order; the first one present is used. A user name alone or a client
 * certificate alone is not a credential: both are only sent with a password or a token.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/pkg/apis/application/v1alpha1/repository_types.go GetGitCreds
 */
const GIT: readonly Rule[] = [
  // Without forceHttpBasicAuth a bearer token takes precedence: HTTPSCreds.Environ in util/git/creds.go.
  [has("password", "forceHttpBasicAuth"), { credential: "password", key: "password" }],
  [has("bearerToken"), { credential: "bearer_token", key: "bearerToken" }],
  [has("password"), { credential: "password", key: "password" }],
  [has("sshPrivateKey"), { credential: "ssh_private_key", key: "sshPrivateKey" }],
  [
    has("githubAppPrivateKey", "githubAppID"),
    { credential: "github_app", key: "githubAppPrivateKey" },
  ],
  [
    has("gcpServiceAccountKey"),
    { credential: "gcp_service_account_key", key: "gcpServiceAccountKey" },
  ],
  [
    has("useAzureWorkloadIdentity"),
    { credential: "azure_workload_identity", key: "useAzureWorkloadIdentity" },
  ],
  [
    has(
      "azureServicePrincipalClientId",
      "azureServicePrincipalClientSecret",
      "azureServicePrincipalTenantId",
    ),
    { credential: "azure_service_principal", key: "azureServicePrincipalClientSecret" },
  ],
];

const LOGIN: readonly Rule[] = [
  [has("password"), { credential: "password", key: "password" }],
  [has("username"), { credential: "password", key: "username" }],
];

const CERTIFICATE: Rule = [
  has("tlsClientCertData", "tlsClientCertKey"),
  { credential: "tls_client_cert", key: "tlsClientCertData" },
];

/** @see the same file, GetHelmCreds and GetOCICreds */
const RULES: Readonly<Record<Client, readonly Rule[]>> = {
  git: GIT,
  helm: [
    [
      has("useAzureWorkloadIdentity"),
      { credential: "azure_workload_identity", key: "useAzureWorkloadIdentity" },
    ],
    ...LOGIN,
    CERTIFICATE,
  ],
  oci: [...LOGIN, CERTIFICATE],
};

/** All credentials that a client finds in a repository, in its order; the first one is used. */
export function credentialsFor(client: Client, fields: ArgocdFields): readonly FoundCredential[] {
  const found = RULES[client].flatMap(([isThere, each]) => isThere(fields) ? [each] : []);
  return found.filter(({ credential }, i) =>
    found.findIndex((other) => other.credential === credential) === i
  );
}

/**
 * The client for a source with this URL: OCI for `oci://`, Helm for a source with a chart (assumed here where the
 * repository's type is `helm`), otherwise Git.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/pkg/apis/application/v1alpha1/types.go IsOCI, IsHelm
 */
export function clientOf(url: string, { type }: ArgocdFields): Client {
  if (url.startsWith("oci://")) return "oci";
  return type === "helm" ? "helm" : "git";
}
