import { matchesPattern } from "../text/glob.ts";

/**
 * Clusters by names and patterns, in which `*` stands for any characters; behind a `!` stands what is
 * taken out. Only what is taken out: all but those.
 */
export class Selection {
  readonly #wanted: readonly string[];
  readonly #out: readonly string[];

  constructor(items: readonly string[]) {
    this.#wanted = items.filter((item) => !item.startsWith("!"));
    this.#out = items.filter((item) => item.startsWith("!")).map((item) => item.slice(1));
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

  /** The first item that none of these names matches. */
  without(names: readonly string[]): string | undefined {
    return [...this.#wanted, ...this.#out].find((pattern) =>
      !names.some((name) => matchesPattern(pattern, name))
    );
  }
}
