/** Wrong tokens of one address within {@link WINDOW} that are answered as such. */
const ALLOWED = 10;

/** Milliseconds. */
const WINDOW = 60_000;

/** Addresses that are remembered. */
const ADDRESSES = 10_000;

/**
 * Counts wrong tokens by address. A token has 256 random bits, so this is not what keeps a guess from
 * being right: it keeps a script with an old token from filling the log. Who has a right one is
 * never refused.
 */
export class WrongTokens {
  readonly #seen = new Map<string, { count: number; since: number }>();

  /** @param now the real time by default, in milliseconds */
  constructor(readonly now: () => number = Date.now) {}

  /** Counts one, and gives the seconds to wait when it was one too many. */
  count(address: string): number | undefined {
    const now = this.now();
    const before = this.#seen.get(address);
    const isNew = before === undefined || now - before.since >= WINDOW;
    const entry = isNew ? { count: 0, since: now } : before;
    entry.count++;
    this.#seen.delete(address); // so that the first in the map is the one seen longest ago
    this.#seen.set(address, entry);
    if (this.#seen.size > ADDRESSES) this.#seen.delete(this.#seen.keys().next().value!);
    return entry.count <= ALLOWED ? undefined : Math.ceil((entry.since + WINDOW - now) / 1000);
  }
}
