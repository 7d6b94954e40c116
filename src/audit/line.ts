import { Buffer } from "node:buffer";
import { CUT_ORDER, type Cuttable, type Entry } from "./entry.ts";

/**
 * Longest line that is written, with its link and its end, in bytes: a thousand namespaces of 63
 * characters are a quarter of it.
 */
export const LONGEST_LINE = 256 * 1024;

/** Bytes of a line beside the entry without `more`: `more`, `carried`, the link and the end. */
const BESIDE = 512;

const ROOM = LONGEST_LINE - BESIDE;

/**
 * Most bytes of service accounts, also where there is room for more: a request names them as so many
 * names times so many namespaces. One with a short name in each of a thousand namespaces fits.
 */
const ROOM_FOR_ACCOUNTS = 100 * 1024;

/** So many of a list stay as long as another one that is cut later can be. */
const KEPT = 10;

/** Characters that stay of a text in an entry that is too long without any list. */
const MAX_TEXT = 1000;

/** The line of an entry, cut where it is too long, without its end and its link. */
export function lineOf(entry: Entry): string {
  return JSON.stringify(fitted(entry));
}

/** The same again, at the beginning of a new file: see `Parsed.isCarried`. */
export function carriedLineOf(entry: Entry): string {
  return JSON.stringify({ ...fitted(entry), carried: true });
}

/**
 * An entry whose line is at most {@link LONGEST_LINE} long. Of lists that are too long the first
 * items stay, and `more` says how many were left out; what was not restored is cut last. One that
 * fits stays as it is.
 */
export function fitted(entry: Entry): Entry {
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

/** Without as many of the last items as make it shorter by some bytes, but with the first `keep`. */
function shortened(
  entry: Entry,
  list: Cuttable,
  { by, keep = 0 }: { readonly by: number; readonly keep?: number },
): Entry {
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

function withShortTexts(entry: Entry): Entry {
  const short = Object.entries(entry).map(([key, value]) => [
    key,
    typeof value === "string" && value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value,
  ]);
  return Object.fromEntries(short);
}

/** Of its JSON, in bytes. */
function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
