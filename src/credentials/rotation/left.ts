import { send } from "../../fields/advice.ts";
import { refOf, type SecretRef, type StoredSecret } from "../../kube/store.ts";
import { ownerOf } from "../kinds/owner.ts";
import { isRewritable, kindOfSecret } from "./place_kind.ts";
import { isOurs } from "../write/removal.ts";

/** Why a place with the old value is not rewritten. */
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

/** A secret, or some of its places, that keep the old value. */
export interface LeftEntry extends SecretRef {
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

/** Why a whole secret is not rewritten; `undefined` where it may be. */
export function obstacleOf(
  secret: StoredSecret,
  { managedOnly, force }: LeftScope,
): Pick<LeftEntry, "reason" | "message" | "remedy"> | undefined {
  const title = titleOf(secret);
  if (secret.deletionTimestamp !== undefined) return beingDeleted(secret);
  if (!isRewritable(secret)) return otherType(secret);
  if (!force && managedOnly && !isOurs(secret)) {
    return {
      reason: "not_ours",
      message: `${title} is not managed by argocd-configurer`,
      remedy: `To rotate such secrets as well, ${send({ managed_only: false })}`,
    };
  }
  const owner = ownerOf(secret);
  if (!force && owner !== undefined) {
    return {
      reason: "owned",
      message: `${title} is managed by ${owner}, which would revert the change`,
      remedy: `Change the credential at its source, or ${send({ force: true })}`,
    };
  }
  if (secret.immutable !== true) return undefined;
  if (!force) {
    return {
      reason: "immutable",
      message: `${title} is immutable`,
      remedy: `To delete and recreate it (it is briefly missing), ${send({ force: true })}`,
    };
  }
  return secret.finalizers?.length
    ? {
      reason: "finalizers",
      message: `${title} is immutable and has finalizers, so it cannot be deleted immediately`,
      remedy: "Remove the finalizers, then send the same request again",
    }
    : undefined;
}

/** The obstacle of a secret that is only searched, because it is not a repository or registry credential. */
function otherType(secret: StoredSecret): Pick<LeftEntry, "reason" | "message" | "remedy"> {
  const what = kindOfSecret(secret) === "cluster"
    ? "is an Argo CD cluster secret"
    : "has an unknown Argo CD secret type";
  return {
    reason: "other_type",
    message: `${titleOf(secret)} ${what}, which is never rewritten`,
    remedy: "Change it with the tool that created it, such as 'argocd cluster add'",
  };
}

/** The obstacle of a secret that is being deleted, or whose namespace is. */
export function beingDeleted(
  secret: SecretRef,
  what = "",
): Pick<LeftEntry, "reason" | "message" | "remedy"> {
  return {
    reason: "being_deleted",
    message: `${titleOf(secret)} is being deleted${what}`,
    remedy: "Wait until it is gone, then send the same request again",
  };
}

/** The entry for places of a secret that are never rewritten, whatever the request allows. */
export function leftPlaces(
  secret: SecretRef,
  reason: Extract<
    LeftReason,
    "padded" | "inside" | "as_username" | "unmergeable" | "several_values"
  >,
  keys: readonly string[],
  why = "",
): LeftEntry {
  const at = keys.map((key) => `'${key}'`).join(", ");
  const { message, remedy } = PLACES[reason];
  const text = `${titleOf(secret)} ${message(at, why)}`;
  return { ...refOf(secret), reason, keys, message: text, remedy };
}

/** The entry for places that contain the given value without the white space around it. */
export function leftWithoutPadding(secret: SecretRef, keys: readonly string[]): LeftEntry {
  const at = keys.map((key) => `'${key}'`).join(", ");
  return {
    ...refOf(secret),
    reason: "padded",
    keys,
    message:
      `${titleOf(secret)} contains the old value in ${at} without the white space that was ` +
      "given around it, so it is a different value",
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
      `contains the old value in ${at} with white space around it, so it is a different value`,
    remedy: "Write the credential again without the white space",
  },
  inside: {
    message: (at) => `contains the old value in ${at} as part of a longer text`,
    remedy: "Change that text at its source",
  },
  as_username: {
    message: (at) => `contains the old value in ${at} as a user name`,
    remedy: "If the user name is the credential, write the secret again",
  },
  unmergeable: {
    message: (at, why) => `contains the old value in ${at}, which cannot be rewritten: ${why}`,
    remedy: "Write the credential again",
  },
  several_values: {
    message: (at) =>
      `contains different values in ${at}, and the request does not say which one to replace`,
    remedy: "Give the old value itself, or a registry and user name",
  },
};

const titleOf = ({ namespace, name }: SecretRef) => `Secret ${namespace}/${name}`;
