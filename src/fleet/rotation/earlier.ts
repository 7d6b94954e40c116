import type { Entry } from "../../audit/entry.ts";
import { listed, type Memories, ofWhole } from "./memories.ts";
import type { Past, SameAgain } from "./past.ts";

/** What was found before of what is sought. */
export type Earlier = Pick<Past, "replaces" | "replacesOf">;

export const NOTHING_EARLIER: Earlier = { replaces: [], replacesOf: [] };

/** Most lines that are read of the audit log: two a rotation. */
const MOST_LINES = 1000;

/**
 * What earlier rotations of the same have found that is not known to be gone, as this process and the audit log
 * remember: what they replaced in one part of the clusters may still stand in another one. A log that cannot
 * be read remembers nothing.
 */
export async function earlierOf(now: SameAgain, memories: Memories): Promise<Earlier> {
  const { rotations, auditLog, isSeen } = memories;
  const mayShow = (entry: Entry) => entry.about === now.about && ofWhole(entry, now.key, isSeen);
  const read = await auditLog?.read({ limit: MOST_LINES, mayShow }).catch(() => undefined);
  const all = [
    notYetGone(rotations.past(now, isSeen), now),
    notYetGone((read?.entries ?? []).map(pastOf), now),
  ];
  const once = (of: keyof Earlier) => [...new Set(all.flatMap((each) => each[of]))];
  return {
    // The new value may have been an old one, before the way back.
    replaces: once("replaces").filter((each) => each !== now.to),
    replacesOf: once("replacesOf"),
  };
}

/**
 * Back to the last one that has proven all gone; that one itself is meant where it wrote the same value, as the
 * same request again is about what it replaced.
 * @param pasts newest first
 */
function notYetGone(pasts: readonly Past[], { to, everywhere }: SameAgain): Earlier {
  const at = pasts.findIndex(({ isSafe }) => isSafe);
  const isSame = at >= 0 && to !== undefined && pasts[at]!.to === to;
  const meant = at < 0 ? pasts : pasts.slice(0, isSame ? at + 1 : at);
  const looked = meant.filter((each) => each.everywhere || !everywhere);
  return {
    replaces: meant.flatMap(({ replaces }) => replaces),
    replacesOf: looked.flatMap(({ replacesOf }) => replacesOf),
  };
}

const pastOf = (entry: Entry): Past => ({
  to: entry.credential,
  everywhere: entry.everywhere === true,
  replaces: listed(entry.replaces),
  // What was cut from the list may have been in any of them.
  replacesOf: entry.more?.replaces ? [] : listed(entry.replaces_of),
  isSafe: entry.safe_to_revoke === true,
});
