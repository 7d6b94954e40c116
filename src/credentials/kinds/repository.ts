import { encodeBase64Text } from "../../kube/base64.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import type { RepositoryFields, SecretData, SecretSummary } from "../../kube/store.ts";
import type { DesiredSecret, Identity } from "./kind.ts";
import { comparableUrl, type RepositoryUrl } from "./url.ts";

/** What makes a secret a repository or a template of Argo CD. */
export const SECRET_TYPE_LABEL = "argocd.argoproj.io/secret-type";

/**
 * Argo CD's mark of a repository secret that may be deleted whole; without it `argocd repo rm`
 * only strips the label and leaves the password behind.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.0/util/db/repository_secrets.go
 */
const ARGOCD_MANAGED = { "managed-by": "argocd.argoproj.io" };

/**
 * Keys of the other kinds of credential, which a user name and password take the place of. A TLS
 * client certificate is none of them: it is used beside a password.
 */
const OTHER_CREDENTIAL_KEYS = [
  "sshPrivateKey",
  "bearerToken",
  "githubAppID",
  "githubAppInstallationID",
  "githubAppPrivateKey",
  "githubAppEnterpriseBaseUrl",
  "gcpServiceAccountKey",
  "useAzureWorkloadIdentity",
];

export interface HelmRepositoryRequest {
  readonly name: string;
  readonly argocdNamespace: string;
  readonly url: RepositoryUrl;
  readonly username: string;
  readonly password: Sealed<string>;
  /** Whether to write the template too, where the URL has one. */
  readonly template: boolean;
}

/** The repository secret, and its template where only that matches charts. */
export function helmRepositorySecrets(request: HelmRepositoryRequest): DesiredSecret[] {
  const { url, name } = request;
  const repository = argocdSecret(request, name, "repository", url.url, { name });
  if (!request.template || url.templatePrefix === undefined) return [repository];
  const template = argocdSecret(
    request,
    templateName(name),
    "repo-creds",
    url.templatePrefix,
    {},
  );
  return [repository, template];
}

/** Name of the template that goes with a repository secret. */
export function templateName(name: string): string {
  return `${name}-template`;
}

function argocdSecret(
  request: HelmRepositoryRequest,
  name: string,
  secretType: "repository" | "repo-creds",
  url: string,
  more: SecretData,
): DesiredSecret {
  const fields = {
    ...more,
    url,
    type: "helm",
    username: request.username,
    password: request.password.reveal(),
    ...(request.url.oci ? { enableOCI: "true" } : {}),
  };
  const data = seal(mapValues(fields, encodeBase64Text));
  const dropped = new Set([...OTHER_CREDENTIAL_KEYS, ...(request.url.oci ? [] : ["enableOCI"])]);
  return {
    namespace: request.argocdNamespace,
    name,
    type: "Opaque",
    labels: { [SECRET_TYPE_LABEL]: secretType },
    annotations: ARGOCD_MANAGED,
    data,
    // The fields that the request is about; others (project, proxy, TLS …) stay.
    merge: (current) => {
      const kept = Object.entries(current.data.reveal()).filter(([key]) => !dropped.has(key));
      return seal({ ...Object.fromEntries(kept), ...data.reveal() });
    },
    recognises: (current) => current.labels[SECRET_TYPE_LABEL] === secretType,
    repositoryType: "helm",
    identity: { secretType, url: comparableUrl(url), project: "" },
  };
}

/** What Argo CD knows a listed secret by. */
export function identityOf(secret: SecretSummary): Identity {
  return {
    secretType: secret.labels[SECRET_TYPE_LABEL] ?? "",
    url: comparableUrl(secret.repository?.url ?? ""),
    project: secret.repository?.project ?? "",
  };
}

/**
 * A user name for showing: masked when it is a token itself, as GitHub allows (the token as user
 * name, beside the password `x-oauth-basic` or none).
 */
export function shownUsername(fields: RepositoryFields): string | undefined {
  const { username, usernameIsToken } = fields;
  if (username === undefined) return undefined;
  const token = /^(gh[pousr]_|github_pat_|glpat-|eyJ)/.exec(username);
  if (token) return `${token[0]}***`;
  return usernameIsToken ? "***" : username;
}

function mapValues(
  record: Readonly<Record<string, string>>,
  map: (value: string) => string,
): SecretData {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
