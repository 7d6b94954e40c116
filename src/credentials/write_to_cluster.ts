import type { WriteRecord } from "../audit/audit_log.ts";
import { recorded, type RecordedRequest } from "./recorded.ts";
import type { ClusterNotFound, OpenCluster } from "./stores.ts";
import { write, type WriteDeps, type WriteVerdict } from "./write.ts";

/** What a writing use-case gets besides the request. */
export interface WriteServices extends Omit<WriteDeps, "store"> {
  readonly open: OpenCluster;
  /** Absent when writes are not recorded. */
  readonly record?: WriteRecord;
}

/** Opens the cluster that a request names and writes there, on record. */
export async function writeToCluster(
  request: RecordedRequest,
  { open, record, ...deps }: WriteServices,
): Promise<WriteVerdict | ClusterNotFound> {
  return await recorded(request, record, async () => {
    const opened = await open(request.cluster);
    if (opened.kind === "cluster_not_found") return opened;
    if (opened.kind === "refused") return { kind: "unable", error: opened.error };
    return await write(request, { ...deps, store: opened.store });
  });
}
