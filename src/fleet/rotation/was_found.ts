import type { Entry } from "../../audit/entry.ts";
import { listed, type Memories, ofWhole } from "./memories.ts";

/**
 * Whether an earlier rotation has found a value with one of these fingerprints, as this process or the
 * audit log remembers, whatever became of it then. A log that cannot be read remembers nothing.
 * @param key by which they are made: what was made by another one says nothing of a value now
 */
export async function wasFound(
  fingerprints: readonly string[],
  key: string | undefined,
  { rotations, auditLog, isSeen }: Memories,
): Promise<boolean> {
  if (key === undefined) return false;
  if (fingerprints.some((each) => rotations.hasFound(each, key, isSeen))) return true;
  for (const replaced of fingerprints) {
    // The log also gives entries with cut lists, in which it may have stood.
    const mayShow = (entry: Entry) =>
      ofWhole(entry, key, isSeen) && listed(entry.replaces).includes(replaced);
    try {
      const page = await auditLog?.read({ replaced, limit: 1, mayShow });
      if (page !== undefined && page.entries.length > 0) return true;
    } catch {
      // Who asks for the log itself is told why it cannot be read.
    }
  }
  return false;
}
