import type { RefusedAttempt } from "../audit/entry.ts";
import type { AuditPage, AuditQuery } from "../audit/read.ts";
import type { WriteRecord } from "../audit/write_record.ts";
import type { ChooseOptions, ChosenCluster } from "../clusters/choose.ts";
import type { Described, WhichClusters } from "../clusters/describe.ts";
import type { OpenCluster, OpenedCluster } from "../clusters/open.ts";
import type { ListedClusters } from "../clusters/source.ts";
import type { Checked } from "../kube/check.ts";

/** What of the program operations use: its clusters, its settings and its audit log. */

/** The clusters that there are. */
export interface Clusters {
  /** Sorted. */
  names(): Promise<readonly string[]>;
  /** With their labels, and why those are not known. */
  list(): Promise<ListedClusters>;
  /** Of those with one API server the first, in the order given; with how each is asked. */
  choose(names: readonly string[], options?: ChooseOptions): Promise<readonly ChosenCluster[]>;
  readonly open: OpenCluster;
  /** What can be told of them without asking one. */
  describe(which: WhichClusters): Promise<Described>;
  /**
   * Asks clusters what can be found out, by name; of one that is not there or not used nothing.
   * @param gone aborted when nobody waits for the answer any more
   */
  check(
    names: readonly string[],
    gone?: AbortSignal,
  ): Promise<ReadonlyMap<string, Checked>>;
}

/** What holds for all clusters. */
export interface OperationSettings {
  readonly dockerLabels: Readonly<Record<string, string>>;
  /** Where to look when not all namespaces may be listed. @default those of a usual cluster */
  readonly dockerNamespaces?: readonly string[];
}

/** Where Argo CD is on one cluster, and its labels. */
export type Place = Pick<OpenedCluster, "argocdNamespace" | "labels" | "labelsAt">;

/** What holds for one cluster. */
export interface ClusterSettings extends Required<OperationSettings>, Omit<Place, "labels"> {
  /** For what it is asked, in all. */
  readonly seconds: number;
}

/** What of the audit log operations use. */
export interface Audit extends WriteRecord {
  /** Records what was not allowed, before that is answered. It never rejects. */
  refused(attempt: RefusedAttempt): Promise<void>;
  /** @throws when the log cannot be read */
  read(query: AuditQuery): Promise<AuditPage>;
}
