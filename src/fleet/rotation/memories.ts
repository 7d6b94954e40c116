import type { Entry } from "../../audit/entry.ts";
import type { Rotations } from "./rotations.ts";

/** By what it is known what earlier rotations have found. */
export interface Memories {
  readonly rotations: Rotations;
  /** Absent when there is none. */
  readonly auditLog?: ReadsEntries | undefined;
  /** Whether a cluster is for who asks: of others nothing is told. */
  readonly isSeen: (cluster: string) => boolean;
}

interface ReadsEntries {
  read(query: {
    readonly replaced?: string;
    readonly limit: number;
    readonly mayShow: (entry: Entry) => boolean;
  }): Promise<{ readonly entries: readonly Entry[] }>;
}

/** Whether an entry is of a rotation as a whole, which wrote, for who may see it, by this key. */
export function ofWhole(entry: Entry, key: string, isSeen: Memories["isSeen"]): boolean {
  return entry.kind === "rotate" && entry.dry_run !== true && entry.cluster === undefined &&
    entry.key === key && listed(entry.clusters).every(isSeen);
}

/** A line that somebody has changed may hold anything. */
export const listed = (list: readonly string[] | undefined): readonly string[] =>
  Array.isArray(list) ? list : [];
