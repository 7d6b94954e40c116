import type { Attempt, Credentials, Outcome } from "../audit/entry.ts";
import type { ChosenCluster } from "../clusters/choose.ts";
import type { Writer } from "../credentials/writer.ts";
import type { WhyNotBegun } from "./over_clusters.ts";

/** A cluster that is chosen, and whether it is one of those that go first. */
export interface Chosen extends ChosenCluster {
  readonly isFirst: boolean;
}

/**
 * What one step of a call does on each of several clusters.
 * @template Context what it needs of a cluster
 */
export interface ClusterStep<Context, Result> {
  /** What the audit log says of it on this cluster; absent of a step that only looks. */
  attempt?(cluster: Chosen): StepAttempt;
  /** Called when the cluster has its turn, so that its deadline begins then. What it throws is a failure. */
  act(context: Context, cluster: Chosen): Promise<Result>;
  /** For the audit log, of a step with an attempt. @default done */
  outcomeOf?(result: Result): Outcome;
}

export interface StepAttempt {
  of(writer: Writer): Attempt;
  /** The values, of which only fingerprints are recorded. */
  readonly credentials?: Credentials;
}

export interface EachOptions<Result> {
  /** Which go first: all of them must succeed, or no other is begun, nor the rest of them. @default none */
  readonly isFirst?: (cluster: Chosen) => boolean;
  /** Whether a result is a failure; what is thrown always is. @default none is */
  readonly isFailure?: (result: Result, cluster: Chosen) => boolean;
  /** How many may fail: after one more no further cluster is begun. @default any number */
  readonly maxFailures?: number | undefined;
  /** Whether also clusters are meant whose labels the selection does not match any more. @default false */
  readonly anyLabels?: boolean;
}

/** What came of a step on one cluster. */
export type StepEnded<Result> =
  & { readonly cluster: Chosen }
  & (
    | { readonly kind: "done"; readonly outcome: Result }
    /** Why it came to nothing: in a word, in a sentence, and as an error. */
    | ({ readonly kind: "failed" } & WhyNothing)
    /** Nothing was asked of it. */
    | ({ readonly kind: "not_begun"; readonly why: WhyLeft } & WhyNothing)
  );

export interface WhyNothing {
  /** `cluster_unreachable`, `timeout`, `forbidden`, `cluster_not_found`, `not_begun`, `error` … */
  readonly status: string;
  readonly message: string;
  readonly error: Error;
}

export type WhyLeft =
  | WhyNotBegun
  /** It is no longer one of those that are meant by labels. */
  | "labels_changed";

/**
 * Does a step on several clusters, each with its own deadline, and tells of each when it has ended. It
 * begins when the first event is asked for; a cluster that fails never makes it throw.
 */
export type Each<Context> = <Result>(
  clusters: readonly Chosen[],
  step: ClusterStep<Context, Result>,
  options?: EachOptions<Result>,
) => AsyncGenerator<StepEnded<Result>, void, void>;

/** All clusters that the program knows and the caller may see. */
export interface AllClusters {
  /**
   * One for each API server and namespace of Argo CD's, sorted by name; also those that cannot be used,
   * of which a step fails.
   */
  readonly clusters: readonly Chosen[];
  /** Whether the caller may see some clusters only, so that there may be others. */
  readonly isLimited: boolean;
}
