/**
 * The kind of path of a request: below `/api/v1`, at the root, or one of the seed's six paths at the root,
 * whose errors have no code, field or remedy.
 */
export type Face = "v1" | "root" | "seed";

/** The name of the field for the cluster in a body. */
export function clusterField(face: Face): "cluster" | "cluster_name" {
  return face === "v1" ? "cluster" : "cluster_name";
}

/** The path that adds a repository's credential, for descriptions of other operations. */
export function addRepoPath(face: Face): string {
  return face === "v1" ? "/api/v1/repositories" : "/secrets/add_repo";
}
