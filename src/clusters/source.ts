import type { KubeconfigSource } from "../kube/api/connection.ts";
import type { KubeError } from "../kube/errors.ts";
import type { OwnSettings, TransportName } from "./own_settings.ts";

/** Where clusters come from: a folder of kubeconfigs, or something else that knows some. */
export interface ClusterSource {
  /** What it is, for who asks where a cluster comes from. */
  readonly kind: "folder" | "argocd";
  /**
   * What it knows now, without looking at how each is reached: a thousand cost no more than a folder
   * that is read.
   */
  list(): Promise<SourceList>;
  /**
   * A cluster as it is now; `undefined` when the source has none of this name.
   * @param name a valid one
   */
  find(name: string): Promise<ClusterEntry | undefined>;
  /** Where a cluster of this name would be, for who looks for it in vain; absent where that is nowhere. */
  placeOf?(name: string): string;
}

export interface SourceList {
  /** Sorted by name. */
  readonly clusters: readonly ListedCluster[];
  /** What whoever asked should know, a sentence each. What is only for the log, the source logs. */
  readonly warnings?: readonly string[];
  /** Why the labels of its clusters are not known: by them nothing can be selected. */
  readonly labelsProblem?: KubeError;
}

export interface ListedCluster {
  readonly name: string;
  /** By which it can be selected. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A cluster, and where it comes from. */
export interface FoundCluster extends ListedCluster {
  readonly source: ClusterSource["kind"];
}

/** A cluster, or why it is not used. */
export type ClusterEntry = UsableCluster | UnusableCluster;

export interface UsableCluster extends ListedCluster {
  /** Of its API server: the same for all who reach that one, another for any other; no secret. */
  readonly identity: string;
  /** Another one whenever how to connect has changed. */
  readonly version: string;
  /** How to connect. */
  readonly kubeconfig: KubeconfigSource;
  /** The API server's URL, with nothing secret in it: no user, no query, no token. */
  readonly server: string;
  /** What is not forbidden, but better otherwise; a sentence each. */
  readonly warnings?: readonly string[];
  readonly transport: TransportName;
  /** How it is asked in a request about several. @default by its transport */
  readonly inFleet?: (() => FleetWay) | undefined;
  /** What its labels say of how it is used. */
  readonly own: OwnSettings;
  /** Where its labels are, or would be: `clusters/labels.yaml`. */
  readonly labelsAt: string;
  readonly problem?: undefined;
}

/** How a cluster is asked in a request about several. */
export interface FleetWay {
  readonly transport: TransportName;
  /** Whether programs are run for it: kubectl, or a plugin for its credential. */
  readonly runsPrograms: boolean;
}

export const wayInFleet = ({ transport, inFleet }: UsableCluster): FleetWay =>
  inFleet?.() ?? { transport, runsPrograms: transport === "kubectl" };

export interface UnusableCluster extends ListedCluster {
  readonly problem: KubeError;
}

/** What all sources know together. */
export type ListedClusters =
  & Required<Omit<SourceList, "labelsProblem" | "clusters">>
  & Pick<SourceList, "labelsProblem">
  & { readonly clusters: readonly FoundCluster[] };

/** The clusters of all sources, sorted; of two with one name the earlier source's. */
export async function listClusters(
  sources: readonly ClusterSource[],
): Promise<ListedClusters> {
  const lists = await Promise.all(sources.map(async (source) => {
    const { clusters, ...more } = await source.list();
    return { ...more, clusters: clusters.map((each) => ({ ...each, source: source.kind })) };
  }));
  const byName = new Map<string, FoundCluster>();
  const clashes: string[] = [];
  for (const cluster of lists.flatMap(({ clusters }) => clusters)) {
    const { name } = cluster;
    if (!byName.has(name)) byName.set(name, cluster);
    else clashes.push(`Cluster '${name}' is defined in two sources; the first one is used`);
  }
  const labelsProblem = lists.find((list) => list.labelsProblem !== undefined)?.labelsProblem;
  return {
    ...(labelsProblem === undefined ? {} : { labelsProblem }),
    clusters: [...byName.values()].sort((a, b) => a.name < b.name ? -1 : 1),
    warnings: [...lists.flatMap(({ warnings = [] }) => warnings), ...new Set(clashes)],
  };
}

/** The first source's that has one of this name. */
export async function findCluster(
  sources: readonly ClusterSource[],
  name: string,
): Promise<ClusterEntry | undefined> {
  for (const source of sources) {
    const found = await source.find(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where a cluster of this name would be: the first source's that has a place for it. */
export function placeOf(sources: readonly ClusterSource[], name: string): string {
  const [place = name] = sources.flatMap((source) => source.placeOf?.(name) ?? []);
  return place;
}
