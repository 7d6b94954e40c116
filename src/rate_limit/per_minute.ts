/** Milliseconds. */
const WINDOW = 60_000;

/** How often something has come. */
export interface Counted {
  /** Whether it was one too many within the minute. */
  readonly isTooMany: boolean;
  /** How many were too many in the minute before, told with the first of the next one. */
  readonly leftOut: number;
  /** Until the next minute begins. */
  readonly seconds: number;
}

/** Counts what comes by who sends it, in minutes that begin with the first. */
export class PerMinute {
  readonly #seen = new Map<string, { count: number; since: number }>();
  readonly #now: () => number;
  readonly #allowed: number;
  readonly #keys: number;

  /**
   * @param now the time in milliseconds. @default the real one
   * @param allowed how many are
   * @param keys that are remembered; the one seen longest ago is forgotten
   */
  constructor({ now = () => Date.now(), allowed = 10, keys = 10_000 } = {}) {
    this.#now = now;
    this.#allowed = allowed;
    this.#keys = keys;
  }

  count(key: string, times = 1): Counted {
    const now = this.#now();
    const before = this.#seen.get(key);
    const isNew = before === undefined || now - before.since >= WINDOW;
    const entry = isNew ? { count: 0, since: now } : before;
    entry.count += times;
    this.#seen.delete(key); // so that the first in the map is the one seen longest ago
    this.#seen.set(key, entry);
    if (this.#seen.size > this.#keys) this.#seen.delete(this.#seen.keys().next().value!);
    return {
      isTooMany: entry.count > this.#allowed,
      leftOut: isNew ? Math.max(0, (before?.count ?? 0) - this.#allowed) : 0,
      seconds: Math.ceil((entry.since + WINDOW - now) / 1000),
    };
  }
}
