import pLimit, { type LimitFunction } from "p-limit";
import type { Breakers } from "../kube/breaker.ts";
import { cannotReach } from "../kube/errors.ts";
import { checkCluster, type ClusterCheck, notAsked } from "../kube/check.ts";
import type { ClusterProbe } from "../kube/probe.ts";
import { type ClusterSource, findCluster, notThere, type UsableCluster } from "./source.ts";

/** Concurrent checks per request. */
const AT_ONCE = 8;

/** Concurrent checks of all requests; with kubectl, half of the process limit. */
const AT_ONCE_IN_ALL = 16;

/** The limit on all checks of this process. Each request takes only a part, so that others do not wait. */
export const checkTurns = (): LimitFunction => pLimit(AT_ONCE_IN_ALL);

export interface CheckerOptions {
  readonly sources: readonly ClusterSource[];
  readonly probeOf: (cluster: UsableCluster) => ClusterProbe;
  readonly breakers: Pick<Breakers, "answered">;
  readonly turns: LimitFunction;
  /** The namespace of the cluster's Argo CD; `undefined` when it has none. */
  readonly argocdNamespaceOf: (cluster: UsableCluster) => string | undefined;
  /** The timeout of the cluster's check, from its start. */
  readonly secondsOf: (cluster: UsableCluster) => number;
  /** Whether the server is stopping; no further check starts then. */
  readonly isStopping: () => boolean;
}

const notStarted = (name: string): ClusterCheck =>
  notAsked(cannotReach(name, "busy", "the server is stopping", { sent: false }));

/**
 * Checks clusters concurrently, each with its own deadline. A check bypasses an open circuit breaker, since
 * its purpose is to find out whether the cluster responds. A response closes the breaker; a missing one
 * does not count as a failure, since no other request has waited.
 */
export function clusterChecker(options: CheckerOptions) {
  const { sources, probeOf, breakers, turns, isStopping } = options;

  async function one(name: string): Promise<ClusterCheck> {
    if (isStopping()) return notStarted(name);
    const cluster = await findCluster(sources, name);
    if (cluster === undefined || cluster.problem !== undefined) {
      return notAsked(cluster?.problem ?? notThere(sources, name));
    }
    const checked = await checkCluster(probeOf(cluster), {
      argocdNamespace: options.argocdNamespaceOf(cluster),
      seconds: options.secondsOf(cluster),
    });
    if (checked.isReachable) breakers.answered(cluster.identity, name);
    return checked;
  }

  /**
   * @param gone aborted when the caller has gone; no further check starts then
   * @returns the results by name; a cluster that has been removed or become unusable was not asked
   */
  return async (
    names: readonly string[],
    gone?: AbortSignal,
  ): Promise<ReadonlyMap<string, ClusterCheck>> => {
    const checked = new Map<string, ClusterCheck>();
    await pLimit(AT_ONCE).map(names, (name) =>
      turns(async () => {
        if (!gone?.aborted) checked.set(name, await one(name));
      }));
    return checked;
  };
}
