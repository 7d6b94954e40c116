import type { MatrixRow } from "../../fleet/matrix/shapes.ts";
import { cellText } from "./matrix_cell.ts";

/** One line of the matrix: a row of it, or what some clusters of a row have in common. */
export interface Line {
  readonly row: MatrixRow;
  readonly part?: {
    readonly isFirst: boolean;
    /** The cell that they have. */
    readonly text: string;
    /** Their names by commas, as many as there is room for. */
    readonly clusters: string;
  };
}

/** Spaces between columns. */
const GAP = 3;

/** Of a part, whatever else needs room. */
const LEAST_FOR_NAMES = 12;

/**
 * The lines of a table of these rows.
 * @param width characters of a line, where there is a limit
 */
export function linesOf(rows: readonly MatrixRow[], width?: number): readonly Line[] {
  if (width === undefined || rows.length === 0 || widthOf(rows) <= width) {
    return rows.map((row) => ({ row }));
  }
  const parts = rows.flatMap((row) => partsOf(row).map((part) => ({ row, part })));
  const others = [
    ["CREDENTIAL", ...rows.map(({ id }) => id)],
    ["STATUS", ...rows.map(({ state }) => state)],
    ["CELL", ...parts.map(({ part: { text } }) => text)],
  ];
  const room = others.reduce((room, texts) => room - longest(texts) - GAP, width);
  return parts.map(({ row, part: { names, ...part } }) => ({
    row,
    part: { ...part, clusters: cut(names, Math.max(room, LEAST_FOR_NAMES)) },
  }));
}

/** Of the longest line where each cluster has a column. */
function widthOf(rows: readonly MatrixRow[]): number {
  const column = (heading: string, texts: readonly string[]) => longest([heading, ...texts]) + GAP;
  return Object.keys(rows[0]!.cells).reduce(
    (sum, name) => sum + column(name, rows.map((row) => cellText(row, name))),
    column("CREDENTIAL", rows.map(({ name, url = "" }) => name ?? url)) +
      column("KIND", rows.map(({ kind, type = "" }) => `${kind}/${type}`)) +
      column("STATUS", rows.map(({ state }) => state)) +
      longest(["FINDINGS", ...rows.flatMap(({ findings }) => findings.map(({ code }) => code))]),
  );
}

/** Clusters with equal cells, the most first. */
function partsOf(row: MatrixRow) {
  const alike = Map.groupBy(Object.keys(row.cells), (name) => cellText(row, name));
  return [...alike].map(([text, names]) => ({ text, names }))
    .sort((a, b) => b.names.length - a.names.length)
    .map((each, i) => ({ ...each, isFirst: i === 0 }));
}

/** At least one name, and how many there are besides. */
function cut(names: readonly string[], room: number): string {
  const [first = "", ...others] = names;
  let text = first;
  for (const [i, name] of others.entries()) {
    const left = others.length - i - 1;
    const more = left === 0 ? "" : ` +${left}`;
    if (`${text}, ${name}${more}`.length > room) return `${text} +${left + 1}`;
    text += `, ${name}`;
  }
  return text;
}

const longest = (texts: readonly string[]) =>
  texts.reduce((most, text) => Math.max(most, [...text].length), 0);
