/** Several real clusters: API servers that share an etcd and nothing else. */
import { connect, type ControlPlaneClient } from "./connect.ts";
import type { ControlPlane } from "./control_plane.ts";

/** With the control plane's own API server. */
const CLUSTERS = 4;

const VARIABLE = "ARGOCD_CONFIGURER_TEST_CLUSTERS";

/** Starts those beside the first; all of them are what `clustersFromEnv` finds by these variables. */
export async function startOthers(plane: ControlPlane): Promise<Record<string, string>> {
  const others = await Promise.all(
    Array.from({ length: CLUSTERS - 1 }, () => plane.another()),
  );
  return { [VARIABLE]: [plane, ...others].map(({ dir }) => dir).join("\n") };
}

/** The clusters that the tests have; none where there is no control plane. */
export function clustersFromEnv(): readonly ControlPlaneClient[] {
  const folders = Deno.env.get(VARIABLE);
  return folders ? folders.split("\n").map(connect) : [];
}
