import type { RefusedAttempt } from "../audit/entry.ts";
import type { EntryPage, EntryQuery } from "../audit/read.ts";
import type { WriteRecord } from "../audit/write_record.ts";
import type { ChooseOptions, ChosenCluster } from "../clusters/choose.ts";
import type { Described, WhichClusters } from "../clusters/describe.ts";
import type { OpenCluster, OpenedCluster } from "../clusters/open.ts";
import type { ListedClusters } from "../clusters/source.ts";
import type { ClusterCheck } from "../kube/check.ts";

/** The parts of the program that operations use: clusters, settings and the audit log. */

/** The known clusters. */
export interface Clusters {
  /** Sorted. */
  names(): Promise<readonly string[]>;
  /** Names with labels, and why labels are unknown. */
  list(): Promise<ListedClusters>;
  /** The first name of each API server, in the order given, with its transport. */
  choose(names: readonly string[], options?: ChooseOptions): Promise<readonly ChosenCluster[]>;
  readonly open: OpenCluster;
  /** Describes clusters without connecting to any. */
  describe(which: WhichClusters): Promise<Described>;
  /**
   * Checks clusters; the result, by name, omits those that do not exist or cannot be used.
   * @param gone aborted when the client has gone away
   */
  check(
    names: readonly string[],
    gone?: AbortSignal,
  ): Promise<ReadonlyMap<string, ClusterCheck>>;
}

/** Settings of all clusters. */
export interface OperationSettings {
  readonly dockerLabels: Readonly<Record<string, string>>;
  /** Namespaces to read if not all may be listed. @default kube-system, default and Argo CD's */
  readonly dockerNamespaces?: readonly string[];
}

/** The namespace of Argo CD on a cluster, and the labels of the cluster. */
export type ArgocdLocation = Pick<OpenedCluster, "argocdNamespace" | "labels" | "labelsAt">;

/** Settings of one cluster. */
export interface ClusterSettings
  extends Required<OperationSettings>, Omit<ArgocdLocation, "labels"> {
  /** Timeout of all requests of one operation. */
  readonly seconds: number;
}

/** The part of the audit log that operations use. */
export interface Audit extends WriteRecord {
  /** Records a request that was not allowed, before the response is sent. Never rejects. */
  refused(attempt: RefusedAttempt): Promise<void>;
  /** @throws if the log cannot be read */
  read(query: EntryQuery): Promise<EntryPage>;
}
