import type { KubeError } from "../kube/errors.ts";
import type { SecretStore } from "../kube/store.ts";

/** A cluster looked up by its name. */
export type OpenedCluster =
  | { readonly kind: "open"; readonly store: SecretStore }
  /** There is no kubeconfig at `file`. */
  | ClusterNotFound
  /** Its kubeconfig is not used, or the cluster is not asked, for the reason in `error`. */
  | { readonly kind: "refused"; readonly error: KubeError };

export interface ClusterNotFound {
  readonly kind: "cluster_not_found";
  readonly cluster: string;
  /** As configured: `clusters/NAME.kubeconfig`. */
  readonly file: string;
}

/** Opens a cluster by its name, which is a valid one. */
export type OpenCluster = (name: string) => Promise<OpenedCluster>;
