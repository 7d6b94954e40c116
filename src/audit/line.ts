import { Buffer } from "node:buffer";
import { type AuditEntry, CUT_ORDER, type Cuttable } from "./entry.ts";

/**
 * Longest line that is written, with link and line break, in bytes. A thousand namespaces of 63
 * characters take a quarter of it.
 */
export const LONGEST_LINE = 256 * 1024;

/** Bytes reserved for `more`, `carried`, the link and the line break. */
const BESIDE = 512;

const ROOM = LONGEST_LINE - BESIDE;

/**
 * Most bytes of service accounts, even if there is room for more: a request can name a thousand names in
 * a thousand namespaces. One account with a short name in each of a thousand namespaces fits.
 */
const ROOM_FOR_ACCOUNTS = 100 * 1024;

/** Items of a list that stay as long as another list can still be cut. */
const KEPT = 10;

/** Length to which texts are cut in an entry that is too long even without lists. */
const MAX_TEXT = 1000;

/** The line of an entry, cut to fit, without link and line break. */
export function lineOf(entry: AuditEntry): string {
  return JSON.stringify(fitted(entry));
}

/** The line of an entry that is repeated at the start of a new file: see `Parsed.isCarried`. */
export function carriedLineOf(entry: AuditEntry): string {
  return JSON.stringify({ ...fitted(entry), carried: true });
}

/**
 * Cuts an entry so that its line has at most {@link LONGEST_LINE} bytes. The first items of a list stay,
 * and `more` has the number of the others. `not_restored` is cut last. An entry that fits is unchanged.
 */
export function fitted(entry: AuditEntry): AuditEntry {
  const accounts = sizeOf(entry.service_accounts ?? []);
  let fitting = shortened(entry, "service_accounts", { by: accounts - ROOM_FOR_ACCOUNTS });
  for (const keep of [KEPT, 0]) {
    for (const list of CUT_ORDER) {
      const by = sizeOf({ ...fitting, more: undefined }) - ROOM;
      if (by <= 0) return fitting;
      fitting = shortened(fitting, list, { by, keep });
    }
  }
  return sizeOf({ ...fitting, more: undefined }) <= ROOM ? fitting : withShortTexts(fitting);
}

/** Removes the last items of a list until the entry is shorter by `by` bytes, but keeps the first `keep`. */
function shortened(
  entry: AuditEntry,
  list: Cuttable,
  { by, keep = 0 }: { readonly by: number; readonly keep?: number },
): AuditEntry {
  const all = entry[list];
  if (typeof all !== "object" || all === null || by <= 0) return entry;
  const isList = Array.isArray(all);
  const items: readonly unknown[] = isList ? all : Object.entries(all);
  let left = items.length;
  // Each goes with its comma, but when none stays there is one comma less.
  for (let freed = -1; freed < by && left > keep; left--) {
    // An entry of a record is `k:v,`, which as an item is `[k,v]`.
    freed += sizeOf(items[left - 1]) + (isList ? 1 : -1);
  }
  if (left === items.length) return entry;
  const stay = items.slice(0, left);
  return {
    ...entry,
    [list]: isList ? stay : Object.fromEntries(stay as [string, string][]),
    more: { ...entry.more, [list]: (entry.more?.[list] ?? 0) + items.length - left },
  };
}

function withShortTexts(entry: AuditEntry): AuditEntry {
  const short = Object.entries(entry).map(([key, value]) => [
    key,
    typeof value === "string" && value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value,
  ]);
  return Object.fromEntries(short);
}

/** The length of the JSON in bytes. */
function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
