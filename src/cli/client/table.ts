import { escaped } from "../../log/escaped.ts";

/** A table of texts. */
export interface Table {
  readonly columns: readonly string[];
  /** An empty cell is printed as `<none>`, as kubectl does. */
  readonly rows: readonly (readonly (string | undefined)[])[];
  /** Colors a state; no other cell is colored. @default no colors */
  readonly paint?: (state: string) => string;
}

/** Columns whose cells are states. */
const STATES: readonly (string | undefined)[] = ["OUTCOME", "RESULT", "STATE", "STATUS"];

/** Spaces between columns, as in kubectl: k8s.io/cli-runtime v0.35 pkg/printers/tabwriter.go. */
const PADDING = 3;

/** The table with aligned columns, one line per row. */
export function tableText({ columns, rows, paint = (state) => state }: Table): string {
  const lines = [columns, ...rows.map((row) => row.map((cell) => printable(cell) || "<none>"))];
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
 * Text from a cluster or a server, safe to print: control characters, which a terminal would obey, are
 * escaped.
 */
export function printable(text: string | undefined): string {
  return escaped(text ?? "");
}

/** Names for one line: `a, b and 3 more`. */
export function shortList(names: readonly string[], most: number): string {
  const rest = names.length - most;
  const shown = names.slice(0, most).map(printable).join(", ");
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}
