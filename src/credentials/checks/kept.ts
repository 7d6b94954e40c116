/** A bounded map, the oldest of whose entries go first, and whose entries end by themselves. */
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
    this.#entries.delete(key); // so that the first in the map is the oldest
    this.#entries.set(key, { value, until: now() + milliseconds });
    if (this.#entries.size > most) this.#entries.delete(this.#entries.keys().next().value!);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}

export interface KeptOptions {
  /** How many entries there may be. */
  readonly most: number;
  /** How long each is kept. */
  readonly milliseconds: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
