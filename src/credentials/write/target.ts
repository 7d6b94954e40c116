import type { KubeError } from "../../kube/errors.ts";
import { refOf, type SecretManifest, type SecretRef, type StoredSecret } from "../../kube/store.ts";
import {
  created,
  type DesiredSecret,
  isUnchanged,
  replaced,
  WRITE_ANNOTATION,
} from "../kinds/kind.ts";

/** What is to be done about one secret. */
export type Step =
  | "create"
  | "replace"
  /** Delete and create: the API changes neither a type nor an immutable secret. */
  | "recreate"
  /** Delete alone. */
  | "remove"
  /** It holds this value already. */
  | "unchanged";

/** Why a secret is not written; found before the first write, or when one lost a race. */
export type Refusal =
  | { readonly kind: "namespace_missing"; readonly ref: SecretRef }
  | { readonly kind: "namespace_terminating"; readonly ref: SecretRef }
  | { readonly kind: "exists"; readonly ref: SecretRef }
  /** It is no credential of this kind: somebody else's, and left alone. */
  | { readonly kind: "foreign"; readonly ref: SecretRef; readonly type: string }
  /** Another program looks after it, and would write it again. */
  | { readonly kind: "owned"; readonly ref: SecretRef; readonly owner: string }
  /** It was not written by this program, so it is not deleted. */
  | { readonly kind: "not_ours"; readonly ref: SecretRef }
  /** What it holds cannot be understood, so nothing can be added to it. */
  | { readonly kind: "unmergeable"; readonly ref: SecretRef; readonly why: string }
  /** `ref` is the service account's. */
  | { readonly kind: "service_account_missing"; readonly ref: SecretRef }
  /** It is not in the version that alone may be replaced, or not there any more. */
  | { readonly kind: "changed"; readonly ref: SecretRef }
  /** Only deleting and creating would do. */
  | { readonly kind: "type_change"; readonly ref: SecretRef; readonly type: string }
  | { readonly kind: "immutable"; readonly ref: SecretRef }
  /** It waits for finalizers, or would when deleted. */
  | { readonly kind: "being_deleted"; readonly ref: SecretRef }
  | { readonly kind: "finalizers"; readonly ref: SecretRef }
  /** Other secrets hold this repository; which one is meant cannot be told. */
  | { readonly kind: "identity"; readonly ref: SecretRef; readonly holders: readonly string[] };

/** One secret on its way through a write. */
export interface Target {
  readonly desired: DesiredSecret;
  step: Step;
  /** What the secret was before our write: what a put-back restores. */
  before: StoredSecret | undefined;
  /**
   * `planned`: to be written. `removed`: it is deleted, which is all of a removal and the first
   * half of a recreate. `unknown`: sent, no answer. `written`: the cluster holds ours. `failed`: the cluster does not hold ours.
   */
  state: "planned" | "removed" | "unknown" | "written" | "failed";
  /** What was sent last. */
  sent?: SecretManifest;
  /** The version that we wrote, when `written`. */
  ours?: { readonly uid: string; readonly resourceVersion: string };
  /** It was `written`, but somebody else has written since: theirs to keep. */
  overtaken?: true;
  error?: KubeError;
  refusal?: Refusal;
}

/** What is told of a secret that is written, besides what was done. */
export function writtenAs(desired: DesiredSecret) {
  const { beside, matchesLonger } = desired;
  return {
    ...refOf(desired),
    ...(beside === undefined ? {} : { beside }),
    ...(matchesLonger ? { matchesLonger } : {}),
  };
}

/** What is sent to make the secret what it is to be. */
export function manifestOf({ step, before, desired }: Target, writeId: string): SecretManifest {
  return step === "create" ? created(desired, writeId) : replaced(before!, desired, writeId);
}

/** Whether what was to be done about a secret is done. */
export function isDone({ step, state }: Target): boolean {
  return state === (step === "remove" ? "removed" : "written");
}

/** Whether the secret is deleted on the way. */
export function isDeleted({ step }: Target): boolean {
  return step === "recreate" || step === "remove";
}

/**
 * Notes in a target what the cluster holds, when that comes from this write; false when it does
 * not. The annotation alone does not tell: who edits a secret leaves it there.
 */
export function recognise(
  target: Target,
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
