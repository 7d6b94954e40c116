import pLimit from "p-limit";
import type { TransportName } from "./own_settings.ts";
import { type ClusterSource, findCluster, fleetTransportOf } from "./source.ts";

/** A cluster selected for a request. */
export interface ChosenCluster {
  readonly name: string;
  /** Other selected names with the same API server, which are treated as this cluster. */
  readonly sameServerAs: readonly string[];
  /** The identity of its API server; the name of the cluster when it is not usable. */
  readonly server: string;
  /** The transport to it; absent when it is not usable. */
  readonly transport?: TransportName;
  /** Whether requests to it run programs. */
  readonly runsPrograms: boolean;
}

/** Concurrently read kubeconfigs, so that thousands need few file descriptors. */
const AT_ONCE = 16;

/** How names with the same API server are merged. */
export interface ChooseOptions {
  /**
   * Whether names of one API server stay separate when their labels put Argo CD into different namespaces:
   * for operations that look into each of these namespaces. @default false
   */
  readonly byArgocd?: boolean | undefined;
}

/**
 * Merges clusters with the same API server under the first name, so that nothing is written or counted
 * twice. It reads kubeconfigs, and connects to no cluster.
 */
export function clusterChooser(sources: readonly ClusterSource[]) {
  return async (
    names: readonly string[],
    { byArgocd = false }: ChooseOptions = {},
  ): Promise<readonly ChosenCluster[]> => {
    const entries = await pLimit(AT_ONCE).map(
      names,
      async (name) => ({ name, entry: await findCluster(sources, name) }),
    );
    const serverOf = ({ name, entry }: typeof entries[number]) =>
      entry?.problem === undefined ? entry?.identity ?? name : name;
    const argocdOf = ({ entry }: typeof entries[number]) =>
      entry?.problem === undefined ? entry?.own.argocdNamespace : undefined;
    const byServer = Map.groupBy(
      entries,
      (each) => JSON.stringify([serverOf(each), byArgocd ? String(argocdOf(each)) : ""]),
    );
    return [...byServer.values()].map(([first, ...others]) => {
      const { name, entry } = first!;
      const server = serverOf(first!);
      const usable = entry?.problem === undefined ? entry : undefined;
      return {
        name,
        sameServerAs: others.map((other) => other.name),
        server,
        ...usable === undefined ? { runsPrograms: false } : fleetTransportOf(usable),
      };
    });
  };
}
