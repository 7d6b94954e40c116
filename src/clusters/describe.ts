import pLimit from "p-limit";
import { KubeError } from "../kube/errors.ts";
import type { Transport } from "../kube/transport.ts";
import {
  type ClusterEntry,
  type ClusterSource,
  findCluster,
  listClusters,
  placeOf,
} from "./source.ts";

/** A cluster as it can be told of without asking it. */
export interface DescribedCluster {
  readonly name: string;
  readonly source: ClusterSource["kind"];
  readonly labels: Readonly<Record<string, string>>;
  /** By which it is asked. */
  readonly transport: Transport["name"];
  /** Of the API server, to show; absent where the cluster is not used. */
  readonly server?: string;
  /** Why it is not used. */
  readonly problem?: KubeError;
  readonly warnings: readonly string[];
  /** Other names, of those that may be seen, by which its server is known, too; sorted. */
  readonly sameServerAs: readonly string[];
}

export interface Described {
  /** Sorted by name. */
  readonly clusters: readonly DescribedCluster[];
  /** What whoever asked should know, a sentence each. */
  readonly warnings: readonly string[];
}

export interface WhichClusters {
  /** Of the clusters that there are: which may be seen. */
  isVisible(name: string): boolean;
  /** Of those: which are meant. */
  isMeant(name: string): boolean;
}

/** Kubeconfigs that are looked at at once, so that thousands take few file descriptors. */
const AT_ONCE = 16;

/** Milliseconds for which what was seen of a cluster does where only its server is asked for. */
const FRESH = 2000;

/**
 * Tells of clusters without asking one. Each that is meant is looked at anew; of the others, only
 * whether they lead to the same server is asked, and for that what was seen a moment ago does: who
 * asks for a thousand clusters one by one would else have a million kubeconfigs looked at.
 * @param transportOf by which way a cluster is asked, or would be
 */
export function clusterDescriber(
  sources: readonly ClusterSource[],
  transportOf: (entry: ClusterEntry | undefined) => Transport["name"],
) {
  const seen = new Map<string, { readonly at: number; readonly entry: ClusterEntry }>();

  async function look(name: string, isMeant: boolean): Promise<ClusterEntry | undefined> {
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
    return { clusters: described.filter(({ name }) => isMeant(name)), warnings };
  };
}

/** What a source lists and does not find: a link that leads nowhere, or a file that has just gone. */
function notThere(sources: readonly ClusterSource[], cluster: string): KubeError {
  const message = `Cannot use kubeconfig '${placeOf(sources, cluster)}': it is not there`;
  return new KubeError("invalid_kubeconfig", message, { cluster });
}
