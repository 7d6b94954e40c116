import type { KubeError } from "../../kube/errors.ts";
import { refOf, type SecretManifest, type SecretRef, type StoredSecret } from "../../kube/store.ts";
import {
  created,
  type DesiredSecret,
  isUnchanged,
  replaced,
  WRITE_ANNOTATION,
} from "../kinds/desired_secret.ts";

/** How a write changes one secret. */
export type WriteAction =
  | "create"
  | "replace"
  /** Delete, then create: the API server changes neither a secret's type nor an immutable secret. */
  | "recreate"
  /** Delete only. */
  | "remove"
  /** The secret has this value already. */
  | "unchanged";

/** Why a secret must not be written. Found before the first write, or when a write lost a race. */
export type Refusal =
  | { readonly kind: "namespace_missing"; readonly ref: SecretRef }
  | { readonly kind: "namespace_terminating"; readonly ref: SecretRef }
  | { readonly kind: "exists"; readonly ref: SecretRef }
  /** The secret is not a credential of this kind, so it belongs to somebody else. */
  | { readonly kind: "foreign"; readonly ref: SecretRef; readonly type: string }
  /** Another program manages the secret and would revert the change. */
  | { readonly kind: "owned"; readonly ref: SecretRef; readonly owner: string }
  /** argocd-configurer did not write the secret, so it does not delete it. */
  | { readonly kind: "not_ours"; readonly ref: SecretRef }
  /** The secret's content cannot be parsed, so nothing can be merged into it. */
  | { readonly kind: "unmergeable"; readonly ref: SecretRef; readonly why: string }
  /** `ref` names the service account. */
  | { readonly kind: "service_account_missing"; readonly ref: SecretRef }
  /** The secret is gone, or not in the only version that may be replaced ({@link DesiredSecret.expects}). */
  | { readonly kind: "changed"; readonly ref: SecretRef }
  /** The secret must be deleted and created to change its type, or because it is immutable. */
  | { readonly kind: "type_change"; readonly ref: SecretRef; readonly type: string }
  | { readonly kind: "immutable"; readonly ref: SecretRef }
  /** The secret waits for finalizers, or would when deleted. */
  | { readonly kind: "being_deleted"; readonly ref: SecretRef }
  | { readonly kind: "finalizers"; readonly ref: SecretRef }
  /** Other secrets have this repository's URL, and it is ambiguous which one to replace. */
  | { readonly kind: "identity"; readonly ref: SecretRef; readonly holders: readonly string[] };

/** One secret of a write, and its progress. */
export interface WriteTarget {
  readonly desired: DesiredSecret;
  action: WriteAction;
  /** The secret before this write, which a rollback restores; `undefined` when it did not exist. */
  before: StoredSecret | undefined;
  /**
   * `planned`: not sent yet. `unknown`: sent, but not answered. `written`: the cluster has our value.
   * `failed`: the cluster does not have our value. `removed`: the secret is deleted, which completes a
   * removal and is the first half of a recreate.
   */
  state: "planned" | "removed" | "unknown" | "written" | "failed";
  /** The manifest that was sent last. */
  sent?: SecretManifest;
  /** The version that this write made, when `written`. */
  ours?: { readonly uid: string; readonly resourceVersion: string };
  /** Somebody else has changed the secret after this write, so a rollback keeps their value. */
  overtaken?: true;
  error?: KubeError;
  refusal?: Refusal;
}

/** The part of a written secret's result that its desired value decides. */
export function writtenAs(desired: DesiredSecret) {
  const { beside, matchesLonger } = desired;
  return {
    ...refOf(desired),
    ...(beside === undefined ? {} : { beside }),
    ...(matchesLonger ? { matchesLonger } : {}),
  };
}

/** The manifest to send for a target. */
export function manifestOf(
  { action, before, desired }: WriteTarget,
  writeId: string,
): SecretManifest {
  return action === "create" ? created(desired, writeId) : replaced(before!, desired, writeId);
}

/** Whether the target's action has succeeded. */
export function isTargetDone({ action, state }: WriteTarget): boolean {
  return state === (action === "remove" ? "removed" : "written");
}

/** Whether the target's action deletes the secret, at least briefly. */
export function isDeleted({ action }: WriteTarget): boolean {
  return action === "recreate" || action === "remove";
}

/**
 * Whether the cluster holds a version that comes from this write; if so, the target becomes `written`.
 * The annotation alone does not prove that the value is ours, since others who edit the secret keep the
 * annotation: then the target is `overtaken`.
 */
export function recognise(
  target: WriteTarget,
  current: StoredSecret | undefined,
  writeId: string,
): boolean {
  if (current?.annotations[WRITE_ANNOTATION] !== writeId) return false;
  const isOurs = target.ours === undefined
    ? target.sent !== undefined && isUnchanged(current, target.sent)
    : target.ours.resourceVersion === current.resourceVersion;
  target.state = "written";
  if (isOurs) target.ours = current;
  else target.overtaken = true;
  return true;
}
