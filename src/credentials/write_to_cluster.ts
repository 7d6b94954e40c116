import type { ClusterNotFound, OpenCluster } from "./stores.ts";
import { write, type WriteDeps, type WriteRequest, type WriteVerdict } from "./write.ts";

/** What a writing use-case gets besides the request. */
export interface WriteServices extends Omit<WriteDeps, "store"> {
  readonly open: OpenCluster;
}

/** Opens the cluster that a request names and writes there. */
export async function writeToCluster(
  request: WriteRequest,
  { open, ...deps }: WriteServices,
): Promise<WriteVerdict | ClusterNotFound> {
  const opened = await open(request.cluster);
  if (opened.kind === "cluster_not_found") return opened;
  if (opened.kind === "refused") return { kind: "unable", error: opened.error };
  return await write(request, { ...deps, store: opened.store });
}
