/** Several real clusters: API servers that share an etcd and nothing else. */
import { connect, type ControlPlaneClient } from "./connect.ts";
import type { ControlPlane } from "./control_plane.ts";

/** Number of clusters, including the control plane's own API server. */
const CLUSTERS = 4;

const VARIABLE = "ARGOCD_CONFIGURER_TEST_CLUSTERS";

/** Starts the others, and returns the variables by which `clustersFromEnv` finds all clusters. */
export async function startOthers(plane: ControlPlane): Promise<Record<string, string>> {
  const others = await Promise.all(
    Array.from({ length: CLUSTERS - 1 }, () => plane.another()),
  );
  return { [VARIABLE]: [plane, ...others].map(({ dir }) => dir).join("\n") };
}

/** The clusters for tests; none without a control plane. */
export function clustersFromEnv(): readonly ControlPlaneClient[] {
  const folders = Deno.env.get(VARIABLE);
  return folders ? folders.split("\n").map(connect) : [];
}
