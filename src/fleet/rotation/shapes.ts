/** The wire format of a rotation's response. It contains neither the old nor the new value. */

import { LEAST_LENGTH } from "../../credentials/rotation/inside.ts";
import type { Change } from "../../credentials/kinds/changes.ts";

/** The status of a rotation on one cluster; in a dry run, the expected one. */
export const CLUSTER_STATES = [
  "rotated",
  /** The secrets already contain the new value. */
  "unchanged",
  /** No secret may be rotated. */
  "not_found",
  "failed",
  "not_begun",
] as const;
export type ClusterState = typeof CLUSTER_STATES[number];

/** Whether any place still contains the old value. */
export const OLD_VALUE_STATES = ["gone", "remains", "unknown"] as const;
export type OldValueState = typeof OLD_VALUE_STATES[number];

/** Why the old value is not safe to revoke yet. */
export const REASON_CODES = [
  "never_found",
  "not_seen",
  "namespaces_not_listed",
  "places_left",
  "limited_token",
  "dry_run",
] as const;
export type ReasonCode = typeof REASON_CODES[number];

export interface Reason {
  readonly code: ReasonCode;
  readonly message: string;
  /** The clusters that it is about, sorted. */
  readonly clusters?: readonly string[];
}

/** A place that contains a value. */
export interface ValuePlace {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  /** As in the matrix's fingerprints: Argo CD's key, or a registry. */
  readonly place?: string;
  /** The key of the secret's data. */
  readonly key: string;
  /** The kind of the secret's matrix row. */
  readonly kind: string;
  readonly registry?: string;
  /** Only of a repository or template; user information and tokens are masked. */
  readonly url?: string;
  /** Masked when it looks like a token. */
  readonly username?: string;
  readonly managed: boolean;
  readonly owner: string | null;
  /** Whether white space surrounds the value. Such a place is never rewritten. */
  readonly padded?: true;
  /** Whether the value is part of a longer text. Such a place is never rewritten. */
  readonly inside?: true;
}

/** A cluster, or a part of it, that could not be searched. */
export interface ClusterNotSeen {
  readonly cluster: string;
  /** The reason as a code. */
  readonly status: string;
  readonly message: string;
}

/** A secret that was rotated, would be rotated, or has the new value already. */
export interface RotatedSecret {
  readonly namespace: string;
  readonly name: string;
  /** The places with the old or the new value: Argo CD's keys, or registries. */
  readonly keys: readonly string[];
  readonly output: string;
  /** The changes of a dry run. */
  readonly changes?: readonly Change[];
}

/** A secret that keeps the old value. */
export interface LeftSecret {
  readonly namespace: string;
  readonly name: string;
  /** See {@link RotatedSecret}. */
  readonly keys: readonly string[];
  /** A code. */
  readonly reason: string;
  readonly message: string;
  readonly remedy: string;
}

/** The result of one cluster. */
export interface RotationCluster {
  readonly cluster: string;
  readonly status: ClusterState;
  readonly status_code: number;
  /** Whether the cluster was among the first ones. */
  readonly first?: true;
  readonly secrets: readonly RotatedSecret[];
  readonly left: readonly LeftSecret[];
  /** Hints about the written secrets; absent where there are none. */
  readonly hints?: readonly string[];
  /** The error of a cluster that failed or was not started. */
  readonly answer?: object;
  /** From the audit log, which does not record which name is in which namespace. */
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
  /** Several where the search was by registry, URL or name. */
  readonly fingerprints: readonly string[];
  readonly places: readonly ValuePlace[];
  readonly not_seen: readonly ClusterNotSeen[];
}

/** Whether the old value is safe to revoke, and why not. */
export interface Proof {
  readonly old_value: OldValue;
  readonly safe_to_revoke: boolean;
  /** At least one where it is not safe to revoke; absent where it is. */
  readonly reasons?: readonly Reason[];
}

/** The result of verifying the new value at one place. */
export interface VerifiedPlace {
  /** A registry's host, a URL. */
  readonly at: string;
  readonly state: "accepted" | "refused" | "unreachable" | "not_tried";
  readonly message: string;
  readonly expires?: string;
  /** Whether it is the result of an earlier check. */
  readonly cached?: true;
  /** Whether the place needs no credential. */
  readonly open?: true;
  /** In a dry run: whether the value cannot be verified there, so that it is written unverified or not at all. */
  readonly unverifiable?: true;
}

/** The message of a place in a dry run where the value will be verified. */
export const VERIFIED_HERE = "Will be verified here";

/** What a search by fingerprint cannot find, while one by value can. */
export const FINGERPRINT_LIMIT =
  "longer texts that contain the value, except as a separate word (if only its fingerprint is known)";

/** Where no rotation searches, for users who are about to revoke a value. */
export const NEVER_LOOKED_AT: readonly string[] = [
  "other secrets (Opaque, basic-auth, …)",
  "annotations and labels",
  `longer texts that contain a value of under ${LEAST_LENGTH} characters`,
  FINGERPRINT_LIMIT,
  "ConfigMaps",
  "environment variables of pods",
  "Git",
  "Argo CD's secrets outside its configured namespace",
  "clusters that are not configured here",
];
