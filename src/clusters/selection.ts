import { compilePattern, type Matches } from "../text/glob.ts";

/** A name or a pattern. */
interface Item {
  readonly text: string;
  readonly matches: Matches;
}

const itemOf = (text: string): Item => ({ text, matches: compilePattern(text) });

/**
 * Selects names by names and patterns, in which `*` matches any characters. A `!` excludes; with exclusions
 * only, everything else is selected.
 */
export class Selection {
  readonly #wanted: readonly Item[];
  readonly #out: readonly Item[];

  /** @param isName whether an item that starts with `!` is a name, not an exclusion */
  constructor(
    items: readonly string[],
    isName: (item: string) => boolean = () => false,
  ) {
    const isOut = (item: string) => item.startsWith("!") && !isName(item);
    this.#wanted = items.filter((item) => !isOut(item)).map(itemOf);
    this.#out = items.filter(isOut).map((item) => itemOf(item.slice(1)));
  }

  has(name: string): boolean {
    const isWanted = this.#wanted.length === 0 ||
      this.#wanted.some(({ matches }) => matches(name));
    return isWanted && !this.#out.some(({ matches }) => matches(name));
  }

  /** The items that are names, not patterns, including exclusions. */
  get names(): readonly string[] {
    return [...this.#wanted, ...this.#out].map(({ text }) => text)
      .filter((text) => !text.includes("*"));
  }

  /** The first item that matches none of these names; inclusions before exclusions. */
  without(names: readonly string[]): string | undefined {
    const isUnmatched = ({ matches }: Item) => !names.some(matches);
    const out = this.#out.find(isUnmatched);
    return this.#wanted.find(isUnmatched)?.text ?? (out === undefined ? undefined : `!${out.text}`);
  }
}
