/**
 * How an operation is asked for: below `/api/v1`, at the root, or there by one of the paths of the
 * first version, whose answers stay as they were: their errors have no code, field or remedy.
 */
export type Face = "v1" | "root" | "seed";

/** What a body calls the cluster. */
export function clusterField(face: Face): "cluster" | "cluster_name" {
  return face === "v1" ? "cluster" : "cluster_name";
}
