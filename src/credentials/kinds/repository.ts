import { decodeBase64Text, encodeBase64Text } from "../../text/bytes.ts";
import { seal } from "../../log/sealed.ts";
import { REPOSITORY_TEXTS } from "../../kube/repository_fields.ts";
import type { SecretData, SecretSummary, StoredSecret } from "../../kube/store.ts";
import { comparableUrl, templateKey } from "./comparable_url.ts";
import type { RepositoryType, SecretKind } from "./credential_kind.ts";
import type {
  Alias,
  DesiredSecret,
  ExactRepository,
  RepositoryIdentity,
} from "./desired_secret.ts";
import { CLIENT_CERTIFICATE, type RepositoryCredential } from "./kinds.ts";
import {
  credentialKeys,
  encoded,
  openCredentialKeys,
  SECRET_TYPE_LABEL,
  valuesOf,
} from "./repository_credential.ts";
import { openOptionKeys, optionKeys, type RepositoryOptions } from "./repository_options.ts";
import type { ClientCertificate } from "./tls_client_certificate.ts";
import type { RepositoryUrl } from "./url.ts";

/**
 * Allows Argo CD to delete the secret: without this annotation, `argocd repo rm` only removes the label
 * and leaves the secret with its password behind.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.0/util/db/repository_secrets.go
 */
const ARGOCD_MANAGED = { "managed-by": "argocd.argoproj.io" };

export interface RepositoryRequest {
  readonly as: SecretKind;
  readonly type: RepositoryType;
  readonly argocdNamespace: string;
  /** Absent for a public repository, or to keep the existing credential. */
  readonly credential?: RepositoryCredential;
  /** A client certificate, in addition to the credential or alone. */
  readonly clientCertificate?: ClientCertificate;
  readonly options: RepositoryOptions;
  /** When the credential expires, as declared in the request; ISO 8601. */
  readonly expires?: string | undefined;
  /** Whether to write a template beside a repository whose URL matches no chart on its own. */
  readonly template: boolean;
}

/** The secrets of one URL. */
export interface RepositorySecrets {
  readonly secret: DesiredSecret;
  readonly template?: DesiredSecret;
}

/** The secret for one URL of a request, and the template where only a template matches charts. */
export function repositorySecrets(
  request: RepositoryRequest,
  name: string,
  url: RepositoryUrl,
): RepositorySecrets {
  const secret = {
    ...argocdSecret(request, name, request.as, url.url, url.oci),
    aliases: aliasesOf(request, url),
  };
  if (request.as === "repo-creds") {
    return { secret: { ...secret, ...exactOf(request, url) } };
  }
  if (!request.template || url.templatePrefix === undefined) return { secret };
  const beside = argocdSecret(
    request,
    templateName(name),
    "repo-creds",
    url.templatePrefix,
    url.oci,
  );
  const template = {
    ...beside,
    aliases: aliasesOf({ ...request, as: "repo-creds" }, { ...url, url: url.templatePrefix }),
  };
  return { secret, template };
}

/** Spellings of the URL that Argo CD compares as different from the stored one. */
function aliasesOf(
  { as, type }: RepositoryRequest,
  { url, oci, literal }: Pick<RepositoryUrl, "url" | "oci" | "literal">,
): Alias[] {
  const aliases = [
    // Argo CD looks up charts without the scheme, but the same chart as an OCI artifact with it.
    ...(oci && type === "helm" ? [{ url: keyOf(as, `oci://${url}`), isUsed: true }] : []),
    ...(literal === undefined ? [] : [{ url: keyOf(as, literal), isUsed: false }]),
  ];
  return aliases.filter((each, i) =>
    each.url !== "" && aliases.findIndex((other) => other.url === each.url) === i
  );
}

function exactOf(
  request: RepositoryRequest,
  { exactUrl: url, oci, literal }: RepositoryUrl,
): { readonly exact?: ExactRepository } {
  if (url === undefined) return {};
  const holds = ({ data }: StoredSecret) =>
    comparableUrl(decodeBase64Text(data.reveal().url ?? "")) === comparableUrl(url);
  const named = (name: string, uid?: string): DesiredSecret => {
    const secret = argocdSecret(request, name, "repository", url, oci);
    // A secret of this name for another URL belongs to somebody else.
    return {
      ...secret,
      recognises: (current) =>
        secret.recognises(current) && (holds(current) || current.uid === uid),
    };
  };
  const identity = { secretType: "repository", url: comparableUrl(url), project: "" };
  const spelled = { url, oci, literal: literal?.replace(/\/$/, "") };
  const aliases = aliasesOf({ ...request, as: "repository" }, spelled)
    .map(({ url }) => url);
  return { exact: { url, identity, aliases, named } };
}

