/** A generated table of a document. */
export interface MarkedTable {
  /** From the root of the project. */
  readonly document: string;
  /** The name in its marks. */
  readonly name: string;
  /** Returns the lines between the marks, each with a line break. */
  make(): string | Promise<string>;
}

/**
 * Replaces the text between `<!-- NAME, written by scripts/write_docs.ts -->` and
 * `<!-- end of NAME -->`.
 * @throws {Error} when the document has no such marks
 */
export function withMarked(document: string, now: string, name: string, text: string): string {
  const begin = `<!-- ${name}, written by scripts/write_docs.ts -->\n`;
  const end = `<!-- end of ${name} -->\n`;
  const from = now.indexOf(begin);
  const to = now.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${document}: no ${begin.trim()} … ${end.trim()}`);
  return now.slice(0, from + begin.length) + text + now.slice(to);
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`
      .replaceAll(/ {2,}/g, " ");
  return line(head) + `|${"---|".repeat(head.length)}\n` + rows.map(line).join("");
}
