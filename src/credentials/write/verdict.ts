import type { Pause } from "../../kube/deadline.ts";
import { KubeError } from "../../kube/errors.ts";
import type { PullSecretUse, SecretRef, SecretStore, StoredSecret } from "../../kube/store.ts";
import type { Change } from "../kinds/changes.ts";
import type { DesiredSecret } from "../kinds/kind.ts";
import type { Turns } from "./locks.ts";
import type { Permissions } from "./plan.ts";
import type { NotRestored } from "./put_back.ts";
import type { Refusal } from "./target.ts";

export interface WriteRequest {
  readonly secrets: readonly DesiredSecret[];
  readonly permissions: Permissions;
  /** Unlike any other write's: by it a write recognises its own secrets. */
  readonly writeId: string;
  /** Service accounts that are to use the secrets. */
  readonly attach?: readonly PullSecretUse[];
  /** Whether the cluster is only asked what would come of it. */
  readonly dryRun?: boolean;
}

export interface WriteDeps {
  readonly store: SecretStore;
  /** Of the cluster's API server, in the whole process. */
  readonly locks: Turns;
  /** For the write. */
  readonly seconds: number;
  /** For putting back so many secrets. @default as long as the write, or 20 a second if longer */
  readonly putBackSeconds?: (secrets: number) => number;
  /** Told of a bug that the write has survived. */
  readonly onFault: (error: unknown) => void;
  /** @default a real pause */
  readonly pause?: Pause;
}

export interface WrittenSecret extends SecretRef {
  readonly action: "created" | "replaced" | "unchanged";
  /** As {@link DesiredSecret.beside}. */
  readonly beside?: string;
  /** As {@link DesiredSecret.matchesLonger}. */
  readonly matchesLonger?: true;
  /** What would change; of a dry run. */
  readonly changes?: readonly Change[];
}

export interface FailedSecret extends SecretRef {
  /** Why, or what became of it because another one failed. */
  readonly why: string;
}

/** Nothing has changed, for these reasons; `current` is what is there. */
export interface Refused {
  readonly kind: "refused";
  readonly refusals: readonly Refusal[];
  readonly current: ReadonlyMap<string, StoredSecret>;
  /** Where a namespace is missing: those that can be written to, if they may be listed. */
  readonly existingNamespaces?: readonly string[];
}

/** The cluster could not be read, or is not to be written to, so nothing was tried. */
export interface Unable {
  readonly kind: "unable";
  readonly error: KubeError;
}

/** @throws what is no {@link KubeError}: a bug */
export function unable(error: unknown): Unable {
  if (error instanceof KubeError) return { kind: "unable", error };
  throw error;
}

/** Something failed; everything is as before, except what `notRestored` names. */
export interface Failed {
  readonly kind: "failed";
  readonly error: KubeError;
  readonly secrets: readonly FailedSecret[];
  readonly notRestored: readonly NotRestored[];
  /** Those that were made for it and stay. */
  readonly namespaces: readonly string[];
}

export type WriteVerdict =
  /** All of it is in the cluster, in the order asked for. */
  | {
    readonly kind: "written";
    /** Whether it is not there, but would be. */
    readonly dryRun?: true;
    readonly secrets: readonly WrittenSecret[];
    /** Those that were made for it. */
    readonly namespaces: readonly string[];
    /** Service accounts that did not use the secret before. */
    readonly attached: readonly PullSecretUse[];
    readonly hints: readonly string[];
  }
  | Refused
  | Unable
  | Failed;
