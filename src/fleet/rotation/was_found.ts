import type { Entry } from "../../audit/entry.ts";
import type { Rotations } from "./rotations.ts";

export interface Memories {
  readonly rotations: Rotations;
  /** Absent when there is none. */
  readonly auditLog?: ReadsEntries | undefined;
  /** Whether a cluster is for who asks: of others nothing is told. */
  readonly isSeen: (cluster: string) => boolean;
}

interface ReadsEntries {
  read(query: {
    readonly replaced: string;
    readonly limit: number;
    readonly mayShow: (entry: Entry) => boolean;
  }): Promise<{ readonly entries: readonly Entry[] }>;
}

/**
 * Whether an earlier rotation has found a value with one of these fingerprints, as this process or the
 * audit log remembers, whatever became of it then. A log that cannot be read remembers nothing.
 */
export async function wasFound(
  fingerprints: readonly string[],
  { rotations, auditLog, isSeen }: Memories,
): Promise<boolean> {
  if (fingerprints.some((each) => rotations.hasFound(each, isSeen))) return true;
  const mayShow = ({ kind, cluster, clusters = [], dry_run }: Entry) =>
    kind === "rotate" && dry_run !== true &&
    (cluster === undefined ? clusters : [cluster]).every(isSeen);
  for (const replaced of fingerprints) {
    try {
      const page = await auditLog?.read({ replaced, limit: 1, mayShow });
      if (page !== undefined && page.entries.length > 0) return true;
    } catch {
      // Who asks for the log itself is told why it cannot be read.
    }
  }
  return false;
}