/**
 * The same secret, except that a replacement keeps the stored spelling of the URL. Applications may rely
 * on that spelling, or on a template that matches longer names.
 */
export function keepingUrl(desired: DesiredSecret): DesiredSecret {
  return {
    ...desired,
    merge: (current) => {
      const { url: _, ...data } = desired.merge(current).reveal();
      const { url } = current.data.reveal();
      return seal({ ...data, ...(url === undefined ? {} : { url }) });
    },
  };
}

/** The name of the repository for exactly a template's URL. */
export function exactName(name: string): string {
  return `${name}-repository`;
}

/** The name of the template beside a repository. */
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
  const { taken, dropped } = credentialKeys(credential, secretType);
  const isHelmOci = oci && type === "helm";
  const fields: SecretData = {
    ...(secretType === "repository" ? { name } : {}),
    url,
    type,
    ...taken,
    ...(certificate === undefined ? {} : valuesOf(CLIENT_CERTIFICATE, certificate, secretType)),
    ...optionKeys(options, secretType),
    ...(isHelmOci ? { enableOCI: "true" } : {}),
  };
  const data = seal(encoded(fields));
  /** Charts refer to the repository by `name`, so an existing one changes only on request. */
  const nameIn = (current: StoredSecret): SecretData => {
    const requestedName = options.repository_name;
    const isGiven = requestedName !== undefined || (current.data.reveal().name ?? "") === "";
    if (secretType !== "repository" || !isGiven) return {};
    if (requestedName !== undefined) return { name: encodeBase64Text(requestedName) };
    return type === "helm" ? { name: encodeBase64Text(current.name) } : {};
  };
  const gone = new Set([
    ...dropped,
    ...(isHelmOci ? [] : ["enableOCI"]),
    // An older key with the same meaning: if either is true, Argo CD verifies no certificate.
    ...(options.insecure === undefined ? [] : ["insecureIgnoreHostKey"]),
  ]);
  return {
    namespace: request.argocdNamespace,
    name,
    type: "Opaque",
    labels: { [SECRET_TYPE_LABEL]: secretType },
    annotations: ARGOCD_MANAGED,
    ...(request.expires === undefined ? {} : { expires: request.expires }),
    data,
    // Replaces the fields of the request; others (project, proxy, TLS …) are kept.
    merge: (current) => {
      const old = current.data.reveal();
      const kept = Object.entries(old).filter(([key]) => !gone.has(key));
      const { name: _, ...given } = data.reveal();
      return seal({ ...Object.fromEntries(kept), ...given, ...nameIn(current) });
    },
    recognises: (current) => current.labels[SECRET_TYPE_LABEL] === secretType,
    repositoryType: type,
    identity: {
      secretType,
      url: keyOf(secretType, url),
      ...(secretType === "repository" ? { project: options.project } : { project: "" }),
    },
  };
}

/** Keys of a repository or template that never hold a credential, or that lists show masked. */
export function openKeys(): string[] {
  const others = ["enableOCI", "insecureIgnoreHostKey", "webhookManifestCacheWarmDisabled"];
  return [...REPOSITORY_TEXTS, ...others, ...openCredentialKeys(), ...openOptionKeys()]
    .filter((key, i, all) => all.indexOf(key) === i);
}

/** The normalised URL that identifies a repository or template. */
function keyOf(secretType: string, url: string): string {
  return secretType === "repo-creds" ? templateKey(url) : comparableUrl(url);
}

/** The identity of a listed secret to Argo CD. */
export function identityOf(secret: SecretSummary): Required<RepositoryIdentity> {
  const { url = "", project = "" } = secret.repository ?? {};
  const secretType = secret.labels[SECRET_TYPE_LABEL] ?? "";
  // Argo CD ignores the project of a template.
  const isTemplate = secretType === "repo-creds";
  return { secretType, url: keyOf(secretType, url), project: isTemplate ? "" : project };
}
