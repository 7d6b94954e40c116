import pLimit from "p-limit";
import type { TransportName } from "./own_settings.ts";
import { type ClusterSource, findCluster, wayInFleet } from "./source.ts";

/** One of the clusters that a request is about. */
export interface ChosenCluster {
  readonly name: string;
  /** Others that were meant and have the same API server: with this one they are one cluster. */
  readonly sameServerAs: readonly string[];
  /** Its API server, by what is the same for all of its names; of one that is not used, itself. */
  readonly server: string;
  /** By which it is asked; absent of one that is not used. */
  readonly transport?: TransportName;
  /** Whether programs are run to ask it. */
  readonly runsPrograms: boolean;
}

/** Kubeconfigs that are looked at at once, so that thousands take few file descriptors. */
const AT_ONCE = 16;

/** Of which names one cluster is made. */
export interface ChooseOptions {
  /**
   * Whether names of one API server stay apart whose labels have Argo CD in different namespaces: of what
   * looks into each of these. @default false
   */
  readonly byArgocd?: boolean | undefined;
}

/**
 * Makes one cluster of those that have one API server, under the first name, so that nothing is
 * written twice and no cluster is counted twice. Each is looked at, and none is asked.
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
        ...usable === undefined ? { runsPrograms: false } : wayInFleet(usable),
      };
    });
  };
}
