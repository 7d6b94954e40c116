/** Something that is awaited. */
interface Awaited {
  readonly name: string;
  /** When it was started, in milliseconds. */
  readonly since: number;
  /** Timeout in seconds, if known. */
  readonly seconds?: number;
}

/** Size of a terminal, or of a part of it. */
export interface Room {
  /** Characters per line. */
  readonly columns: number;
  readonly rows: number;
}

/** Keeps what is awaited, and makes a line of each. */
export class Waiting {
  readonly #awaited = new Map<string, Awaited>();
  #total = 0;
  #finished = 0;

  /** @param now the time in milliseconds */
  constructor(readonly now: () => number = () => performance.now()) {}

  /** @param count of items that will be started; lines count those that were not started yet, too */
  expect(count: number): void {
    this.#total += count;
  }

  start(name: string): void {
    this.#awaited.set(name, { name, since: this.now() });
  }

  /** @param seconds timeout */
  limit(name: string, seconds: number | undefined): void {
    const awaited = this.#awaited.get(name);
    if (awaited !== undefined && seconds) this.#awaited.set(name, { ...awaited, seconds });
  }

  finish(name: string): void {
    if (this.#awaited.delete(name)) this.#finished++;
  }

  /** The names that have a line if there is so much room. */
  shown({ rows }: Room): readonly string[] {
    return this.#longest(rows).map(({ name }) => name);
  }

  /**
   * A line `waiting for prod-12 (9 s of 30)` each, the longest wait first. The last line is `and 3 more`
   * if there is no room for all, or some were not started.
   */
  lines({ columns, rows }: Room): readonly string[] {
    const shown = this.#longest(rows);
    if (shown.length === 0) return [];
    const more = this.#open - shown.length;
    const lines = shown.map((each) => `waiting for ${this.#lineOf(each)}`);
    if (more > 0 && rows > 1) lines.push(`and ${more} more`);
    return lines.map((line) =>
      line.length < columns ? line : line.slice(0, Math.max(0, columns - 2)) + "…"
    );
  }

  /** The number of unfinished items. */
  get #open(): number {
    return Math.max(this.#total - this.#finished, this.#awaited.size);
  }

  #longest(rows: number): readonly Awaited[] {
    const longest = [...this.#awaited.values()].toSorted((a, b) => a.since - b.since);
    const isRoom = this.#open <= longest.length && longest.length <= rows;
    return isRoom ? longest : longest.slice(0, Math.max(1, rows - 1));
  }

  #lineOf({ name, since, seconds }: Awaited): string {
    const waited = Math.floor((this.now() - since) / 1000);
    // A write sends several requests, each with this timeout.
    const of = seconds !== undefined && waited <= seconds ? ` of ${seconds}` : "";
    return `${name} (${waited} s${of})`;
  }
}
