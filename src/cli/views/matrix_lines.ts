import type { MatrixRow } from "../../fleet/matrix/shapes.ts";
import { cellText } from "./matrix_cell.ts";

/** One line of the matrix: a row, or the part of a row for clusters with the same cell. */
export interface MatrixLine {
  readonly row: MatrixRow;
  readonly part?: {
    readonly isFirst: boolean;
    /** Their cell. */
    readonly text: string;
    /** Their names, comma-separated, as many as fit. */
    readonly clusters: string;
  };
}

/** Spaces between columns. */
const GAP = 3;

/** Minimum width of the names. */
const LEAST_FOR_NAMES = 12;

/**
 * Splits rows into lines.
 * @param width characters per line, if limited
 */
export function matrixLines(rows: readonly MatrixRow[], width?: number): readonly MatrixLine[] {
  if (width === undefined || rows.length === 0 || widthOf(rows) <= width) {
    return rows.map((row) => ({ row }));
  }
  const parts = rows.flatMap((row) => partsOf(row).map((part) => ({ row, part })));
  const others = [
    ["CREDENTIAL", ...rows.map(({ id }) => id)],
    ["STATE", ...rows.map(({ state }) => state)],
    ["CELL", ...parts.map(({ part: { text } }) => text)],
  ];
  const room = others.reduce((room, texts) => room - longest(texts) - GAP, width);
  return parts.map(({ row, part: { names, ...part } }) => ({
    row,
    part: { ...part, clusters: cut(names, Math.max(room, LEAST_FOR_NAMES)) },
  }));
}

/** Width of the table with a column per cluster. */
function widthOf(rows: readonly MatrixRow[]): number {
  const column = (heading: string, texts: readonly string[]) => longest([heading, ...texts]) + GAP;
  return Object.keys(rows[0]!.cells).reduce(
    (sum, name) => sum + column(name, rows.map((row) => cellText(row, name))),
    column("CREDENTIAL", rows.map(({ name, url = "" }) => name ?? url)) +
      column("KIND", rows.map(({ kind, type = "" }) => `${kind}/${type}`)) +
      column("STATE", rows.map(({ state }) => state)) +
      longest(["FINDINGS", ...rows.flatMap(({ findings }) => findings.map(({ code }) => code))]),
  );
}

/** Clusters with equal cells, the largest group first. */
function partsOf(row: MatrixRow) {
  const alike = Map.groupBy(Object.keys(row.cells), (name) => cellText(row, name));
  return [...alike].map(([text, names]) => ({ text, names }))
    .sort((a, b) => b.names.length - a.names.length)
    .map((each, i) => ({ ...each, isFirst: i === 0 }));
}

/** At least one name, and the number of further ones. */
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
