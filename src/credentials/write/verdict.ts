import type { Pause } from "../../kube/deadline.ts";
import { KubeError } from "../../kube/errors.ts";
import type { PullSecretUse, SecretRef, SecretStore, StoredSecret } from "../../kube/store.ts";
import type { Change } from "../kinds/changes.ts";
import type { DesiredSecret } from "../kinds/desired_secret.ts";
import type { KeyLocks } from "./locks.ts";
import type { WritePolicy } from "./plan.ts";
import type { NotRestored } from "./restore.ts";
import type { Refusal } from "./target.ts";

export interface WriteRequest {
  readonly secrets: readonly DesiredSecret[];
  readonly policy: WritePolicy;
  /** Unique for each write. It is stored in the secrets, so that the write recognises its own. */
  readonly writeId: string;
  /** The service accounts that get the secrets as pull secrets. */
  readonly attach?: readonly PullSecretUse[];
  /** Whether to check only, and change nothing. */
  readonly dryRun?: boolean;
}

export interface WriteDeps {
  readonly store: SecretStore;
  /** The locks of the cluster's API server, shared by the whole process. */
  readonly locks: KeyLocks;
  /** Time limit of the write. */
  readonly seconds: number;
  /** Time limit for restoring this many secrets. @default `seconds`, or 20 secrets a second if longer */
  readonly rollbackSeconds?: (secrets: number) => number;
  /** Reports a bug that the write has survived. */
  readonly onBug: (error: unknown) => void;
  /** @default a real pause */
  readonly pause?: Pause;
}

export interface WrittenSecret extends SecretRef {
  readonly action: "created" | "replaced" | "unchanged";
  /** As {@link DesiredSecret.beside}. */
  readonly beside?: string;
  /** As {@link DesiredSecret.matchesLonger}. */
  readonly matchesLonger?: true;
  /** What would change; only in a dry run. */
  readonly changes?: readonly Change[];
}

export interface FailedSecret extends SecretRef {
  /** Why the secret was not written, or how it was rolled back because another one failed. */
  readonly why: string;
}

/** Nothing has changed, for these reasons. `current` has the existing secrets by `refKey`. */
export interface WriteRefused {
  readonly kind: "refused";
  readonly refusals: readonly Refusal[];
  readonly current: ReadonlyMap<string, StoredSecret>;
  /** When a namespace is missing: the existing ones, if the kubeconfig's user may list them. */
  readonly existingNamespaces?: readonly string[];
}

/** The cluster could not be read or must not be written to, so nothing was attempted. */
export interface Unable {
  readonly kind: "unable";
  readonly error: KubeError;
}

/** @throws `error`, unless it is a {@link KubeError}: a bug */
export function unable(error: unknown): Unable {
  if (error instanceof KubeError) return { kind: "unable", error };
  throw error;
}

/** The write failed and was rolled back; everything is as before, except for `notRestored`. */
export interface Failed {
  readonly kind: "failed";
  readonly error: KubeError;
  readonly secrets: readonly FailedSecret[];
  readonly notRestored: readonly NotRestored[];
  /** Namespaces that the write created; they stay. */
  readonly namespaces: readonly string[];
}

export type WriteVerdict =
  /** All secrets are in the cluster; the order is that of the request. */
  | {
    readonly kind: "written";
    /** Set by a dry run: nothing was written, but would be. */
    readonly dryRun?: true;
    readonly secrets: readonly WrittenSecret[];
    /** Namespaces that the write created. */
    readonly namespaces: readonly string[];
    /** Service accounts that got the secret; without those that used it before. */
    readonly attached: readonly PullSecretUse[];
    readonly hints: readonly string[];
  }
  | WriteRefused
  | Unable
  | Failed;
