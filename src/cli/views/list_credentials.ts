import { filterOf } from "../../fleet/matrix/filter.ts";
import { checkOfRow, expiryOfRow } from "../../fleet/matrix/rows.ts";
import type { CellSecret, CredentialMatrix, MatrixRow } from "../../fleet/matrix/shapes.ts";
import { isWholeColumn, matrixAnswer } from "../../operations/respond/matrix.ts";
import { on } from "../command.ts";
import { stateWord } from "../client/verify_lines.ts";
import { age, untilThen } from "./age.ts";
import { AWAITED, cellText } from "./matrix_cell.ts";
import { groupsOf, secretsInCells } from "./matrix_groups.ts";
import { isNotable, matrixNotes, showsAll } from "./matrix_notes.ts";
import { type MatrixLine, matrixLines } from "./matrix_lines.ts";
import type { ColumnList, Columns, View } from "./view.ts";

/** The matrix of the finished clusters, with the others as awaited. */
export const matrixOfAll: NonNullable<View<CredentialMatrix>["whole"]> = (
  finished,
  input,
  awaited,
) => {
  const late = awaited.map((cluster) => ({
    cluster,
    status_code: 503,
    answer: { status: AWAITED },
  }));
  return matrixAnswer([...finished, ...late], filterOf(input)).body as CredentialMatrix;
};

/**
 * Credentials by clusters; if the terminal is too narrow, a line per state of a credential. Credentials that
 * are the same everywhere, without findings, are only counted, unless `--all` is given.
 */
export const view: View<CredentialMatrix, MatrixLine> = {
  flags: { all: on("Show also credentials that are the same everywhere") },
  whole: matrixOfAll,
  rows({ credentials }, flags = {}) {
    const rows = showsAll(flags) ? credentials : credentials.filter(isNotable);
    return matrixLines(rows, flags.output === "wide" ? undefined : terminalWidth());
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
  exitCode: ({ clusters }, { ok }) => ok > 0 && !clusters.every(isWholeColumn) ? 3 : undefined,
};

/** When the first of its secrets expires. */
function expiresOf(row: MatrixRow): string | undefined {
  const first = expiryOfRow(row);
  return first && untilThen(first.at);
}

/** The worst result of a check, and its age; `not verified` without one within a day. */
function checkedOf(row: MatrixRow): string {
  const worst = checkOfRow(row);
  return worst === undefined ? "not verified" : `${stateWord(worst.state)} ${age(worst.at)} ago`;
}

/** `undefined` when standard output is not a terminal. */
function terminalWidth(): number | undefined {
  return Deno.stdout.isTerminal() ? Deno.consoleSize().columns || undefined : undefined;
}

/** A list, since a cluster can have the name of another column. */
const columnsOf = (lines: readonly MatrixLine[]): ColumnList<MatrixLine> => [
  ["KIND", ({ row: { kind, type } }) => type === undefined ? kind : `${kind}/${type}`],
  ["CREDENTIAL", ({ row }) => nameOf(row)],
  ["STATE", ({ row }) => stateOf(row)],
  ...Object.keys(lines[0]?.row.cells ?? {}).map((name): ColumnList<MatrixLine>[number] => [
    name,
    ({ row }) => cellText(row, name),
  ]),
  ...lines.some(({ row: { findings } }) => findings.length > 0) ? Object.entries(FINDINGS) : [],
];

const FINDINGS: Columns<MatrixLine> = {
  FINDINGS: ({ row: { findings } }) => [...new Set(findings.map(({ code }) => code))].join(", "),
};

/** The columns of a narrow terminal; the row's own cells are in its first line. */
const PARTS: Columns<MatrixLine> = {
  CREDENTIAL: ({ row, part }) => part?.isFirst ? row.id : NOTHING,
  STATE: ({ row, part }) => part?.isFirst ? stateOf(row) : NOTHING,
  CELL: ({ part }) => part?.text,
  CLUSTERS: ({ part }) => part?.clusters,
};

/** An empty cell, without `<none>`. */
const NOTHING = " ";

const stateOf = ({ state }: MatrixRow) => state.replace("_", " ");

function nameOf({ name, url, project }: MatrixRow): string | undefined {
  return project === undefined ? name ?? url : `${url} (project ${project})`;
}

function listOf(row: MatrixRow, of: (secret: CellSecret) => string | undefined): string {
  return [...new Set(secretsInCells(row).flatMap((secret) => of(secret) ?? []))].sort().join(", ");
}
