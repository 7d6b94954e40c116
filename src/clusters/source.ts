import type { KubeconfigSource } from "../kube/api/connection.ts";
import { KubeError } from "../kube/errors.ts";
import type { OwnSettings, TransportName } from "./own_settings.ts";

/** Where clusters come from: the clusters folder, or another source. */
export interface ClusterSource {
  readonly kind: "folder" | "argocd";
  /** Lists the clusters without reading how each is reached, so that thousands are cheap. */
  list(): Promise<SourceList>;
  /**
   * The current state of one cluster; `undefined` when the source has no cluster of this name.
   * @param name a valid cluster name
   */
  find(name: string): Promise<SourceEntry | undefined>;
  /** Where a cluster of this name is expected, for "not found" messages; absent when there is no place. */
  locationOf?(name: string): string;
}

/** Something wrong with a list of clusters: a sentence for the response, and details for the log. */
export type ClusterListWarning =
  & { readonly text: string }
  & (
    | { readonly kind: "labels_unusable" }
    | {
      readonly kind: "labels_unused";
      readonly file: string;
      /** The first clusters without a kubeconfig, sorted. */
      readonly clusters: readonly string[];
      /** How many there are. */
      readonly total: number;
    }
    | { readonly kind: "defined_twice"; readonly cluster: string }
  );

export interface SourceList {
  /** Sorted by name. */
  readonly clusters: readonly LabeledCluster[];
  /** @default none */
  readonly warnings?: readonly ClusterListWarning[];
  /** Why the clusters' labels are unknown, so that a label selector cannot be used. */
  readonly labelsProblem?: KubeError;
}

export interface LabeledCluster {
  readonly name: string;
  /** For label selectors. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A cluster with the kind of its source. */
export interface FoundCluster extends LabeledCluster {
  readonly source: ClusterSource["kind"];
}

/** A cluster of a source, usable or not. */
export type SourceEntry = UsableCluster | UnusableCluster;

export interface UsableCluster extends LabeledCluster {
  /** Identifies the API server: equal for all clusters that lead to it. Contains no secret. */
  readonly identity: string;
  /** Changes whenever the way to connect changes. */
  readonly version: string;
  /** How to connect. */
  readonly kubeconfig: KubeconfigSource;
  /** The API server's URL without secrets: no user info, query or token. */
  readonly server: string;
  /** Problems that do not prevent use, one sentence each. */
  readonly warnings?: readonly string[];
  readonly transport: TransportName;
  /** The transport in a request about several clusters. @default `transport` */
  readonly inFleet?: (() => FleetTransport) | undefined;
  /** Settings from its labels. */
  readonly own: OwnSettings;
  /** The labels file, even if it does not exist: `clusters/labels.yaml`. */
  readonly labelsAt: string;
  readonly problem?: undefined;
}

/** The transport to a cluster in a request about several clusters. */
export interface FleetTransport {
  readonly transport: TransportName;
  /** Whether requests to it run programs: kubectl, or a credential plugin. */
  readonly runsPrograms: boolean;
}

export const fleetTransportOf = ({ transport, inFleet }: UsableCluster): FleetTransport =>
  inFleet?.() ?? { transport, runsPrograms: transport === "kubectl" };

export interface UnusableCluster extends LabeledCluster {
  readonly problem: KubeError;
}

/** The clusters of all sources. */
export type ListedClusters =
  & Required<Omit<SourceList, "labelsProblem" | "clusters">>
  & Pick<SourceList, "labelsProblem">
  & { readonly clusters: readonly FoundCluster[] };

/** Lists the clusters of all sources, sorted; of two with the same name the earlier source's is used. */
export async function listClusters(
  sources: readonly ClusterSource[],
): Promise<ListedClusters> {
  const lists = await Promise.all(sources.map(async (source) => {
    const { clusters, ...more } = await source.list();
    return { ...more, clusters: clusters.map((each) => ({ ...each, source: source.kind })) };
  }));
  const byName = new Map<string, FoundCluster>();
  const clashes = new Map<string, ClusterListWarning>();
  for (const cluster of lists.flatMap(({ clusters }) => clusters)) {
    const { name } = cluster;
    if (!byName.has(name)) byName.set(name, cluster);
    else {
      const text = `Cluster '${name}' is defined in two sources; the first one is used`;
      clashes.set(name, { kind: "defined_twice", cluster: name, text });
    }
  }
  const labelsProblem = lists.find((list) => list.labelsProblem !== undefined)?.labelsProblem;
  return {
    ...(labelsProblem === undefined ? {} : { labelsProblem }),
    clusters: [...byName.values()].sort((a, b) => a.name < b.name ? -1 : 1),
    warnings: [...lists.flatMap(({ warnings = [] }) => warnings), ...clashes.values()],
  };
}

/** Finds a cluster in the first source that has it. */
export async function findCluster(
  sources: readonly ClusterSource[],
  name: string,
): Promise<SourceEntry | undefined> {
  for (const source of sources) {
    const found = await source.find(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where a cluster of this name is expected, by the first source that has a location for it. */
export function locationOf(sources: readonly ClusterSource[], name: string): string {
  const [location = name] = sources.flatMap((source) => source.locationOf?.(name) ?? []);
  return location;
}

/** The problem of a cluster that was listed and is not found: a dangling link, or a file that was just deleted. */
export function notThere(sources: readonly ClusterSource[], cluster: string): KubeError {
  const message = `Cannot use kubeconfig '${locationOf(sources, cluster)}': it does not exist`;
  return new KubeError("invalid_kubeconfig", message, { cluster });
}
