import type { Breakers } from "../kube/breaker.ts";
import type { KubeError } from "../kube/errors.ts";
import { lazyStore, unusableStore } from "../kube/lazy_store.ts";
import type { SecretStore } from "../kube/store.ts";
import { argocdNamespaceOf, type TransportName } from "./own_settings.ts";
import {
  type ClusterSource,
  findCluster,
  fleetTransportOf,
  locationOf,
  type UsableCluster,
} from "./source.ts";

/** A cluster for one operation. */
export interface OpenedCluster {
  readonly kind: "open";
  readonly name: string;
  /**
   * The store. Every call rejects with the reason when the kubeconfig is rejected or the circuit breaker is
   * open.
   */
  readonly store: SecretStore;
  /** Writes with the same scope are serialized: the identity of the API server. */
  readonly lockScope: string;
  /** The timeout of an operation's reads, by the cluster's label or the setting. */
  readonly seconds: number;
  /** By the cluster's label or the setting; `undefined` when the cluster has no Argo CD. */
  readonly argocdNamespace: string | undefined;
  /** The labels file, for messages, even if it does not exist; absent when the cluster is not usable. */
  readonly labelsAt?: string;
  /** The current labels; absent when the cluster is not usable. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Settings of clusters without labels of their own. */
export interface ClusterDefaults {
  /** The timeout of an operation's reads. */
  readonly seconds: number;
  readonly argocdNamespace: string;
}

export interface ClusterNotFound {
  readonly kind: "cluster_not_found";
  readonly cluster: string;
  /** Where it was expected: `clusters/NAME.kubeconfig`. */
  readonly file: string;
  /** The default. */
  readonly argocdNamespace?: string;
}

/**
 * Opens a cluster by its name, which must be valid.
 * @param as whether the request is about this cluster alone. @default alone
 */
export type OpenCluster = (
  name: string,
  as?: "alone" | "one of several",
) => Promise<OpenedCluster | ClusterNotFound>;

export interface OpenerOptions extends ClusterDefaults {
  /** Sources of clusters; the first one that knows a name is used. */
  readonly sources: readonly ClusterSource[];
  /** The store of a cluster; it may keep connections open between operations. */
  readonly storeOf: (
    cluster: UsableCluster,
    transport: TransportName,
  ) => SecretStore | Promise<SecretStore>;
  readonly breakers: Breakers;
  /** Called with the timeout of each cluster that is opened, in seconds. */
  readonly onOpen?: (seconds: number) => void;
}

/** Opens clusters for operations. The first request to the cluster is sent by the store's first call. */
export function clusterOpener(
  { sources, storeOf, breakers, onOpen = () => {}, ...defaults }: OpenerOptions,
): OpenCluster {
  /** Has its own lock scope, since nothing is written. */
  const rejected = (name: string, reason: KubeError): OpenedCluster => ({
    ...{ kind: "open", name, store: unusableStore(reason), lockScope: `rejected ${name}` },
    seconds: defaults.seconds,
    argocdNamespace: defaults.argocdNamespace,
  });
  return async (name, as = "alone") => {
    const cluster = await findCluster(sources, name);
    if (cluster === undefined) {
      const { argocdNamespace } = defaults;
      const file = locationOf(sources, name);
      return { kind: "cluster_not_found", cluster: name, file, argocdNamespace };
    }
    if (cluster.problem !== undefined) return rejected(name, cluster.problem);
    const { identity, version, own, labels, labelsAt } = cluster;
    const { seconds = defaults.seconds } = own;
    const breaker = breakers.of(identity, name, version);
    // Checked before the lock is taken, too, which a write to the unresponsive cluster may hold.
    const rejection = breaker.rejection(name);
    const argocdNamespace = argocdNamespaceOf(own, defaults.argocdNamespace);
    const about = { kind: "open", name, seconds, argocdNamespace, labels, labelsAt } as const;
    if (rejection !== undefined) {
      return { ...rejected(name, rejection), ...about };
    }
    onOpen(seconds);
    const { transport } = as === "alone" ? cluster : fleetTransportOf(cluster);
    const store = await storeOf(cluster, transport);
    // Guarded at the first call only, since a trial request makes the others wait for its result.
    const guarded = lazyStore(() => {
      const now = breaker.guard(name, store, seconds);
      return now.kind === "open" ? now.store : unusableStore(now.error);
    });
    return { ...about, store: guarded, lockScope: identity };
  };
}
