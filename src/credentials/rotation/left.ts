import { send } from "../../fields/advice.ts";
import { refOf, type SecretRef, type StoredSecret } from "../../kube/store.ts";
import { ownerOf } from "../kinds/owner.ts";
import { isRewritable, kindOfSecret } from "./place_kind.ts";
import { isOurs } from "../write/removal.ts";

/** Why a place that holds the old value is not rewritten. */
export type LeftReason =
  | "being_deleted"
  | "other_type"
  | "not_ours"
  | "owned"
  | "immutable"
  | "finalizers"
  | "padded"
  | "inside"
  | "as_username"
  | "unmergeable"
  | "several_values";

/** A secret, or some places of it, that still hold the old value. */
export interface Left extends SecretRef {
  readonly reason: LeftReason;
  /** The places. */
  readonly keys: readonly string[];
  readonly message: string;
  readonly remedy: string;
}

export interface LeftScope {
  readonly managedOnly: boolean;
  readonly force: boolean;
}

/** Why a whole secret is left as it is; `undefined` where it may be written. */
export function obstacleOf(
  secret: StoredSecret,
  { managedOnly, force }: LeftScope,
): Pick<Left, "reason" | "message" | "remedy"> | undefined {
  const called = calledSecret(secret);
  if (secret.deletionTimestamp !== undefined) return beingDeleted(secret);
  if (!isRewritable(secret)) return ofOtherType(secret);
  if (!force && managedOnly && !isOurs(secret)) {
    return {
      reason: "not_ours",
      message: `${called} was not written by this program`,
      remedy: `To rotate it, too, ${send({ managed_only: false })}`,
    };
  }
  const owner = ownerOf(secret);
  if (!force && owner !== undefined) {
    return {
      reason: "owned",
      message: `${called} is managed by ${owner}, which would revert the change`,
      remedy: `Change the credential there, or ${send({ force: true })}`,
    };
  }
  if (secret.immutable !== true) return undefined;
  if (!force) {
    return {
      reason: "immutable",
      message: `${called} is immutable`,
      remedy: "To have it deleted and created again, which leaves a moment without it, " +
        send({ force: true }),
    };
  }
  return secret.finalizers?.length
    ? {
      reason: "finalizers",
      message:
        `${called} is immutable and has finalizers, so it would not be gone at once when it ` +
        "is deleted",
      remedy: "Remove the finalizers, then send the same request again",
    }
    : undefined;
}

/** Of one that is looked at only: what stands in it is no credential for repositories or registries. */
function ofOtherType(secret: StoredSecret): Pick<Left, "reason" | "message" | "remedy"> {
  const what = kindOfSecret(secret) === "cluster"
    ? "says how Argo CD logs in to a cluster"
    : "is of a type of Argo CD's that is not known here";
  return {
    reason: "other_type",
    message: `${calledSecret(secret)} ${what}, and is never rewritten`,
    remedy: "Change it where it was written, as with 'argocd cluster add'",
  };
}

/** Of a secret that is going, or whose namespace is. */
export function beingDeleted(
  secret: SecretRef,
  what = "",
): Pick<Left, "reason" | "message" | "remedy"> {
  return {
    reason: "being_deleted",
    message: `${calledSecret(secret)} is being deleted${what}`,
    remedy: "Send the same request again when it is gone",
  };
}

/** Why places of a secret are left as they are, whatever the request allows. */
export function leftPlaces(
  secret: SecretRef,
  reason: Extract<
    LeftReason,
    "padded" | "inside" | "as_username" | "unmergeable" | "several_values"
  >,
  keys: readonly string[],
  why = "",
): Left {
  const called = calledSecret(secret);
  const at = keys.map((key) => `'${key}'`).join(", ");
  const { message, remedy } = PLACES[reason];
  return { ...refOf(secret), reason, keys, message: `${called} ${message(at, why)}`, remedy };
}

/** Why places are left that hold what was given, less the white space that was given around it. */
export function leftWithoutPadding(secret: SecretRef, keys: readonly string[]): Left {
  const at = keys.map((key) => `'${key}'`).join(", ");
  return {
    ...refOf(secret),
    reason: "padded",
    keys,
    message:
      `${calledSecret(secret)} holds the old value in ${at} without the white space that was ` +
      "given around it, so it is another value",
    remedy: "Give the old value without white space around it",
  };
}

const PLACES: Readonly<
  Record<
    Parameters<typeof leftPlaces>[1],
    { readonly message: (at: string, why: string) => string; readonly remedy: string }
  >
> = {
  padded: {
    message: (at) =>
      `holds the old value in ${at} with white space around it, which is another value`,
    remedy: "Write the credential anew, without the white space",
  },
  inside: {
    message: (at) => `holds the old value in ${at} as a part of a longer text`,
    remedy: "Change that text where it was written",
  },
  as_username: {
    message: (at) => `holds the old value in ${at} as a user name`,
    remedy: "If that user name is the credential, write it anew",
  },
  unmergeable: {
    message: (at, why) => `holds the old value in ${at}, which cannot be rewritten: ${why}`,
    remedy: "Write the credential anew",
  },
  several_values: {
    message: (at) =>
      `holds different values in ${at}, and the request does not tell which is meant`,
    remedy: "Give the old value itself, or a registry and user name",
  },
};

const calledSecret = ({ namespace, name }: SecretRef) =>
  `Secret '${name}' in namespace '${namespace}'`;
