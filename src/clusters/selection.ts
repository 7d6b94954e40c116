import { compilePattern, type Matches } from "../text/glob.ts";

/** A name or a pattern. */
interface Item {
  readonly text: string;
  readonly matches: Matches;
}

const itemOf = (text: string): Item => ({ text, matches: compilePattern(text) });

/**
 * What names and patterns choose, in which `*` stands for any characters; behind a `!` stands what is
 * taken out. Only what is taken out: all but those.
 */
export class Selection {
  readonly #wanted: readonly Item[];
  readonly #out: readonly Item[];

  /** @param isName of what begins with `!` and is a name all the same */
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

  /** Names, without patterns: of what is meant and of what is taken out. */
  get names(): readonly string[] {
    return [...this.#wanted, ...this.#out].map(({ text }) => text)
      .filter((text) => !text.includes("*"));
  }

  /** The first of what takes in, else of what takes out, that none of these names matches. */
  without(names: readonly string[]): string | undefined {
    const isUnmatched = ({ matches }: Item) => !names.some(matches);
    const out = this.#out.find(isUnmatched);
    return this.#wanted.find(isUnmatched)?.text ?? (out === undefined ? undefined : `!${out.text}`);
  }
}
