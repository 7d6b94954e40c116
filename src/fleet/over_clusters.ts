import pLimit from "p-limit";

/** Why a cluster was not started, so that no request was sent to it. */
export type WhyNotStarted =
  /** The call was stopped before. */
  | "stopped"
  /** One of the first clusters failed or was not started. */
  | "first_failed"
  /** More clusters failed than allowed. */
  | "too_many_failures";

/** The result for one of several clusters. */
export type Ended<Cluster, Outcome> =
  & { readonly cluster: Cluster }
  & (
    | { readonly kind: "done"; readonly outcome: Outcome }
    /** The thrown error. */
    | { readonly kind: "failed"; readonly error: unknown }
    | { readonly kind: "not_begun"; readonly why: WhyNotStarted }
  );

/** Waits for a slot, runs `act` in it, and releases the slot. */
export type RunInSlot<Cluster> = <Result>(
  cluster: Cluster,
  act: () => Promise<Result>,
) => Promise<Result>;

export interface OverClustersOptions<Cluster, Outcome> {
  /** The number of concurrent clusters, or a function that waits for slots. */
  readonly atOnce: number | RunInSlot<Cluster>;
  /** Whether to start no further cluster; called before each. */
  readonly isStopped?: () => boolean;
  /** Whether a cluster goes first. If one of these fails, no further cluster is started. @default false */
  readonly isFirst?: (cluster: Cluster) => boolean;
  /** Whether an outcome is a failure; a thrown error always is. @default false */
  readonly isFailure?: (outcome: Outcome, cluster: Cluster) => boolean;
  /** Whether an error means that the cluster is not selected, which is a failure only of a first one. @default false */
  readonly isNotMeant?: (error: unknown) => boolean;
  /** How many clusters may fail. After one more, no further cluster is started. @default any number */
  readonly maxFailures?: number;
}

/**
 * Runs the same on several clusters and yields each result when it is available. A failed cluster does not affect the
 * others, except as the options say, and the generator itself never fails.
 *
 * The clusters start when the first result is requested, and run at their own speed, however slowly results are read.
 * When the caller stops reading, no further cluster is started; running ones finish unobserved.
 * @param run called when a cluster gets its slot, so that its deadline starts then
 */
export async function* overClusters<Cluster, Outcome>(
  clusters: readonly Cluster[],
  run: (cluster: Cluster) => Promise<Outcome>,
  options: OverClustersOptions<Cluster, Outcome>,
): AsyncGenerator<Ended<Cluster, Outcome>, void, void> {
  const { atOnce, isStopped = () => false, isFirst = () => false, isFailure = () => false } =
    options;
  const { isNotMeant = () => false } = options;
  const inSlot = typeof atOnce === "number" ? slots<Cluster>(atOnce) : atOnce;
  const ended: Ended<Cluster, Outcome>[] = [];
  let notify = () => {};
  let isLeft = false;
  let failures = 0;

  async function one(cluster: Cluster): Promise<Ended<Cluster, Outcome>> {
    try {
      const outcome = await run(cluster);
      if (isFailure(outcome, cluster)) failures++;
      return { cluster, kind: "done", outcome };
    } catch (error) {
      if (!isNotMeant(error) || isFirst(cluster)) failures++;
      return { cluster, kind: "failed", error };
    }
  }

  /** @returns whether all of them were started */
  async function all(
    members: readonly Cluster[],
    most: number,
    whyNoMore: WhyNotStarted,
  ): Promise<boolean> {
    const started = await Promise.all(members.map(async (cluster) => {
      const each = await inSlot(cluster, async (): Promise<Ended<Cluster, Outcome>> => {
        const why = isLeft || isStopped() ? "stopped" : failures > most ? whyNoMore : undefined;
        return why === undefined ? await one(cluster) : { cluster, kind: "not_begun", why };
      });
      ended.push(each);
      notify();
      return each.kind !== "not_begun";
    }));
    return started.every((each) => each);
  }

  async function runAll(): Promise<void> {
    const { first = [], others = [] } = Object.groupBy(
      clusters,
      (cluster) => isFirst(cluster) ? "first" : "others",
    );
    const isWhole = await all(first, 0, "first_failed") && failures === 0;
    if (isWhole) await all(others, options.maxFailures ?? Infinity, "too_many_failures");
    else await all(others, -1, "first_failed");
  }

  void runAll();
  try {
    for (const _ of clusters) {
      while (ended.length === 0) await new Promise<void>((resolve) => notify = resolve);
      yield ended.shift()!;
    }
  } finally {
    isLeft = true;
  }
}

function slots<Cluster>(atOnce: number): RunInSlot<Cluster> {
  const limit = pLimit(atOnce);
  return (_cluster, act) => limit(act);
}
