import pLimit from "p-limit";

/** Why a cluster was not begun: nothing was asked of it. */
export type WhyNotBegun =
  /** It was to stop before this one had its turn. */
  | "stopped"
  /** One of those that were to go first has failed, or was not begun. */
  | "first_failed"
  /** More have failed than may. */
  | "too_many_failures";

/** What became of one of several clusters. */
export type Ended<Cluster, Outcome> =
  & { readonly cluster: Cluster }
  & (
    | { readonly kind: "done"; readonly outcome: Outcome }
    /** What was thrown: by a bug, or where there is no outcome. */
    | { readonly kind: "failed"; readonly error: unknown }
    | { readonly kind: "not_begun"; readonly why: WhyNotBegun }
  );

/** Acts when a cluster has its turn, which is over when that has ended. */
export type Turn<Cluster> = <Result>(
  cluster: Cluster,
  act: () => Promise<Result>,
) => Promise<Result>;

export interface OverOptions<Cluster, Outcome> {
  /** How many are under way at once, or who says when one may begin; the others wait. */
  readonly atOnce: number | Turn<Cluster>;
  /** Whether no further one is to be begun; asked before each. */
  readonly isStopped?: () => boolean;
  /** Which go first: all of them must succeed, or no other is begun, nor the rest of them. @default none */
  readonly isFirst?: (cluster: Cluster) => boolean;
  /** Whether an outcome is a failure; what is thrown is. @default none is */
  readonly isFailure?: (outcome: Outcome, cluster: Cluster) => boolean;
  /** Whether what was thrown says that a cluster is not meant, which is a failure only of a first one. @default never */
  readonly isNotMeant?: (error: unknown) => boolean;
  /** How many may fail: after one more no further cluster is begun. @default any number */
  readonly maxFailures?: number;
}

/**
 * Does the same on several clusters, and tells of each when it has ended, in that order. One that
 * fails hinders no other but as the options say, and as a whole it never fails.
 *
 * They begin when the first event is asked for and go on at their own speed, however slowly events are
 * read. Who stops reading stops what is not begun; what has begun ends all the same, unseen.
 * @param run called when a cluster has its turn, so that its deadline begins then
 */
export async function* overClusters<Cluster, Outcome>(
  clusters: readonly Cluster[],
  run: (cluster: Cluster) => Promise<Outcome>,
  options: OverOptions<Cluster, Outcome>,
): AsyncGenerator<Ended<Cluster, Outcome>, void, void> {
  const { atOnce, isStopped = () => false, isFirst = () => false, isFailure = () => false } =
    options;
  const { isNotMeant = () => false } = options;
  const turn = typeof atOnce === "number" ? turnsOf<Cluster>(atOnce) : atOnce;
  const ended: Ended<Cluster, Outcome>[] = [];
  let tell = () => {};
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

  /** @returns whether all of them were begun */
  async function all(
    members: readonly Cluster[],
    most: number,
    whyNoMore: WhyNotBegun,
  ): Promise<boolean> {
    const begun = await Promise.all(members.map(async (cluster) => {
      const each = await turn(cluster, async (): Promise<Ended<Cluster, Outcome>> => {
        const why = isLeft || isStopped() ? "stopped" : failures > most ? whyNoMore : undefined;
        return why === undefined ? await one(cluster) : { cluster, kind: "not_begun", why };
      });
      ended.push(each);
      tell();
      return each.kind !== "not_begun";
    }));
    return begun.every((each) => each);
  }

  async function go(): Promise<void> {
    const { first = [], others = [] } = Object.groupBy(
      clusters,
      (cluster) => isFirst(cluster) ? "first" : "others",
    );
    const isWhole = await all(first, 0, "first_failed") && failures === 0;
    if (isWhole) await all(others, options.maxFailures ?? Infinity, "too_many_failures");
    else await all(others, -1, "first_failed");
  }

  void go();
  try {
    for (const _ of clusters) {
      while (ended.length === 0) await new Promise<void>((resolve) => tell = resolve);
      yield ended.shift()!;
    }
  } finally {
    isLeft = true;
  }
}

function turnsOf<Cluster>(atOnce: number): Turn<Cluster> {
  const limit = pLimit(atOnce);
  return (_cluster, act) => limit(act);
}
