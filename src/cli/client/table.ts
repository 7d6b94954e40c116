import { escaped } from "../../log/escaped.ts";

/** What is shown in columns. */
export interface Table {
  readonly columns: readonly string[];
  /** A cell without a text is `<none>`, as kubectl has it. */
  readonly rows: readonly (readonly (string | undefined)[])[];
  /** Colours a state; no other cell is coloured. @default none is */
  readonly paint?: (state: string) => string;
}

/** Columns whose cells are states. */
const STATES: readonly (string | undefined)[] = ["OUTCOME", "RESULT", "STATUS"];

/** Spaces between columns, as kubectl has it: k8s.io/cli-runtime v0.35 pkg/printers/tabwriter.go. */
const PADDING = 3;

/** The table as text: columns aligned, one line a row. */
export function tableText({ columns, rows, paint = (state) => state }: Table): string {
  const lines = [columns, ...rows.map((row) => row.map((cell) => plain(cell) || "<none>"))];
  const widths = columns.map((_, column) =>
    Math.max(...lines.map((line) => lengthOf(line[column] ?? "")))
  );
  return lines.map((line, i) => {
    const cells = line.map((cell, column) => {
      const padding = " ".repeat(widths[column]! - lengthOf(cell) + PADDING);
      return (i > 0 && STATES.includes(columns[column]) ? paint(cell) : cell) + padding;
    });
    return cells.join("").trimEnd() + "\n";
  }).join("");
}

const lengthOf = (text: string) => [...text].length;

/**
 * What others have written into a cluster, for a terminal: a control character would do there what
 * they want.
 */
export function plain(text: string | undefined): string {
  return escaped(text ?? "");
}
