import { addressGroup } from "../net/address_group.ts";

/** The window in milliseconds. */
const WINDOW = 60_000;

/** What counting one event results in. */
export interface RateCount {
  /** Whether the event exceeds the limit of the current minute. */
  readonly isTooMany: boolean;
  /** How many events exceeded the limit in the key's previous minute; reported once, with the first event of the next. */
  readonly leftOut: number;
  /** Seconds until the current minute is over. */
  readonly seconds: number;
}

/** Counts events by key, in fixed windows of a minute that start with the key's first event. */
export class PerMinute {
  readonly #seen = new Map<string, { count: number; since: number }>();
  readonly #now: () => number;
  readonly #allowed: number;
  readonly #keys: number;

  /**
   * @param now the time in milliseconds. @default the real one
   * @param allowed events per key and minute
   * @param keys how many keys are kept; beyond that the least recently seen one is dropped
   */
  constructor({ now = () => Date.now(), allowed = 10, keys = 10_000 } = {}) {
    this.#now = now;
    this.#allowed = allowed;
    this.#keys = keys;
  }

  count(key: string, times = 1): RateCount {
    const now = this.#now();
    const before = this.#seen.get(key);
    const isNew = before === undefined || now - before.since >= WINDOW;
    const entry = isNew ? { count: 0, since: now } : before;
    entry.count += times;
    this.#seen.delete(key); // re-inserted, so that the map's first key is the least recently seen
    this.#seen.set(key, entry);
    if (this.#seen.size > this.#keys) this.#seen.delete(this.#seen.keys().next().value!);
    return {
      isTooMany: entry.count > this.#allowed,
      leftOut: isNew ? Math.max(0, (before?.count ?? 0) - this.#allowed) : 0,
      seconds: Math.ceil((entry.since + WINDOW - now) / 1000),
    };
  }
}

/**
 * The key that a caller's requests are counted under: the token, whatever address it is used from;
 * without tokens the address, where an IPv6 /64 counts as one.
 * @param token its name
 */
export function callerKey(token: string | undefined, address: string): string {
  return token === undefined ? `address ${addressGroup(address)}` : `token ${token}`;
}
