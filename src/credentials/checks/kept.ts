/** A bounded map: entries expire, and the oldest are dropped first. */
export class Kept<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly until: number }>();
  readonly #options: KeptOptions;

  constructor(options: KeptOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.until > this.#options.now()) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, value: Value): void {
    const { most, milliseconds, now } = this.#options;
    this.#entries.delete(key); // keeps the oldest entry first in the map
    this.#entries.set(key, { value, until: now() + milliseconds });
    if (this.#entries.size > most) this.#entries.delete(this.#entries.keys().next().value!);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}

export interface KeptOptions {
  /** The most entries. */
  readonly most: number;
  /** How long an entry is kept. */
  readonly milliseconds: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
