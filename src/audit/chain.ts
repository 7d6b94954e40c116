/**
 * The lines of a log are chained: each ends with a link, a keyed hash of itself and of the link of
 * the line before, also where that is in an older file. Without the key nobody can make a line that
 * fits, change one, leave one out or put it elsewhere without its being seen; that the newest lines
 * were cut off, or the oldest ones, does not show. Lines of versions without links may stand before
 * the first link.
 *
 * What is no entry, as a crash leaves it, is no link of the chain: the line behind follows the last
 * entry before.
 */

/** A keyed hash, as 32 hexadecimal digits. */
export type ChainHash = (text: string) => string;

const BEFORE = ',"link":"';
const DIGITS = 32;
const AFTER = '"}';

/** Characters by which a link lengthens a line. */
export const LINK_LENGTH = BEFORE.length + DIGITS + AFTER.length - 1;

/** Stands for the line before the first one. */
export const NO_LINE = "";

/**
 * A line with its link.
 * @param line JSON of an object that is not empty
 * @param before the link of the line before, or what {@link linkTo} has for it
 */
export function withLink(line: string, before: string, hash: ChainHash) {
  const link = hash(`${before}\n${line}`);
  return { line: line.slice(0, -1) + BEFORE + link + AFTER, link };
}

/** The link of a line, and the line without it; `undefined` when it has none. */
function linkIn(line: string): { readonly link: string; readonly rest: string } | undefined {
  const at = line.length - AFTER.length - DIGITS - BEFORE.length;
  if (at < 0 || !line.startsWith(BEFORE, at) || !line.endsWith(AFTER)) return undefined;
  const link = line.slice(at + BEFORE.length, -AFTER.length);
  return /^[0-9a-f]+$/.test(link) ? { link, rest: line.slice(0, at) + "}" } : undefined;
}

/** What the line that follows this one is linked to. */
export function linkTo(line: string, hash: ChainHash): string {
  return linkIn(line)?.link ?? hash(line);
}

/** What was seen of the chain in lines that were read. */
export interface ChainSeen {
  /**
   * `unbroken`, `broken`; `unchained`: there are no links, as in the log of an earlier version;
   * `unknown`: the key cannot be had.
   */
  readonly state: "unbroken" | "broken" | "unchained" | "unknown";
  /** How many lines follow the one before them. */
  readonly checked: number;
  /**
   * Times of the entries that do not follow the one before them, newest first, so many at most: they
   * were changed, or put there, or the one before was.
   */
  readonly broken_at?: readonly string[];
  /** Why it is unknown. */
  readonly why?: string;
}

/** Times that are told. */
const MAX_TOLD = 10;

/** Looks at the chain of entries that are read from the last to the first. */
export class ChainCheck {
  readonly #hash: ChainHash | { readonly why: string };
  #newer: { readonly line: string; readonly time: string } | undefined;
  #hasLinks = false;
  #checked = 0;
  readonly #brokenAt: string[] = [];

  /** @param hash or why there is none */
  constructor(hash: ChainHash | { readonly why: string }) {
    this.#hash = hash;
  }

  /** The next older entry, with its line. */
  see(line: string, time: string): void {
    this.#hasLinks ||= linkIn(line) !== undefined;
    const newer = this.#newer;
    this.#newer = { line, time };
    if (newer === undefined || typeof this.#hash !== "function") return;
    const linked = linkIn(newer.line);
    const follows = linked === undefined
      ? linkIn(line) === undefined // an earlier version's; no such line comes after a link
      : this.#hash(`${linkTo(line, this.#hash)}\n${linked.rest}`) === linked.link;
    if (!follows) this.#brokenAt.push(newer.time);
    else if (linked !== undefined) this.#checked++;
  }

  get seen(): ChainSeen {
    const checked = this.#checked;
    if (!this.#hasLinks) return { state: "unchained", checked };
    if (typeof this.#hash !== "function") return { state: "unknown", checked, ...this.#hash };
    if (this.#brokenAt.length === 0) return { state: "unbroken", checked };
    return { state: "broken", checked, broken_at: this.#brokenAt.slice(0, MAX_TOLD) };
  }
}
