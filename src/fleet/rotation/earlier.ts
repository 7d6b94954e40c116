import type { AuditEntry } from "../../audit/entry.ts";
import { isWholeRotation, listOrEmpty, type Memories } from "./memories.ts";
import type { PastRotation, SameSearch } from "./past.ts";

/** What earlier rotations with the same search found. */
export type Earlier = Pick<PastRotation, "replaces" | "replacesOf">;

export const NOTHING_EARLIER: Earlier = { replaces: [], replacesOf: [] };

/** The most lines read from the audit log: two per rotation. */
const MOST_LINES = 1000;

/**
 * The values that earlier rotations with the same search found and that are not proven gone, according to this process
 * and the audit log: a value that was replaced on some clusters may still be on others. An unreadable log counts as
 * empty.
 */
export async function earlierOf(now: SameSearch, memories: Memories): Promise<Earlier> {
  const { rotations, auditLog, isSeen } = memories;
  const mayShow = (entry: AuditEntry) =>
    entry.about === now.about && isWholeRotation(entry, now.key, isSeen);
  const read = await auditLog?.read({ limit: MOST_LINES, mayShow }).catch(() => undefined);
  const all = [
    notYetGone(rotations.past(now, isSeen), now),
    notYetGone((read?.entries ?? []).map(pastOf), now),
  ];
  const once = (of: keyof Earlier) => [...new Set(all.flatMap((each) => each[of]))];
  return {
    // A rotation back writes a value that was an old one before.
    replaces: once("replaces").filter((each) => each !== now.to),
    replacesOf: once("replacesOf"),
  };
}

/**
 * The results since the last rotation that proved all values gone. That rotation itself is included if it wrote the same
 * value, because repeating its request is about the values that it replaced.
 * @param pasts newest first
 */
function notYetGone(pasts: readonly PastRotation[], { to, everywhere }: SameSearch): Earlier {
  const at = pasts.findIndex(({ isSafe }) => isSafe);
  const isSame = at >= 0 && to !== undefined && pasts[at]!.to === to;
  const meant = at < 0 ? pasts : pasts.slice(0, isSame ? at + 1 : at);
  const looked = meant.filter((each) => each.everywhere || !everywhere);
  return {
    replaces: meant.flatMap(({ replaces }) => replaces),
    replacesOf: looked.flatMap(({ replacesOf }) => replacesOf),
  };
}

const pastOf = (entry: AuditEntry): PastRotation => ({
  to: entry.credential,
  everywhere: entry.everywhere === true,
  replaces: listOrEmpty(entry.replaces),
  // A value that was truncated from the list may have been on any of the clusters.
  replacesOf: entry.more?.replaces ? [] : listOrEmpty(entry.replaces_of),
  isSafe: entry.safe_to_revoke === true,
});
