import { matchesPattern } from "../text/glob.ts";

/**
 * What names and patterns choose, in which `*` stands for any characters; behind a `!` stands what is
 * taken out. Only what is taken out: all but those.
 */
export class Selection {
  readonly #wanted: readonly string[];
  readonly #out: readonly string[];

  /** @param isName of what begins with `!` and is a name all the same */
  constructor(
    items: readonly string[],
    isName: (item: string) => boolean = () => false,
  ) {
    const isOut = (item: string) => item.startsWith("!") && !isName(item);
    this.#wanted = items.filter((item) => !isOut(item));
    this.#out = items.filter(isOut).map((item) => item.slice(1));
  }

  has(name: string): boolean {
    const isWanted = this.#wanted.length === 0 ||
      this.#wanted.some((pattern) => matchesPattern(pattern, name));
    return isWanted && !this.#out.some((pattern) => matchesPattern(pattern, name));
  }

  /** Names, without patterns, that are meant. */
  get names(): readonly string[] {
    return this.#wanted.filter((item) => !item.includes("*"));
  }

  /** The first of what takes in, else of what takes out, that none of these names matches. */
  without(names: readonly string[]): string | undefined {
    const isUnmatched = (pattern: string) => !names.some((name) => matchesPattern(pattern, name));
    const out = this.#out.find(isUnmatched);
    return this.#wanted.find(isUnmatched) ?? (out === undefined ? undefined : `!${out}`);
  }
}
