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

/** All kinds of a repository's credential, in the order in which their fields are told. */
const ALL = [
  password,
  sshPrivateKey,
  githubApp,
  bearerToken,
  gcpServiceAccountKey,
  azureServicePrincipal,
  azureWorkloadIdentity,
] as const;

/** Of which a request has one at most, so that none is left in place of the new one. */
export const KINDS: readonly CredentialKind<RepositoryCredential>[] = ALL;

/** And what may stand beside it. */
export const BESIDE = tlsClientCertificate;

/** What a repository, or the repositories of a template, are reached with. */
export type RepositoryCredential = OfKind<(typeof ALL)[number]>;

type OfKind<Kind> = Kind extends CredentialKind<infer Credential, infer _> ? Credential : never;

type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends
  (all: infer All) => void ? All : never;

/** The fields of all of them. */
export function credentialFields(): Intersection<
  (typeof ALL)[number]["fields"] | typeof BESIDE.fields
> {
  return Object.assign({}, ...[...KINDS, BESIDE].map(({ fields }): Fields => fields));
}

export function kindOf({ kind }: RepositoryCredential): CredentialKind<RepositoryCredential> {
  return KINDS.find(({ name }) => name === kind)!;
}
