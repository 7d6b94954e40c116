import type { SecretRef } from "../kube/store.ts";

/**
 * Something about stored credentials that a person should know or change, told without asking anybody:
 * a value that Argo CD cannot parse, two secrets for one URL, a pull secret that no image can match.
 */
export interface Finding {
  /** For machines, in lower case with underscores: `duplicate_repository`. It never changes. */
  readonly code: string;
  /** What is wrong and what comes of it. Nothing in it is a credential's value; URLs are as they are shown. */
  readonly message: string;
  /** What to do about it, in the imperative. */
  readonly remedy?: string;
  /**
   * The secrets of one cluster that it is about, the one to change first. One that should be there and is
   * not is named all the same.
   */
  readonly secrets: readonly SecretRef[];
}
