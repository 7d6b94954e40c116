import { decodeBase64Text } from "../../kube/base64.ts";
import type { Sealed } from "../../log/sealed.ts";
import type { SecretData } from "../../kube/store.ts";

/** What a repository, or the repositories of a template, are reached with. */
export type RepositoryCredential =
  | { readonly kind: "password"; readonly username: string; readonly password: Sealed<string> }
  /** Git over HTTPS, as Bitbucket Data Center wants it. */
  | { readonly kind: "bearer_token"; readonly token: Sealed<string> }
  | { readonly kind: "ssh_private_key"; readonly privateKey: Sealed<string> }
  | {
    readonly kind: "github_app";
    readonly id: string;
    readonly installationId: string;
    readonly privateKey: Sealed<string>;
    /** The API of a GitHub Enterprise Server. */
    readonly enterpriseUrl?: string;
  }
  | { readonly kind: "gcp_service_account_key"; readonly key: Sealed<string> };

/**
 * Argo CD's keys of each kind of credential. Git tries them in an order of its own, so what is left
 * of another kind could be used in place of the new one. A TLS client certificate is none of them:
 * it is used beside a password.
 * @see https://github.com/argoproj/argo-cd/blob/v3.2.12/pkg/apis/application/v1alpha1/repository_types.go
 */
const KEYS: Readonly<Record<RepositoryCredential["kind"], readonly string[]>> = {
  password: ["username", "password"],
  bearer_token: ["bearerToken"],
  ssh_private_key: ["sshPrivateKey"],
  github_app: [
    "githubAppID",
    "githubAppInstallationID",
    "githubAppPrivateKey",
    "githubAppEnterpriseBaseUrl",
  ],
  gcp_service_account_key: ["gcpServiceAccountKey"],
};

/** Says that the workload's own identity is used, which none of the above is. */
const WORKLOAD_IDENTITY = "useAzureWorkloadIdentity";

/**
 * The keys that make Argo CD look at no template: then a repository has a credential of its own.
 * A Google key alone is none.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/pkg/apis/application/v1alpha1/repository_types.go HasCredentials
 */
const OWN = [
  "username",
  "password",
  "bearerToken",
  "sshPrivateKey",
  "tlsClientCertData",
  "githubAppPrivateKey",
  "azureServicePrincipalClientSecret",
];

/** Whether Argo CD uses what a repository holds, and no template for it. */
export function hasOwnCredential(data: Readonly<SecretData>): boolean {
  const identity = decodeBase64Text(data[WORKLOAD_IDENTITY] ?? "");
  // https://pkg.go.dev/strconv#ParseBool
  const isTrue = ["1", "t", "T", "true", "TRUE", "True"].includes(identity);
  return isTrue || OWN.some((key) => (data[key] ?? "") !== "");
}

/** Whether two secrets hold the same credential. */
export function sameCredential(a: Readonly<SecretData>, b: Readonly<SecretData>): boolean {
  const keys = [...Object.values(KEYS).flat(), ...OWN, WORKLOAD_IDENTITY];
  return keys.every((key) => (a[key] ?? "") === (b[key] ?? ""));
}

/** The keys that hold a credential, for showing of which kind a secret's is. */
export const CREDENTIAL_KEYS = KEYS;

/**
 * The data that a credential makes, in the open, and the keys that go when it takes the place of
 * another one.
 */
export function credentialKeys(
  credential: RepositoryCredential | undefined,
): { readonly taken: SecretData; readonly dropped: readonly string[] } {
  if (credential === undefined) return { taken: {}, dropped: [] };
  const taken = keysOf(credential);
  const all = [...Object.values(KEYS).flat(), WORKLOAD_IDENTITY];
  return { taken, dropped: all.filter((key) => !Object.hasOwn(taken, key)) };
}

function keysOf(credential: RepositoryCredential): SecretData {
  switch (credential.kind) {
    case "password":
      return { username: credential.username, password: credential.password.reveal() };
    case "bearer_token":
      return { bearerToken: credential.token.reveal() };
    case "ssh_private_key":
      return { sshPrivateKey: credential.privateKey.reveal() };
    case "github_app":
      return {
        githubAppID: credential.id,
        githubAppInstallationID: credential.installationId,
        githubAppPrivateKey: credential.privateKey.reveal(),
        ...(credential.enterpriseUrl === undefined
          ? {}
          : { githubAppEnterpriseBaseUrl: credential.enterpriseUrl }),
      };
    case "gcp_service_account_key":
      return { gcpServiceAccountKey: credential.key.reveal() };
  }
}

/** The value that makes it secret, of which a fingerprint goes on record. */
export function secretOf(credential: RepositoryCredential): Sealed<string> {
  switch (credential.kind) {
    case "password":
      return credential.password;
    case "bearer_token":
      return credential.token;
    case "ssh_private_key":
    case "github_app":
      return credential.privateKey;
    case "gcp_service_account_key":
      return credential.key;
  }
}
