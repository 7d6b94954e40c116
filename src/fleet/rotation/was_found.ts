import type { AuditEntry } from "../../audit/entry.ts";
import { isWholeRotation, listOrEmpty, type Memories } from "./memories.ts";

/**
 * Whether an earlier rotation found a value with one of these fingerprints, whatever its result, according to this
 * process or the audit log. An unreadable log counts as empty.
 * @param key identifies the key of the fingerprints; fingerprints with another key are not comparable
 */
export async function wasFound(
  fingerprints: readonly string[],
  key: string | undefined,
  { rotations, auditLog, isSeen }: Memories,
): Promise<boolean> {
  if (key === undefined) return false;
  if (fingerprints.some((each) => rotations.hasFound(each, key, isSeen))) return true;
  for (const replaced of fingerprints) {
    // The log also returns entries with truncated lists, which may have contained the fingerprint.
    const mayShow = (entry: AuditEntry) =>
      isWholeRotation(entry, key, isSeen) && listOrEmpty(entry.replaces).includes(replaced);
    try {
      const page = await auditLog?.read({ replaced, limit: 1, mayShow });
      if (page !== undefined && page.entries.length > 0) return true;
    } catch {
      // Requests for the log itself report why it cannot be read.
    }
  }
  return false;
}
