/** What is awaited, and what a line says of it. */

/** One of what is awaited. */
interface Awaited {
  readonly name: string;
  /** When it began, in milliseconds. */
  readonly since: number;
  /** After how many seconds it is given up, where that is known. */
  readonly seconds?: number;
}

/** Most that are named in one line. */
const MOST = 3;

/** Keeps what is awaited, and tells it in a line. */
export class Waiting {
  readonly #awaited = new Map<string, Awaited>();
  #ended = 0;

  /**
   * @param total of all that will be begun: those that have not begun yet are counted, too
   * @param now the time in milliseconds
   */
  constructor(readonly total: number, readonly now: () => number = () => performance.now()) {}

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

  /**
   * `waiting for prod-12 (9 s of 30), prod-13 (2 s of 30) and 3 more`: those that have been awaited for
   * longest, as many as there is room for. `undefined` where nothing is awaited.
   * @param columns of the terminal
   */
  line(columns = Infinity): string | undefined {
    const longest = [...this.#awaited.values()].toSorted((a, b) => a.since - b.since);
    if (longest.length === 0) return undefined;
    const left = Math.max(this.total - this.#ended, longest.length);
    for (let count = Math.min(MOST, longest.length); count > 1; count--) {
      const line = this.#told(longest.slice(0, count), left - count);
      if (line.length < columns) return line;
    }
    const line = this.#told(longest.slice(0, 1), left - 1);
    return line.length < columns ? line : line.slice(0, Math.max(0, columns - 2)) + "…";
  }

  #told(awaited: readonly Awaited[], more: number): string {
    const each = awaited.map(({ name, since, seconds }) => {
      const waited = Math.floor((this.now() - since) / 1000);
      // A write asks several times, each for so long.
      const of = seconds !== undefined && waited <= seconds ? ` of ${seconds}` : "";
      return `${name} (${waited} s${of})`;
    });
    const last = more > 0 ? `${more} more` : each.length > 1 ? each.pop()! : undefined;
    return `waiting for ${each.join(", ")}${last === undefined ? "" : ` and ${last}`}`;
  }
}
