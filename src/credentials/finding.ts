import type { SecretRef } from "../kube/store.ts";

/**
 * A problem with stored credentials, found by reading secrets alone, without contacting a registry or Git
 * server: a value that Argo CD cannot parse, two secrets for one URL, a pull secret that no image can
 * match.
 */
export interface Finding {
  /** A stable code for scripts, in lower case with underscores: `duplicate_repository`. */
  readonly code: string;
  /** What is wrong, and its consequence. It never contains a credential's value; URLs are masked. */
  readonly message: string;
  /** How to fix the problem, in the imperative. */
  readonly remedy?: string;
  /**
   * The secrets of one cluster that have the problem; the one to change comes first. A secret that is
   * missing but should exist is named, too.
   */
  readonly secrets: readonly SecretRef[];
}
