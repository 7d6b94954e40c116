/** Columns that help takes: as wide as the terminal, but neither too narrow nor too wide to read. */
const NARROWEST = 40;
const WIDEST = 100;
const USUAL = 80;

/** Where the width is known from. */
export interface WidthWorld {
  /** Of the terminal, when standard output is one. */
  terminal(): number | undefined;
  env(name: string): string | undefined;
}

/** The columns for help on standard output: the terminal's, else COLUMNS, else 80. */
export function helpWidth({ terminal, env }: WidthWorld = REAL): number {
  const [, columns] = /^([0-9]{1,4})$/.exec(env("COLUMNS") ?? "") ?? [];
  const known = terminal() || Number(columns ?? 0) || USUAL;
  return Math.min(Math.max(known, NARROWEST), WIDEST);
}

const REAL: WidthWorld = {
  terminal: () => Deno.stdout.isTerminal() ? Deno.consoleSize().columns : undefined,
  env: (name) => Deno.env.get(name),
};

/**
 * The text in lines of at most this many characters; a longer word has a line of its own.
 * @param indent what every line begins with
 */
export function wrap(text: string, width: number, indent = ""): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(indent + word);
  }
  return lines;
}

/**
 * A command line in lines of at most this many characters, if its words allow that: each but the
 * last ends with a backslash, so that a shell takes them as one. A flag stays with its value, a
 * redirection with its file, and words in quotes stay whole.
 */
export function wrapCommand(line: string, width: number, indent: string): readonly string[] {
  if (indent.length + line.length <= width) return [indent + line];
  const units =
    line.match(/--?[^\s=']+ (?:'[^']*'|[^\s'<>|-][^\s']*)|[<>|] \S+|(?:'[^']*'|[^\s'])+/g) ?? [];
  const lines: string[] = [];
  for (const unit of units) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + unit.length + BROKEN.length <= width) {
      lines[lines.length - 1] = `${last} ${unit}`;
    } else lines.push(`${indent}${last === undefined ? "" : "  "}${unit}`);
  }
  return lines.map((each, i) => i < lines.length - 1 ? each + BROKEN : each);
}

/** Ends a line that the next one belongs to. */
const BROKEN = " \\";
