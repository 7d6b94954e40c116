import { isObject } from "../../text/json.ts";
import type { ClusterList } from "./answers.ts";

/** One cluster of a list; of a server that is older than this program only the name. */
export type ListedCluster = ClusterList["clusters"][number] | string;

/** A list of clusters by whichever version of this program. */
export interface ClusterListOfAny {
  readonly clusters: readonly ListedCluster[];
  readonly warnings?: readonly string[];
}

/** What stands at the place of each name in a list of clusters, or `undefined` where it is none. */
export function namedIn(body: unknown): readonly unknown[] | undefined {
  const clusters = isObject(body) ? body.clusters : undefined;
  return Array.isArray(clusters)
    ? clusters.map((each: unknown) => isObject(each) ? each.name : each)
    : undefined;
}

/** The names in a list of clusters, or `undefined` where it is none. */
export function clusterNamesIn(body: unknown): readonly string[] | undefined {
  const names = namedIn(body);
  return names?.every((name) => typeof name === "string") ? names : undefined;
}
