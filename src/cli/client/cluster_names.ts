import { isObject } from "../../text/json.ts";
import type { ClusterListBody } from "./answers.ts";

/** An entry of a list of clusters; an older server sends only the name. */
export type ListedCluster = ClusterListBody["clusters"][number] | string;

/** A list of clusters from a server of any version. */
export interface ClusterListOfAny {
  readonly clusters: readonly ListedCluster[];
  readonly warnings?: readonly string[];
}

/** The unchecked names in a list of clusters; `undefined` when the body is not such a list. */
export function namedIn(body: unknown): readonly unknown[] | undefined {
  const clusters = isObject(body) ? body.clusters : undefined;
  return Array.isArray(clusters)
    ? clusters.map((each: unknown) => isObject(each) ? each.name : each)
    : undefined;
}

/** The names in a list of clusters; `undefined` when the body is not such a list. */
export function clusterNamesIn(body: unknown): readonly string[] | undefined {
  const names = namedIn(body);
  return names?.every((name) => typeof name === "string") ? names : undefined;
}
