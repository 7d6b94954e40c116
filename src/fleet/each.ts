import type { Attempt, Credentials, Outcome } from "../audit/entry.ts";
import type { ChosenCluster } from "../clusters/choose.ts";
import type { Writer } from "../credentials/writer.ts";
import type { WhyNotStarted } from "./over_clusters.ts";

/** A selected cluster, and whether it is among the first ones. */
export interface SelectedCluster extends ChosenCluster {
  readonly isFirst: boolean;
}

/**
 * A step that a call runs on each of several clusters.
 * @template Context what the step needs of a cluster
 */
export interface ClusterStep<Context, Result> {
  /** The audit log entry of the step on this cluster; absent for a step that only reads. */
  attempt?(cluster: SelectedCluster): StepAttempt;
  /** Called when the cluster gets its slot, so that its deadline starts then. Whatever it throws is a failure. */
  act(context: Context, cluster: SelectedCluster): Promise<Result>;
  /** The outcome for the audit log, of a step with an attempt. @default done */
  outcomeOf?(result: Result): Outcome;
}

export interface StepAttempt {
  of(writer: Writer): Attempt;
  /** The values whose fingerprints are recorded. */
  readonly credentials?: Credentials;
}

export interface EachOptions<Result> {
  /** Whether a cluster goes first. If one of these fails, no further cluster is started. @default false */
  readonly isFirst?: (cluster: SelectedCluster) => boolean;
  /** Whether a result is a failure; a thrown error always is. @default false */
  readonly isFailure?: (result: Result, cluster: SelectedCluster) => boolean;
  /** How many clusters may fail. After one more, no further cluster is started. @default any number */
  readonly maxFailures?: number | undefined;
  /** Whether to include clusters whose labels no longer match the selection. @default false */
  readonly anyLabels?: boolean;
}

/** The result of a step on one cluster. */
export type StepResult<Result> =
  & { readonly cluster: SelectedCluster }
  & (
    | { readonly kind: "done"; readonly outcome: Result }
    | ({ readonly kind: "failed" } & WhyNotDone)
    /** No request was sent to the cluster. */
    | ({ readonly kind: "not_begun"; readonly why: WhySkipped } & WhyNotDone)
  );

/** Why a step was not done, as a code, a sentence and an error. */
export interface WhyNotDone {
  /** `cluster_unreachable`, `timeout`, `forbidden`, `cluster_not_found`, `not_begun`, `error` … */
  readonly status: string;
  readonly message: string;
  readonly error: Error;
}

export type WhySkipped =
  | WhyNotStarted
  /** Its labels no longer match the selection. */
  | "labels_changed";

/**
 * Runs a step on several clusters, each with its own deadline, and yields each result when it is available. It starts
 * when the first result is requested, and never throws because of a failed cluster.
 */
export type Each<Context> = <Result>(
  clusters: readonly SelectedCluster[],
  step: ClusterStep<Context, Result>,
  options?: EachOptions<Result>,
) => AsyncGenerator<StepResult<Result>, void, void>;

/** All configured clusters that the caller may access. */
export interface AllClusters {
  /**
   * One for each API server and namespace of Argo CD, sorted by name. Clusters that cannot be used are included; steps
   * on them fail.
   */
  readonly clusters: readonly SelectedCluster[];
  /** Whether the caller's token is limited to some clusters, so that there may be others. */
  readonly isLimited: boolean;
}
