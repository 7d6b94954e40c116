import type { Breakers } from "../kube/breaker.ts";
import type { KubeError } from "../kube/errors.ts";
import { lateStore, refusedStore } from "../kube/late_store.ts";
import type { SecretStore } from "../kube/store.ts";
import { type ClusterSource, findCluster, type UsableCluster } from "./source.ts";

/** A cluster for one operation. */
export interface OpenedCluster {
  readonly kind: "open";
  readonly name: string;
  /**
   * Of a cluster that is not asked, since its kubeconfig is refused or it has not answered others just
   * now, every call rejects with that reason.
   */
  readonly store: SecretStore;
  /** By what writes take turns: the API server, whatever names it is known by. */
  readonly lockScope: string;
}

export interface ClusterNotFound {
  readonly kind: "cluster_not_found";
  readonly cluster: string;
  /** Where it would be: `clusters/NAME.kubeconfig`, as configured. */
  readonly file: string;
}

/** Opens a cluster by its name, which is a valid one. */
export type OpenCluster = (name: string) => Promise<OpenedCluster | ClusterNotFound>;

export interface OpenerOptions {
  /** A name is looked for in each, in this order. */
  readonly sources: readonly ClusterSource[];
  /** The way to a cluster, whose connections may be kept from one operation to the next. */
  readonly storeOf: (cluster: UsableCluster) => SecretStore;
  readonly breakers: Breakers;
  /** Within which an operation ends its reads. */
  readonly seconds: number;
}

/** Opens clusters once for each operation; the cluster itself is first asked by the store's first call. */
export function clusterOpener(
  { sources, storeOf, breakers, seconds }: OpenerOptions,
): OpenCluster {
  return async (name) => {
    const cluster = await findCluster(sources, name);
    if (cluster === undefined) {
      return { kind: "cluster_not_found", cluster: name, file: placeOf(sources, name) };
    }
    if (cluster.problem !== undefined) return refused(name, cluster.problem);
    const { identity, version } = cluster;
    const breaker = breakers.of(identity, name, version);
    // At once, too, so that nobody waits for the lock of a write to which the cluster does not answer.
    const refusal = breaker.refusal(name);
    if (refusal !== undefined) return refused(name, refusal);
    const store = storeOf(cluster);
    // Not before it is asked: who is let through to see whether it answers keeps others waiting.
    const guarded = lateStore(() => {
      const now = breaker.guard(name, store, seconds);
      return now.kind === "open" ? now.store : refusedStore(now.error);
    });
    return { kind: "open", name, store: guarded, lockScope: identity };
  };
}

/** Nothing is changed there, so it takes turns with nobody who changes something. */
function refused(name: string, reason: KubeError): OpenedCluster {
  return { kind: "open", name, store: refusedStore(reason), lockScope: `refused ${name}` };
}

function placeOf(sources: readonly ClusterSource[], name: string): string {
  const [place = name] = sources.flatMap((source) => source.placeOf?.(name) ?? []);
  return place;
}
