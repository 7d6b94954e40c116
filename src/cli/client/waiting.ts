/** What is awaited, and what lines say of it. */

/** One of what is awaited. */
interface Awaited {
  readonly name: string;
  /** When it began, in milliseconds. */
  readonly since: number;
  /** After how many seconds it is given up, where that is known. */
  readonly seconds?: number;
}

/** How much room there is. */
export interface Room {
  /** Characters of a line. */
  readonly columns: number;
  readonly rows: number;
}

/** Keeps what is awaited, and tells each in a line. */
export class Waiting {
  readonly #awaited = new Map<string, Awaited>();
  #total = 0;
  #ended = 0;

  /** @param now the time in milliseconds */
  constructor(readonly now: () => number = () => performance.now()) {}

  /** @param count of what will be begun: what has not begun yet is counted, too */
  expect(count: number): void {
    this.#total += count;
  }

  begin(name: string): void {
    this.#awaited.set(name, { name, since: this.now() });
  }

  /** @param seconds after which it is given up */
  limit(name: string, seconds: number | undefined): void {
    const awaited = this.#awaited.get(name);
    if (awaited !== undefined && seconds) this.#awaited.set(name, { ...awaited, seconds });
  }

  end(name: string): void {
    if (this.#awaited.delete(name)) this.#ended++;
  }

  /** Of those that are told where there is so much room, the names. */
  shown({ rows }: Room): readonly string[] {
    return this.#longest(rows).map(({ name }) => name);
  }

  /**
   * `waiting for prod-12 (9 s of 30)`, a line each, of those that have been awaited for longest; where
   * there is no room for all, or some have not begun, the last line is `and 3 more`.
   */
  lines({ columns, rows }: Room): readonly string[] {
    const shown = this.#longest(rows);
    if (shown.length === 0) return [];
    const more = this.#left - shown.length;
    const lines = shown.map((each) => `waiting for ${this.#told(each)}`);
    if (more > 0 && rows > 1) lines.push(`and ${more} more`);
    return lines.map((line) =>
      line.length < columns ? line : line.slice(0, Math.max(0, columns - 2)) + "…"
    );
  }

  /** What has not ended. */
  get #left(): number {
    return Math.max(this.#total - this.#ended, this.#awaited.size);
  }

  #longest(rows: number): readonly Awaited[] {
    const longest = [...this.#awaited.values()].toSorted((a, b) => a.since - b.since);
    const isRoom = this.#left <= longest.length && longest.length <= rows;
    return isRoom ? longest : longest.slice(0, Math.max(1, rows - 1));
  }

  #told({ name, since, seconds }: Awaited): string {
    const waited = Math.floor((this.now() - since) / 1000);
    // A write asks several times, each for so long.
    const of = seconds !== undefined && waited <= seconds ? ` of ${seconds}` : "";
    return `${name} (${waited} s${of})`;
  }
}
