/** Lines of waiting ones, one for each key; who is next goes round the lines. */
export class Turns<T> {
  /** In the order in which they have their turn. None is empty. */
  readonly #lines = new Map<string | undefined, T[]>();
  #size = 0;

  /** How many wait, in all lines. */
  get size(): number {
    return this.#size;
  }

  add(key: string | undefined, one: T): void {
    const line = this.#lines.get(key);
    if (line) line.push(one);
    else this.#lines.set(key, [one]);
    this.#size++;
  }

  /** Takes one out that does not want to wait any more. */
  remove(key: string | undefined, one: T): void {
    const line = this.#lines.get(key) ?? [];
    const index = line.indexOf(one);
    if (index === -1) return;
    line.splice(index, 1);
    this.#size--;
    if (line.length === 0) this.#lines.delete(key);
  }

  /** Takes out the next one of a line that may go; the line has its next turn after the others. */
  next(mayGo: (key: string | undefined) => boolean): T | undefined {
    for (const [key, line] of this.#lines) {
      if (!mayGo(key)) continue;
      const one = line.shift()!;
      this.#size--;
      this.#lines.delete(key);
      if (line.length > 0) this.#lines.set(key, line);
      return one;
    }
    return undefined;
  }

  /** How many have their turn before one that comes to the line of this key now. */
  before(key: string | undefined): number {
    const own = this.#lines.get(key)?.length ?? 0;
    let before = own;
    for (const [other, line] of this.#lines) {
      if (other !== key) before += Math.min(line.length, own + 1);
    }
    return before;
  }
}
