/**
 * What a rotation answers, as it goes over the wire. No value is in it, of the old credential or of the
 * new one.
 */

import { LEAST_LENGTH } from "../../credentials/rotation/inside.ts";
import type { Change } from "../../credentials/kinds/changes.ts";

/** What came of a rotation on one cluster; of a dry run, what would. */
export const CLUSTER_STATES = [
  "rotated",
  /** What is to be rotated there holds the new value already. */
  "unchanged",
  /** There is nothing that may be rotated. */
  "not_found",
  "failed",
  "not_begun",
] as const;
export type ClusterState = typeof CLUSTER_STATES[number];

/** Whether the old value is still anywhere. */
export const OLD_VALUE_STATES = ["gone", "remains", "unknown"] as const;
export type OldValueState = typeof OLD_VALUE_STATES[number];

/** Why the old value must not be revoked yet. */
export const REASON_CODES = [
  "never_found",
  "not_seen",
  "namespaces_not_listed",
  "places_left",
  "limited_token",
  /** It was a dry run. */
  "dry_run",
] as const;
export type ReasonCode = typeof REASON_CODES[number];

export interface Reason {
  readonly code: ReasonCode;
  readonly message: string;
  /** That it is about, sorted. */
  readonly clusters?: readonly string[];
}

/** Where a value stands. */
export interface ValuePlace {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  /** As in the matrix's fingerprints: Argo CD's key, or a registry. */
  readonly place?: string;
  /** Of the secret's data. */
  readonly key: string;
  /** Of the row of the matrix that the secret is in. */
  readonly kind: string;
  readonly registry?: string;
  /** Of a repository or template; user information and tokens are masked. */
  readonly url?: string;
  /** Masked when it looks like a token. */
  readonly username?: string;
  readonly managed: boolean;
  readonly owner: string | null;
  /** Whether there is white space around it: no rotation writes such a one. */
  readonly padded?: true;
  /** Whether it is a part of a longer text; nor such a one. */
  readonly inside?: true;
}

/** A cluster, or a part of it, that was not seen. */
export interface NotSeen {
  readonly cluster: string;
  /** Why, in a word. */
  readonly status: string;
  readonly message: string;
}

/** A secret that was rotated, would be, or needs not be. */
export interface RotatedSecret {
  readonly namespace: string;
  readonly name: string;
  /** Where in it the old value stood, or the new one stands: Argo CD's keys, or registries. */
  readonly keys: readonly string[];
  readonly output: string;
  /** What would change; of a dry run. */
  readonly changes?: readonly Change[];
}

/** A secret that keeps the old value. */
export interface LeftSecret {
  readonly namespace: string;
  readonly name: string;
  /** As of {@link RotatedSecret}. */
  readonly keys: readonly string[];
  /** In a word. */
  readonly reason: string;
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** What came of one cluster. */
export interface RotationCluster {
  readonly cluster: string;
  readonly status: ClusterState;
  readonly status_code: number;
  /** Whether it was among those that go first. */
  readonly first?: true;
  readonly secrets: readonly RotatedSecret[];
  readonly left: readonly LeftSecret[];
  /** What the user should know of what is written; absent of nothing. */
  readonly hints?: readonly string[];
  /** The error, of one that failed or was not begun. */
  readonly answer?: object;
  /** As the audit log has it, which does not say which name stands in which namespace. */
  readonly written?: {
    readonly names: readonly string[];
    readonly namespaces: readonly string[];
    readonly counts?: Readonly<Record<string, number>>;
  };
  readonly transport?: "kubectl" | "api";
  readonly same_server_as?: readonly string[];
}

export interface OldValue {
  readonly state: OldValueState;
  /** Of several credentials where they were sought by something else than a value. */
  readonly fingerprints: readonly string[];
  readonly places: readonly ValuePlace[];
  readonly not_seen: readonly NotSeen[];
}

/** Whether the old value may be revoked, and why not. */
export interface Proof {
  readonly old_value: OldValue;
  readonly safe_to_revoke: boolean;
  /** At least one where it is not safe; absent where it is. */
  readonly reasons?: readonly Reason[];
}

/** What trying the new value at one place came to. */
export interface TriedPlace {
  /** A registry's host, a URL. */
  readonly at: string;
  readonly state: "accepted" | "refused" | "unreachable" | "not_tried";
  readonly message: string;
  readonly expires?: string;
  /** That it was not asked now, but earlier. */
  readonly remembered?: true;
  /** That the place asks nobody for a credential. */
  readonly open?: true;
  /** Of a dry run: that nothing could be tried there, so that it is written untried or not at all. */
  readonly untriable?: true;
}

/** Places where no rotation looks, for whoever is about to revoke a value. */
export const NEVER_LOOKED_AT: readonly string[] = [
  "other Opaque secrets",
  "annotations and labels of secrets",
  `longer texts with a value of under ${LEAST_LENGTH} characters in them`,
  "longer texts with the value in them, where only its fingerprint is known and it is no word of its own",
  "ConfigMaps",
  "environment variables of pods",
  "Git repositories",
  "Argo CD's secrets outside its configured namespace",
  "clusters that are not configured here",
];
