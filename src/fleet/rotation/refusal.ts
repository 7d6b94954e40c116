import type { NotSeen, TriedPlace } from "./shapes.ts";

/** Where the new value cannot stand. */
export interface CannotHold {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  /** A clause that begins with the place. */
  readonly why: string;
}

/** Why a rotation is refused; nothing was written. */
export type Refusal =
  | { readonly kind: "same_value" }
  /** No value can be told by its fingerprint. */
  | { readonly kind: "fingerprints_unavailable" }
  /** @property rotation the one that runs */
  | { readonly kind: "running"; readonly rotation: string }
  | { readonly kind: "clusters_not_seen"; readonly notSeen: readonly NotSeen[] }
  | { readonly kind: "cannot_hold"; readonly places: readonly CannotHold[] }
  /** In these clusters, which were to go first, nothing can be rotated. */
  | { readonly kind: "first_not_found"; readonly clusters: readonly string[] }
  /** At one place at least it is refused, or, where that is not allowed, cannot be tried. */
  | { readonly kind: "refused" | "untried"; readonly tried: readonly TriedPlace[] };

export class RotationRefused extends Error {
  override readonly name = "RotationRefused";

  constructor(readonly refusal: Refusal) {
    super(refusal.kind);
  }
}
