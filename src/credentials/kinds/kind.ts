import { LAST_APPLIED } from "../../kube/manifest.ts";
import type { SecretManifest, SecretRef, StoredSecret } from "../../kube/store.ts";
import { expiresAnnotation, expiresAnnotations } from "./expires_annotation.ts";

/** Says which program wrote a secret; set only where nobody has set it before. */
export const MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";
export const MANAGED_BY = "argocd-configurer";

/** Says which write made the secret what it is. */
export const WRITE_ANNOTATION = "argocd-configurer.io/request";

/** What a secret is known by to Argo CD: two with the same are one too many. */
export interface Identity {
  /** `repository` or `repo-creds`. */
  readonly secretType: string;
  /** Normalised as Argo CD compares it; of a template without the slash at its end. */
  readonly url: string;
  /** Absent: that of the secret which is replaced. */
  readonly project?: string;
}

/**
 * One secret that a request wants, and what its kind of credential knows about replacing one. The
 * write asks; nothing here touches a cluster.
 */
export interface DesiredSecret extends SecretRef {
  readonly type: string;
  /** Set on what is written; labels of others stay. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** When what it holds ends, as it was declared, in ISO time; else what was declared goes with old values. */
  readonly expires?: string;
  /** The whole data of a new secret, in base64, sealed. */
  readonly data: SecretManifest["data"];
  /** The data of a replacement of a credential of this kind, from what is there. */
  merge(current: StoredSecret): SecretManifest["data"];
  /** Why {@link merge} cannot make sense of what is there; absent where it always can. */
  unmergeable?(current: StoredSecret): string | undefined;
  /** What the user should know about what {@link merge} keeps. */
  hints?(current: StoredSecret): readonly string[];
  /** Whether what is there is a credential of this kind; else it is left alone. */
  recognises(current: StoredSecret): boolean;
  /**
   * The version of what is there that alone may be replaced; then nothing is created. @default any, and
   * one that has changed in the meantime is planned anew
   */
  readonly expects?: Pick<StoredSecret, "uid" | "resourceVersion">;
  readonly identity?: Identity;
  /** `helm`, `git` … of what has an identity. */
  readonly repositoryType?: string;
  /** Spellings that to Argo CD are another URL, though who gives them may mean this one. */
  readonly aliases?: readonly Alias[];
  /** Of a template: what Applications have to find that name its own URL, which it does not match. */
  readonly exact?: ExactRepository;
  /** Name of the secret that this one is written beside, with the same credential. */
  readonly beside?: string;
  /** Whether it is a template that stays without a slash at its end, and so matches longer names. */
  readonly matchesLonger?: true;
}

/** A URL as others may have stored it. */
export interface Alias {
  /** What {@link Identity.url} is of the secret. */
  readonly url: string;
  /** Whether Applications can use a secret with it, so that it gets the new credential, too. */
  readonly isUsed: boolean;
}

/** A repository for exactly the URL that a template is named by. */
export interface ExactRepository {
  readonly url: string;
  readonly identity: Identity;
  /** As {@link Alias.url}. */
  readonly aliases: readonly string[];
  /**
   * The secret of this name with the template's credential.
   * @param uid of one that was written with the template, and may be for another URL
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

/** The manifest that replaces `current` by `desired`; what others put there stays. */
export function replaced(
  current: StoredSecret,
  desired: DesiredSecret,
  writeId: string,
): SecretManifest {
  const { type } = desired;
  const data = desired.recognises(current) ? desired.merge(current) : desired.data;
  const labels = { [MANAGED_BY_LABEL]: MANAGED_BY, ...current.labels, ...desired.labels };
  const kept = expiresAnnotations(current, { type, labels, data }, desired.expires);
  // What it was applied with, old values included, is never kept.
  const { [LAST_APPLIED]: _dropped, ...annotations } = kept;
  return {
    namespace: current.namespace,
    name: current.name,
    type,
    labels,
    annotations: { ...annotations, ...desired.annotations, [WRITE_ANNOTATION]: writeId },
    data,
    // Only where it is deleted for it: the API server refuses to replace an immutable one.
    immutable: current.immutable,
    ownerReferences: current.ownerReferences,
    finalizers: current.finalizers,
    resourceVersion: current.resourceVersion,
  };
}

/** Whether a replacement would change anything besides the mark of who wrote it last. */
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
