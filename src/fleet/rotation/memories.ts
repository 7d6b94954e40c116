import type { AuditEntry } from "../../audit/entry.ts";
import type { MakeFingerprint } from "../../credentials/fingerprints.ts";
import { seal } from "../../log/sealed.ts";
import type { Rotations } from "./rotations.ts";

/** The sources for what earlier rotations found. */
export interface Memories {
  readonly rotations: Rotations;
  /** Absent when there is none. */
  readonly auditLog?: ReadsEntries | undefined;
  /** Whether the caller may access a cluster; others are ignored. */
  readonly isSeen: (cluster: string) => boolean;
}

interface ReadsEntries {
  read(query: {
    readonly replaced?: string;
    readonly limit: number;
    readonly mayShow: (entry: AuditEntry) => boolean;
  }): Promise<{ readonly entries: readonly AuditEntry[] }>;
}

/** Whether an entry is about a whole rotation that was no dry run, on clusters that the caller may access, with this key. */
export function isWholeRotation(
  entry: AuditEntry,
  key: string,
  isSeen: Memories["isSeen"],
): boolean {
  return entry.kind === "rotate" && entry.dry_run !== true && entry.cluster === undefined &&
    entry.key === key && listOrEmpty(entry.clusters).every(isSeen);
}

/** The list of an audit log line, which may have been tampered with; empty where it is not a list. */
export const listOrEmpty = (list: readonly string[] | undefined): readonly string[] =>
  Array.isArray(list) ? list : [];

/** A text that is never a credential. */
const ALWAYS = "argocd-configurer: which key makes fingerprints";

/**
 * Identifies the key with which fingerprints are made now. Fingerprints are comparable only if their key is the same. It
 * changes with the settings, or when its file is recreated.
 * @returns `undefined` where fingerprints are unavailable
 */
export function keyInUse(fingerprint: MakeFingerprint): Promise<string | undefined> {
  return fingerprint(seal(ALWAYS));
}
