import { LAST_APPLIED } from "../../kube/manifest.ts";
import type { SecretManifest, SecretRef, StoredSecret } from "../../kube/store.ts";
import { expiresAnnotation, expiresAnnotations } from "./expires_annotation.ts";

/** Names the program that manages a secret. A value that somebody else has set is kept. */
export const MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";
export const MANAGED_BY = "argocd-configurer";

/** The id of the last write of argocd-configurer to the secret. */
export const WRITE_ANNOTATION = "argocd-configurer.io/request";

/** What identifies a repository to Argo CD: of two secrets with the same identity it picks one at random. */
export interface RepositoryIdentity {
  /** `repository` or `repo-creds`. */
  readonly secretType: string;
  /** Normalised as Argo CD compares it; for a template without the trailing slash. */
  readonly url: string;
  /** @default the project of the secret that is replaced */
  readonly project?: string;
}

/**
 * One secret of a request, and how to replace an existing one. The write calls these functions; they are
 * pure and never access a cluster.
 */
export interface DesiredSecret extends SecretRef {
  readonly type: string;
  /** Labels to set. Other labels of an existing secret are kept; the same holds for annotations. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /**
   * When the credential expires, as declared in the request; ISO 8601. Without it, a declared expiry of an
   * existing secret is kept only with its values.
   */
  readonly expires?: string;
  /** The whole data of a new secret, in base64, sealed. */
  readonly data: SecretManifest["data"];
  /** The data that replaces an existing credential of this kind; it may keep parts of the old data. */
  merge(current: StoredSecret): SecretManifest["data"];
  /** Why {@link merge} cannot parse the existing secret; absent where it always can. */
  unmergeable?(current: StoredSecret): string | undefined;
  /** Hints about the parts that {@link merge} keeps. */
  hints?(current: StoredSecret): readonly string[];
  /** Whether an existing secret is a credential of this kind. Any other is replaced only with `force`. */
  recognises(current: StoredSecret): boolean;
  /**
   * The only version of the existing secret that may be replaced; a missing secret is not created.
   * @default any version: a secret that changes during the write is planned again
   */
  readonly expects?: Pick<StoredSecret, "uid" | "resourceVersion">;
  /** Only for a repository or template. */
  readonly identity?: RepositoryIdentity;
  /** `helm`, `git` or `oci`; only for a repository or template. */
  readonly repositoryType?: string;
  /** Other spellings of the URL that are different URLs to Argo CD but may be meant. */
  readonly aliases?: readonly Alias[];
  /** Only for a template: the repository for exactly the template's URL, which the template does not match. */
  readonly exact?: ExactRepository;
  /** The name of the secret that this one is written beside, with the same credential. */
  readonly beside?: string;
  /** Whether this is a template that keeps its URL without a trailing slash, and so matches longer names. */
  readonly matchesLonger?: true;
}

/** A URL in another spelling, which another secret may have. */
export interface Alias {
  /** Normalised as {@link RepositoryIdentity.url}. */
  readonly url: string;
  /** Whether Applications can use a secret with this spelling, so that it gets the new credential, too. */
  readonly isUsed: boolean;
}

/** The repository for exactly the URL of a template. */
export interface ExactRepository {
  readonly url: string;
  readonly identity: RepositoryIdentity;
  /** As {@link Alias.url}. */
  readonly aliases: readonly string[];
  /**
   * The repository secret of this name, with the template's credential.
   * @param uid of the secret of this name that an earlier write of the template created; it may be
   * replaced even if it is for another URL
   */
  named(name: string, uid?: string): DesiredSecret;
}

/** The manifest that creates `desired`. */
export function created(desired: DesiredSecret, writeId: string): SecretManifest {
  return {
    namespace: desired.namespace,
    name: desired.name,
    type: desired.type,
    labels: { [MANAGED_BY_LABEL]: MANAGED_BY, ...desired.labels },
    annotations: {
      ...expiresAnnotation(desired.expires),
      ...desired.annotations,
      [WRITE_ANNOTATION]: writeId,
    },
    data: desired.data,
  };
}

/** The manifest that replaces `current` with `desired` and keeps what others added. */
export function replaced(
  current: StoredSecret,
  desired: DesiredSecret,
  writeId: string,
): SecretManifest {
  const { type } = desired;
  const data = desired.recognises(current) ? desired.merge(current) : desired.data;
  const labels = { [MANAGED_BY_LABEL]: MANAGED_BY, ...current.labels, ...desired.labels };
  const kept = expiresAnnotations(current, { type, labels, data }, desired.expires);
  // kubectl's last-applied annotation holds the old values, so it is dropped.
  const { [LAST_APPLIED]: _dropped, ...annotations } = kept;
  return {
    namespace: current.namespace,
    name: current.name,
    type,
    labels,
    annotations: { ...annotations, ...desired.annotations, [WRITE_ANNOTATION]: writeId },
    data,
    // Set only for a recreate: the API server rejects the replacement of an immutable secret.
    immutable: current.immutable,
    ownerReferences: current.ownerReferences,
    finalizers: current.finalizers,
    resourceVersion: current.resourceVersion,
  };
}

/** Whether a replacement would change nothing but the write id. */
export function isUnchanged(current: StoredSecret, replacement: SecretManifest): boolean {
  return current.type === replacement.type &&
    sameEntries(current.data.reveal(), replacement.data.reveal()) &&
    sameEntries(current.labels, replacement.labels) &&
    sameEntries(
      { ...current.annotations, [WRITE_ANNOTATION]: "" },
      { ...replacement.annotations, [WRITE_ANNOTATION]: "" },
    );
}

function sameEntries(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
}
