/**
 * The lines of a log form a chain. Each line ends with a link: a keyed hash of the line and of the link
 * before it, which may be in an older file. Without the key, nobody can add, change, remove or move a
 * line without detection, except that the newest or oldest lines can be cut off. Lines without links,
 * of earlier versions, may stand before the first link.
 *
 * Lines that are not entries, which a crash may leave, are not part of the chain.
 */

/** A keyed hash, as 32 hexadecimal digits. */
export type ChainHash = (text: string) => string;

const BEFORE = ',"link":"';
const DIGITS = 32;
const AFTER = '"}';

/** The number of characters that a link adds to a line. */
export const LINK_LENGTH = BEFORE.length + DIGITS + AFTER.length - 1;

/** The link before the first line. */
export const NO_LINE = "";

/**
 * Adds the link to a line.
 * @param line JSON of an object that is not empty
 * @param before the link of the previous line, from {@link linkTo}
 */
export function withLink(line: string, before: string, hash: ChainHash) {
  const link = hash(`${before}\n${line}`);
  return { line: line.slice(0, -1) + BEFORE + link + AFTER, link };
}

/** The link of a line, and the line without it; `undefined` for a line without a link. */
function linkIn(line: string): { readonly link: string; readonly rest: string } | undefined {
  const at = line.length - AFTER.length - DIGITS - BEFORE.length;
  if (at < 0 || !line.startsWith(BEFORE, at) || !line.endsWith(AFTER)) return undefined;
  const link = line.slice(at + BEFORE.length, -AFTER.length);
  return /^[0-9a-f]+$/.test(link) ? { link, rest: line.slice(0, at) + "}" } : undefined;
}

/** The link that the next line refers to. */
export function linkTo(line: string, hash: ChainHash): string {
  return linkIn(line)?.link ?? hash(line);
}

/** The state of the chain in the lines that were read. */
export interface ChainSeen {
  /**
   * `unchained`: the lines have no links, as in the log of an earlier version. `unknown`: the key
   * cannot be used.
   */
  readonly state: "unbroken" | "broken" | "unchained" | "unknown";
  /** The number of lines that follow the one before them. */
  readonly checked: number;
  /**
   * Times of entries that do not follow the one before them, newest first, at most ten: either of the
   * two was changed, added or removed.
   */
  readonly broken_at?: readonly string[];
  /** Why the state is unknown. */
  readonly why?: string;
}

/** The most times in `broken_at`. */
const MAX_TIMES = 10;

/** Checks the chain of entries that are read from the last to the first. */
export class ChainCheck {
  readonly #hash: ChainHash | { readonly why: string };
  #newer: { readonly line: string; readonly time: string } | undefined;
  #hasLinks = false;
  #checked = 0;
  readonly #brokenAt: string[] = [];

  /** @param hash the hash, or why it cannot be computed */
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
    return { state: "broken", checked, broken_at: this.#brokenAt.slice(0, MAX_TIMES) };
  }
}
