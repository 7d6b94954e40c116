import type { Fields } from "../../fields/field.ts";
import { azureServicePrincipal } from "./azure_service_principal.ts";
import { azureWorkloadIdentity } from "./azure_workload_identity.ts";
import { bearerToken } from "./bearer_token.ts";
import type { CredentialKind } from "./credential_kind.ts";
import { gcpServiceAccountKey } from "./gcp_service_account_key.ts";
import { githubApp } from "./github_app.ts";
import { password } from "./password.ts";
import { sshPrivateKey } from "./ssh_private_key.ts";
import { tlsClientCertificate } from "./tls_client_certificate.ts";

/** All kinds of repository credentials, in the order of their fields in help and documents. */
const ALL = [
  password,
  sshPrivateKey,
  githubApp,
  bearerToken,
  gcpServiceAccountKey,
  azureServicePrincipal,
  azureWorkloadIdentity,
] as const;

/** The kinds that exclude each other: a request has at most one, and writing it removes the others. */
export const KINDS: readonly CredentialKind<RepositoryCredential>[] = ALL;

/** The kind that a request may have in addition to one of {@link KINDS}. */
export const CLIENT_CERTIFICATE = tlsClientCertificate;

/** A parsed credential of any of {@link KINDS}. */
export type RepositoryCredential = OfKind<(typeof ALL)[number]>;

type OfKind<Kind> = Kind extends CredentialKind<infer Credential, infer _> ? Credential : never;

type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends
  (all: infer All) => void ? All : never;

/** The fields of all kinds. */
export function credentialFields(): Intersection<
  (typeof ALL)[number]["fields"] | typeof CLIENT_CERTIFICATE.fields
> {
  return Object.assign({}, ...[...KINDS, CLIENT_CERTIFICATE].map(({ fields }): Fields => fields));
}

export function credentialKindOf(
  { kind }: RepositoryCredential,
): CredentialKind<RepositoryCredential> {
  return KINDS.find(({ name }) => name === kind)!;
}
