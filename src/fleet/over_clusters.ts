import pLimit from "p-limit";

/** What became of one of several clusters. */
export type Ended<Cluster, Outcome> =
  & { readonly cluster: Cluster }
  & (
    | { readonly kind: "done"; readonly outcome: Outcome }
    /** What was thrown: by a bug, or where there is no outcome. */
    | { readonly kind: "failed"; readonly error: unknown }
    /** It was to stop before this one had its turn: nothing was asked of it. */
    | { readonly kind: "not_begun" }
  );

/**
 * Does the same on several clusters, and tells of each when it has ended, in that order. One that
 * fails hinders no other, and as a whole it never fails.
 *
 * They begin when the first event is asked for and go on at their own speed, however slowly events are
 * read. Who stops reading stops what is not begun; what has begun ends all the same, unseen.
 * @param run called when a cluster has its turn, so that its deadline begins then
 * @param options how many are under way at once; the others wait. Whether no further one is to be
 * begun is asked before each one
 */
export async function* overClusters<Cluster, Outcome>(
  clusters: readonly Cluster[],
  run: (cluster: Cluster) => Promise<Outcome>,
  { atOnce, isStopped = () => false }: { atOnce: number; isStopped?: () => boolean },
): AsyncGenerator<Ended<Cluster, Outcome>, void, void> {
  const limit = pLimit(atOnce);
  const ended: Ended<Cluster, Outcome>[] = [];
  let tell = () => {};
  let isLeft = false;
  async function one(cluster: Cluster): Promise<Ended<Cluster, Outcome>> {
    if (isLeft || isStopped()) return { cluster, kind: "not_begun" };
    try {
      return { cluster, kind: "done", outcome: await run(cluster) };
    } catch (error) {
      return { cluster, kind: "failed", error };
    }
  }
  for (const cluster of clusters) {
    void limit(one, cluster).then((each) => {
      ended.push(each);
      tell();
    });
  }
  try {
    for (const _ of clusters) {
      while (ended.length === 0) await new Promise<void>((resolve) => tell = resolve);
      yield ended.shift()!;
    }
  } finally {
    isLeft = true;
  }
}
