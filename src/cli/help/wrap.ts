/** Limits for the width of help, for readability. */
const NARROWEST = 40;
const WIDEST = 100;
const USUAL = 80;

/** The sources of the width. */
export interface WidthWorld {
  /** The terminal's columns; `undefined` if standard output is not a terminal. */
  terminal(): number | undefined;
  env(name: string): string | undefined;
}

/** The width of help: the terminal's columns, or COLUMNS, or 80. */
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
 * Wraps a text at this width; a longer word has a line of its own.
 * @param indent prefix of every line
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
 * Wraps a shell command at this width with backslashes at line ends. A flag stays with its value, a
 * redirection with its file, and quoted words stay together.
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

/** The end of a line that continues. */
const BROKEN = " \\";
