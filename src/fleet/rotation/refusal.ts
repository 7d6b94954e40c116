import type { ClusterNotSeen, VerifiedPlace } from "./shapes.ts";

/** A place that cannot store the new value. */
export interface UnwritablePlace {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  /** A clause that starts with the place. */
  readonly why: string;
}

/** Why a rotation is refused. Nothing was written. */
export type RotationRefusal =
  | { readonly kind: "same_value" }
  /** The search is by fingerprint, and fingerprints are unavailable. */
  | { readonly kind: "fingerprints_unavailable" }
  /** @property rotation the id of the running one */
  | { readonly kind: "running"; readonly rotation: string }
  /** @property isFirst whether one of these clusters goes first */
  | {
    readonly kind: "clusters_not_seen";
    readonly notSeen: readonly ClusterNotSeen[];
    readonly isFirst: boolean;
  }
  | { readonly kind: "cannot_hold"; readonly places: readonly UnwritablePlace[] }
  /** These clusters go first, and have nothing to rotate. */
  | { readonly kind: "first_not_found"; readonly clusters: readonly string[] }
  /** The new value is refused at a place, or could not be verified at one and the request does not allow that. */
  | { readonly kind: "refused" | "untried"; readonly tried: readonly VerifiedPlace[] };

export class RotationRefused extends Error {
  override readonly name = "RotationRefused";

  constructor(readonly refusal: RotationRefusal) {
    super(refusal.kind);
  }
}
