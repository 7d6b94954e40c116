import pLimit from "p-limit";
import type { KubeError } from "../kube/errors.ts";
import type { Transport } from "../kube/transport.ts";
import {
  type ClusterSource,
  findCluster,
  listClusters,
  notThere,
  type SourceEntry,
} from "./source.ts";

/** What is known of a cluster without connecting to it. */
export interface DescribedCluster {
  readonly name: string;
  readonly source: ClusterSource["kind"];
  readonly labels: Readonly<Record<string, string>>;
  /** The transport to it. */
  readonly transport: Transport["name"];
  /** The API server's URL, to show; absent when the cluster is not usable. */
  readonly server?: string;
  /** Why the cluster is not usable. */
  readonly problem?: KubeError;
  readonly warnings: readonly string[];
  /** Other visible clusters with the same API server, sorted. */
  readonly sameServerAs: readonly string[];
}

export interface Described {
  /** Sorted by name. */
  readonly clusters: readonly DescribedCluster[];
  /** For the caller, one sentence each. */
  readonly warnings: readonly string[];
}

export interface WhichClusters {
  /** Whether the caller may see a cluster. */
  isVisible(name: string): boolean;
  /** Whether a visible cluster was requested. */
  isMeant(name: string): boolean;
}

/** Concurrently read kubeconfigs, so that thousands need few file descriptors. */
const AT_ONCE = 16;

/** Milliseconds for which a cluster that was not requested is taken from the cache. */
const FRESH = 2000;

/**
 * Describes clusters without connecting to them. Requested clusters are read anew. Of the other ones only
 * the server's identity is needed, for which a cached entry will do: requesting a thousand clusters one by
 * one would otherwise read a million kubeconfigs.
 * @param transportOf the transport to a cluster, even if it is not usable
 */
export function clusterDescriber(
  sources: readonly ClusterSource[],
  transportOf: (entry: SourceEntry | undefined) => Transport["name"],
) {
  const seen = new Map<string, { readonly at: number; readonly entry: SourceEntry }>();

  async function look(name: string, isMeant: boolean): Promise<SourceEntry | undefined> {
    const known = seen.get(name);
    if (!isMeant && known && performance.now() - known.at < FRESH) return known.entry;
    const entry = await findCluster(sources, name);
    if (entry === undefined) seen.delete(name);
    else seen.set(name, { at: performance.now(), entry });
    return entry;
  }

  return async ({ isVisible, isMeant }: WhichClusters): Promise<Described> => {
    const { clusters: listed, warnings } = await listClusters(sources);
    const visible = listed.filter(({ name }) => isVisible(name));
    const entries = await pLimit(AT_ONCE).map(visible, ({ name }) => look(name, isMeant(name)));
    const usable = entries.filter((entry) => entry !== undefined)
      .filter((entry) => entry.problem === undefined);
    const byServer = Map.groupBy(usable, ({ identity }) => identity);
    const described = visible.map(({ name, source, labels }, i): DescribedCluster => {
      const entry = entries[i];
      const known = { name, source, labels, transport: transportOf(entry) };
      if (entry === undefined || entry.problem !== undefined) {
        const problem = entry?.problem ?? notThere(sources, name);
        return { ...known, problem, warnings: [], sameServerAs: [] };
      }
      const { identity, server, warnings = [] } = entry;
      const names = byServer.get(identity)!.map((each) => each.name);
      const sameServerAs = names.filter((each) => each !== name);
      return { ...known, server, warnings, sameServerAs };
    });
    return {
      clusters: described.filter(({ name }) => isMeant(name)),
      warnings: warnings.map(({ text }) => text),
    };
  };
}
