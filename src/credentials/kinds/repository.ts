import { decodeBase64Text, encodeBase64Text } from "../../text/bytes.ts";
import { seal } from "../../log/sealed.ts";
import { REPOSITORY_TEXTS } from "../../kube/repository_fields.ts";
import type { SecretData, SecretSummary, StoredSecret } from "../../kube/store.ts";
import { comparableUrl, templateKey } from "./comparable_url.ts";
import type { RepositoryType, SecretKind } from "./credential_kind.ts";
import type { Alias, DesiredSecret, ExactRepository, Identity } from "./kind.ts";
import { BESIDE, type RepositoryCredential } from "./kinds.ts";
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
 * Argo CD's mark of a repository secret that may be deleted whole; without it `argocd repo rm`
 * only strips the label and leaves the password behind.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.0/util/db/repository_secrets.go
 */
const ARGOCD_MANAGED = { "managed-by": "argocd.argoproj.io" };

export interface RepositoryRequest {
  readonly as: SecretKind;
  readonly type: RepositoryType;
  readonly argocdNamespace: string;
  /** Absent where a public repository is written, or the credential that is there is kept. */
  readonly credential?: RepositoryCredential;
  /** A client certificate, which is used beside a password or token too. */
  readonly clientCertificate?: ClientCertificate;
  readonly options: RepositoryOptions;
  /** When the credential ends, as it was declared, in ISO time. */
  readonly expires?: string | undefined;
  /** Whether to write the template too, where a repository's URL has one. */
  readonly template: boolean;
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

/** Spellings that to Argo CD are another URL than the one that is stored. */
function aliasesOf(
  { as, type }: RepositoryRequest,
  { url, oci, literal }: Pick<RepositoryUrl, "url" | "oci" | "literal">,
): Alias[] {
  const aliases = [
    // Charts are found without the scheme, Applications that take them for OCI artifacts with it.
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
    // What is there of this name for another URL is somebody's.
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
 * The same secret, but for the URL that is stored already: who spells it so goes on finding it, and so
 * does who relies on a template's matching longer names.
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

/** Name of the repository that goes with a template, for exactly its URL. */
export function exactName(name: string): string {
  return `${name}-repository`;
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
  const { taken, dropped } = credentialKeys(credential, secretType);
  const isHelmOci = oci && type === "helm";
  const fields: SecretData = {
    ...(secretType === "repository" ? { name } : {}),
    url,
    type,
    ...taken,
    ...(certificate === undefined ? {} : valuesOf(BESIDE, certificate, secretType)),
    ...optionKeys(options, secretType),
    ...(isHelmOci ? { enableOCI: "true" } : {}),
  };
  const data = seal(encoded(fields));
  /** Charts depend on the name that is there: it changes only when that is asked for. */
  const nameIn = (current: StoredSecret): SecretData => {
    const asked = options.repository_name;
    const isGiven = asked !== undefined || (current.data.reveal().name ?? "") === "";
    if (secretType !== "repository" || !isGiven) return {};
    if (asked !== undefined) return { name: encodeBase64Text(asked) };
    return type === "helm" ? { name: encodeBase64Text(current.name) } : {};
  };
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
    ...(request.expires === undefined ? {} : { expires: request.expires }),
    data,
    // The fields that the request is about; others (project, proxy, TLS …) stay.
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

/** Keys of a repository or template whose values are shown in lists, or hold no credential. */
export function openKeys(): string[] {
  const others = ["enableOCI", "insecureIgnoreHostKey", "webhookManifestCacheWarmDisabled"];
  return [...REPOSITORY_TEXTS, ...others, ...openCredentialKeys(), ...openOptionKeys()]
    .filter((key, i, all) => all.indexOf(key) === i);
}

/** What a repository or a template of this URL is known by. */
function keyOf(secretType: string, url: string): string {
  return secretType === "repo-creds" ? templateKey(url) : comparableUrl(url);
}

/** What Argo CD knows a listed secret by. */
export function identityOf(secret: SecretSummary): Required<Identity> {
  const { url = "", project = "" } = secret.repository ?? {};
  const secretType = secret.labels[SECRET_TYPE_LABEL] ?? "";
  // Argo CD does not read it from templates.
  const isTemplate = secretType === "repo-creds";
  return { secretType, url: keyOf(secretType, url), project: isTemplate ? "" : project };
}
