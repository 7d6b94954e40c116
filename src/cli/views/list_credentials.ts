import { filterOf } from "../../fleet/matrix/filter.ts";
import { checkOfRow, expiryOfRow } from "../../fleet/matrix/rows.ts";
import type { Matrix, MatrixRow } from "../../fleet/matrix/shapes.ts";
import { matrixAnswer } from "../../operations/respond/matrix.ts";
import { on } from "../command.ts";
import { age, untilThen } from "./age.ts";
import { AWAITED, cellText } from "./matrix_cell.ts";
import { groupsOf, type Secret, secretsOf } from "./matrix_groups.ts";
import { isNotable, matrixNotes, showsAll } from "./matrix_notes.ts";
import { type Line, linesOf } from "./matrix_lines.ts";
import type { ColumnList, Columns, View } from "./view.ts";

/** The matrix of what has ended, in which others are awaited. */
export const matrixOfAll: NonNullable<View<Matrix>["whole"]> = (ended, input, awaited) => {
  const late = awaited.map((cluster) => ({
    cluster,
    status_code: 503,
    answer: { status: AWAITED },
  }));
  return matrixAnswer([...ended, ...late], filterOf(input)).body as Matrix;
};

/**
 * Rows and clusters, or where a terminal has no room for that a line for each state of a row. What is the
 * same everywhere and has no finding is counted, unless it is asked for.
 */
export const view: View<Matrix, Line> = {
  flags: { all: on("Show also what is the same everywhere") },
  whole: matrixOfAll,
  rows({ credentials }, flags = {}) {
    const rows = showsAll(flags) ? credentials : credentials.filter(isNotable);
    return linesOf(rows, flags.output === "wide" ? undefined : terminalWidth());
  },
  columns: (lines) => lines[0]?.part === undefined ? columnsOf(lines) : PARTS,
  wide: {
    GROUPS: ({ row }) => groupsOf(row),
    USERNAMES: ({ row }) => listOf(row, ({ username }) => username),
    OWNERS: ({ row }) => listOf(row, ({ owner }) => owner ?? undefined),
    EXPIRES: ({ row }) => expiresOf(row),
    CHECKED: ({ row }) => checkedOf(row),
    NAMESPACES: ({ row }) => listOf(row, ({ namespace }) => namespace),
  },
  names: ({ credentials }) => credentials.map(({ id }) => id),
  notes: matrixNotes,
};

/** When the first of its secrets ends. */
function expiresOf(row: MatrixRow): string | undefined {
  const first = expiryOfRow(row);
  return first && untilThen(first.at);
}

/** The worst that came of trying it, and when; `not checked` where that was not done within the day. */
function checkedOf(row: MatrixRow): string {
  const worst = checkOfRow(row);
  return worst === undefined
    ? "not checked"
    : `${worst.state.replace("_", " ")} ${age(worst.at)} ago`;
}

/** `undefined` where it is no terminal that the table is for. */
function terminalWidth(): number | undefined {
  return Deno.stdout.isTerminal() ? Deno.consoleSize().columns || undefined : undefined;
}

/** A cluster may be called as another column is. */
const columnsOf = (lines: readonly Line[]): ColumnList<Line> => [
  ["KIND", ({ row: { kind, type } }) => type === undefined ? kind : `${kind}/${type}`],
  ["CREDENTIAL", ({ row }) => nameOf(row)],
  ["STATUS", ({ row }) => stateOf(row)],
  ...Object.keys(lines[0]?.row.cells ?? {}).map((name): ColumnList<Line>[number] => [
    name,
    ({ row }) => cellText(row, name),
  ]),
  ...lines.some(({ row: { findings } }) => findings.length > 0) ? Object.entries(FINDINGS) : [],
];

const FINDINGS: Columns<Line> = {
  FINDINGS: ({ row: { findings } }) => [...new Set(findings.map(({ code }) => code))].join(", "),
};

/** What is said of a row stands in its first line. */
const PARTS: Columns<Line> = {
  CREDENTIAL: ({ row, part }) => part?.isFirst ? row.id : NOTHING,
  STATUS: ({ row, part }) => part?.isFirst ? stateOf(row) : NOTHING,
  CELL: ({ part }) => part?.text,
  CLUSTERS: ({ part }) => part?.clusters,
};

/** A cell that says nothing, not even that there is nothing. */
const NOTHING = " ";

const stateOf = ({ state }: MatrixRow) => state.replace("_", " ");

function nameOf({ name, url, project }: MatrixRow): string | undefined {
  return project === undefined ? name ?? url : `${url} (project ${project})`;
}

function listOf(row: MatrixRow, of: (secret: Secret) => string | undefined): string {
  return [...new Set(secretsOf(row).flatMap((secret) => of(secret) ?? []))].sort().join(", ");
}
