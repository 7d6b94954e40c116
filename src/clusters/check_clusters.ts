import pLimit, { type LimitFunction } from "p-limit";
import type { Breakers } from "../kube/breaker.ts";
import { cannotReach } from "../kube/errors.ts";
import { checkCluster, type Checked } from "../kube/check.ts";
import type { ClusterProbe } from "../kube/probe.ts";
import { type ClusterSource, findCluster, type UsableCluster } from "./source.ts";

/** Clusters of one request that are checked at once. */
const AT_ONCE = 8;

/** And of all requests: with kubectl it is half of the processes that there may be. */
const AT_ONCE_IN_ALL = 16;

/** Turns of all checks of this process: each request holds a few of them, so that none waits for long. */
export const checkTurns = (): LimitFunction => pLimit(AT_ONCE_IN_ALL);

export interface CheckerOptions {
  readonly sources: readonly ClusterSource[];
  readonly probeOf: (cluster: UsableCluster) => ClusterProbe;
  readonly breakers: Pick<Breakers, "answered">;
  readonly turns: LimitFunction;
  /** Of the cluster's Argo CD; absent where it has none. */
  readonly argocdNamespaceOf: (cluster: UsableCluster) => string | undefined;
  /** That it has, from when it has its turn. */
  readonly secondsOf: (cluster: UsableCluster) => number;
  /** Whether the program is about to stop; no further cluster is asked then. */
  readonly isStopping: () => boolean;
}

function notBegun(name: string): Checked {
  const error = cannotReach(name, "busy", "the server is stopping", { asked: false });
  return { isReachable: false, error, rights: error, notKnown: [] };
}

/**
 * Checks clusters, some at once, each with its own deadline. A check asks also a cluster that is left
 * alone because it has not answered: that is what it is for. That it answers is noted, so that others
 * ask it again at once; that it does not costs it nothing, as nobody else has waited for it.
 */
export function clusterChecker(options: CheckerOptions) {
  const { sources, probeOf, breakers, turns, isStopping } = options;

  async function one(name: string): Promise<Checked | undefined> {
    if (isStopping()) return notBegun(name);
    const cluster = await findCluster(sources, name);
    if (cluster === undefined || cluster.problem !== undefined) return undefined;
    const checked = await checkCluster(probeOf(cluster), {
      argocdNamespace: options.argocdNamespaceOf(cluster),
      seconds: options.secondsOf(cluster),
    });
    if (checked.isReachable) breakers.answered(cluster.identity, name);
    return checked;
  }

  /**
   * @param gone aborted when nobody waits for the answer any more: no further cluster is asked then
   * @returns by name; what is not there or not used any more has no entry
   */
  return async (
    names: readonly string[],
    gone?: AbortSignal,
  ): Promise<ReadonlyMap<string, Checked>> => {
    const checked = new Map<string, Checked>();
    await pLimit(AT_ONCE).map(names, (name) =>
      turns(async () => {
        const found = gone?.aborted ? undefined : await one(name);
        if (found !== undefined) checked.set(name, found);
      }));
    return checked;
  };
}
