import type { Breakers } from "../kube/breaker.ts";
import type { KubeError } from "../kube/errors.ts";
import { lateStore, refusedStore } from "../kube/late_store.ts";
import type { SecretStore } from "../kube/store.ts";
import { argocdNamespaceOf, type TransportName } from "./own_settings.ts";
import {
  type ClusterSource,
  findCluster,
  placeOf,
  type UsableCluster,
  wayInFleet,
} from "./source.ts";

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
  /** For what it is asked, in all: its own or the program's. */
  readonly seconds: number;
  /** Its own or the program's; `undefined` when it has no Argo CD. */
  readonly argocdNamespace: string | undefined;
  /** Where its labels are, or would be, for messages; absent of a cluster that is not used. */
  readonly labelsAt?: string;
  /** As they are now; absent of a cluster that is not used. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What holds for clusters whose labels say nothing else. */
export interface ClusterDefaults {
  /** Within which an operation ends its reads. */
  readonly seconds: number;
  readonly argocdNamespace: string;
}

export interface ClusterNotFound {
  readonly kind: "cluster_not_found";
  readonly cluster: string;
  /** Where it would be: `clusters/NAME.kubeconfig`, as configured. */
  readonly file: string;
  /** As it is of clusters whose labels say nothing else. */
  readonly argocdNamespace?: string;
}

/**
 * Opens a cluster by its name, which is a valid one.
 * @param as whether it is the only one that a request is about. @default alone
 */
export type OpenCluster = (
  name: string,
  as?: "alone" | "one of several",
) => Promise<OpenedCluster | ClusterNotFound>;

export interface OpenerOptions extends ClusterDefaults {
  /** A name is looked for in each, in this order. */
  readonly sources: readonly ClusterSource[];
  /** The way to a cluster, whose connections may be kept from one operation to the next. */
  readonly storeOf: (
    cluster: UsableCluster,
    transport: TransportName,
  ) => SecretStore | Promise<SecretStore>;
  readonly breakers: Breakers;
  /** Told of the time that each cluster has when it is opened, in seconds. */
  readonly onOpen?: (seconds: number) => void;
}

/** Opens clusters once for each operation; the cluster itself is first asked by the store's first call. */
export function clusterOpener(
  { sources, storeOf, breakers, onOpen = () => {}, ...defaults }: OpenerOptions,
): OpenCluster {
  /** Nothing is changed there, so it takes turns with nobody who changes something. */
  const refused = (name: string, reason: KubeError): OpenedCluster => ({
    ...{ kind: "open", name, store: refusedStore(reason), lockScope: `refused ${name}` },
    seconds: defaults.seconds,
    argocdNamespace: defaults.argocdNamespace,
  });
  return async (name, as = "alone") => {
    const cluster = await findCluster(sources, name);
    if (cluster === undefined) {
      const { argocdNamespace } = defaults;
      const file = placeOf(sources, name);
      return { kind: "cluster_not_found", cluster: name, file, argocdNamespace };
    }
    if (cluster.problem !== undefined) return refused(name, cluster.problem);
    const { identity, version, own, labels, labelsAt } = cluster;
    const { seconds = defaults.seconds } = own;
    const breaker = breakers.of(identity, name, version);
    // At once, too, so that nobody waits for the lock of a write to which the cluster does not answer.
    const refusal = breaker.refusal(name);
    const argocdNamespace = argocdNamespaceOf(own, defaults.argocdNamespace);
    const about = { kind: "open", name, seconds, argocdNamespace, labels, labelsAt } as const;
    if (refusal !== undefined) {
      return { ...refused(name, refusal), ...about };
    }
    onOpen(seconds);
    const { transport } = as === "alone" ? cluster : wayInFleet(cluster);
    const store = await storeOf(cluster, transport);
    // Not before it is asked: who is let through to see whether it answers keeps others waiting.
    const guarded = lateStore(() => {
      const now = breaker.guard(name, store, seconds);
      return now.kind === "open" ? now.store : refusedStore(now.error);
    });
    return { ...about, store: guarded, lockScope: identity };
  };
}
