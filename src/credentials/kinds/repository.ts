import { beginningOfToken } from "../../log/token_shapes.ts";
import { encodeBase64Text } from "../../kube/base64.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import type { RepositoryFields, SecretData, SecretSummary } from "../../kube/store.ts";
import type { DesiredSecret, Identity } from "./kind.ts";
import { credentialKeys, type RepositoryCredential } from "./repository_credential.ts";
import { comparableUrl, type RepositoryUrl } from "./url.ts";

/** What makes a secret a repository or a template of Argo CD. */
export const SECRET_TYPE_LABEL = "argocd.argoproj.io/secret-type";

/**
 * Argo CD's mark of a repository secret that may be deleted whole; without it `argocd repo rm`
 * only strips the label and leaves the password behind.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.0/util/db/repository_secrets.go
 */
const ARGOCD_MANAGED = { "managed-by": "argocd.argoproj.io" };

export type RepositoryType = "git" | "helm" | "oci";

/** A repository, or a template for all repositories whose URLs begin with its own. */
export type SecretKind = "repository" | "repo-creds";

/** Fields besides the credential. What is absent stays as it is in a secret that is replaced. */
export interface RepositoryOptions {
  /** Repositories only: the project of Argo CD that alone may use it. */
  readonly project?: string;
  readonly proxy?: string;
  readonly noProxy?: string;
  /** Repositories only: whether the server's certificate or host key is not verified. */
  readonly insecure?: boolean;
  /** Whether Git sends the password without being asked for it. */
  readonly forceBasicAuth?: boolean;
  /** Repositories only. */
  readonly enableLfs?: boolean;
  /** Repositories only: how many commits are fetched; 0 is all. */
  readonly depth?: number;
  /** Whether an OCI registry is reached by plain HTTP. */
  readonly insecureOciHttp?: boolean;
}

export interface RepositoryRequest {
  readonly as: SecretKind;
  readonly type: RepositoryType;
  readonly argocdNamespace: string;
  /** Absent where a public repository is written, or the credential that is there is kept. */
  readonly credential?: RepositoryCredential;
  /** A client certificate, which is used beside a password or token too. */
  readonly clientCertificate?: ClientCertificate;
  readonly options: RepositoryOptions;
  /** Whether to write the template too, where a repository's URL has one. */
  readonly template: boolean;
}

export interface ClientCertificate {
  /** PEM; it is public. */
  readonly cert: string;
  readonly key: Sealed<string>;
}

/** The secret of one URL, and its template where only that matches charts. */
export interface RepositorySecrets {
  readonly secret: DesiredSecret;
  readonly template?: DesiredSecret;
}

/** The secret for one of a request's URLs, and its template where only that matches charts. */
export function repositorySecrets(
  request: RepositoryRequest,
  name: string,
  url: RepositoryUrl,
): RepositorySecrets {
  if (request.as === "repo-creds") {
    return { secret: argocdSecret(request, name, "repo-creds", url.url, url.oci) };
  }
  const secret = argocdSecret(request, name, "repository", url.url, url.oci);
  if (!request.template || url.templatePrefix === undefined) return { secret };
  const template = argocdSecret(
    request,
    templateName(name),
    "repo-creds",
    url.templatePrefix,
    url.oci,
  );
  return { secret, template };
}

/** Name of the template that goes with a repository secret. */
export function templateName(name: string): string {
  return `${name}-template`;
}

function argocdSecret(
  request: RepositoryRequest,
  name: string,
  secretType: SecretKind,
  url: string,
  oci: boolean,
): DesiredSecret {
  const { type, credential, clientCertificate: certificate, options } = request;
  const { taken, dropped } = credentialKeys(credential);
  const isHelmOci = oci && type === "helm";
  const fields: SecretData = {
    ...(secretType === "repository" ? { name } : {}),
    url,
    type,
    ...taken,
    ...(certificate === undefined ? {} : {
      tlsClientCertData: certificate.cert,
      tlsClientCertKey: certificate.key.reveal(),
    }),
    ...optionKeys(options, secretType),
    ...(isHelmOci ? { enableOCI: "true" } : {}),
  };
  const data = seal(mapValues(fields, encodeBase64Text));
  const gone = new Set([
    ...dropped,
    ...(isHelmOci ? [] : ["enableOCI"]),
    // An older key of the same meaning: either that is true makes Argo CD look at no certificate.
    ...(options.insecure === undefined ? [] : ["insecureIgnoreHostKey"]),
  ]);
  return {
    namespace: request.argocdNamespace,
    name,
    type: "Opaque",
    labels: { [SECRET_TYPE_LABEL]: secretType },
    annotations: ARGOCD_MANAGED,
    data,
    // The fields that the request is about; others (project, proxy, TLS …) stay.
    merge: (current) => {
      const kept = Object.entries(current.data.reveal()).filter(([key]) => !gone.has(key));
      return seal({ ...Object.fromEntries(kept), ...data.reveal() });
    },
    recognises: (current) => current.labels[SECRET_TYPE_LABEL] === secretType,
    repositoryType: type,
    identity: {
      secretType,
      url: comparableUrl(url),
      ...(secretType === "repository" ? { project: options.project } : { project: "" }),
    },
  };
}

/**
 * Argo CD's keys of the options. Booleans are read by Go's `ParseBool`; one that cannot be breaks
 * the reading of more than its own secret.
 * @see https://github.com/argoproj/argo-cd/blob/v3.2.12/util/db/repository_secrets.go
 */
function optionKeys(options: RepositoryOptions, secretType: SecretKind): SecretData {
  const text = (key: string, value: string | number | boolean | undefined) =>
    value === undefined ? {} : { [key]: String(value) };
  return {
    ...text("proxy", options.proxy),
    ...text("noProxy", options.noProxy),
    ...text("forceHttpBasicAuth", options.forceBasicAuth),
    ...text("insecureOCIForceHttp", options.insecureOciHttp),
    ...(secretType === "repo-creds" ? {} : {
      ...text("project", options.project),
      ...text("insecure", options.insecure),
      ...text("enableLfs", options.enableLfs),
      ...text("depth", options.depth),
    }),
  };
}

/** What Argo CD knows a listed secret by. */
export function identityOf(secret: SecretSummary): Required<Identity> {
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
  const token = beginningOfToken(username);
  if (token !== undefined) return `${token}***`;
  return usernameIsToken ? "***" : username;
}

function mapValues(
  record: Readonly<Record<string, string>>,
  map: (value: string) => string,
): SecretData {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
