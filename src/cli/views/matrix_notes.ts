import { checkOfRow } from "../../fleet/matrix/rows.ts";
import type { Matrix, MatrixRow } from "../../fleet/matrix/shapes.ts";
import { plain } from "../client/table.ts";

/** As many findings, and as many warnings, as somebody reads. */
const MOST = 20;

type Flags = Readonly<Record<string, unknown>>;

/** Whether a row is worth a look: it is not the same everywhere, something was found, or it is refused. */
export function isNotable(row: MatrixRow): boolean {
  const { state, findings } = row;
  return state === "differs" || state === "partial" || findings.length > 0 ||
    checkOfRow(row)?.state === "refused";
}

/** Whether no row is left out: they were asked for, or chosen by what hides none. */
export const showsAll = ({ all, state, expiresWithin }: Flags): boolean =>
  all === true || state !== undefined || expiresWithin !== undefined;

/** What is said beside the table: findings, what was not seen of clusters, and what is not shown. */
export function matrixNotes(matrix: Matrix, flags: Flags = {}): readonly string[] {
  return [
    ...cut(findingsIn(matrix), "findings"),
    ...cut(warningsIn(matrix), "warnings"),
    ...hiddenIn(matrix, flags),
    // The letters of a table compare in it, whatever key they are by.
    ...matrix.fingerprints_end === undefined || flags.output !== "wide" ? [] : [
      `note: fingerprints change when the server restarts: ${plain(matrix.fingerprints_end)}`,
    ],
  ];
}

function findingsIn({ credentials }: Matrix): readonly string[] {
  return byText(credentials.flatMap((row) =>
    row.findings.map(({ cluster, message, remedy }) => ({
      cluster,
      text: `${row.id}: ${[message, ...remedy === undefined ? [] : [remedy]].join(". ")}`,
    }))
  ));
}

export function warningsIn({ clusters }: Matrix): readonly string[] {
  return byText(
    clusters.flatMap(({ name: cluster, warnings = [] }) =>
      warnings.map((text) => ({ cluster, text }))
    ),
  );
}

/** The same of several clusters is said once. */
function byText(all: readonly { readonly cluster: string; readonly text: string }[]) {
  return [...Map.groupBy(all, ({ text }) => text)].map(([text, those]) =>
    `warning: ${those.map(({ cluster }) => cluster).join(", ")}: ${plain(text)}`
  );
}

export function cut(lines: readonly string[], what: string): readonly string[] {
  const more = lines.length - MOST;
  return more <= 0 ? lines : [...lines.slice(0, MOST), `warning: … and ${more} more ${what}`];
}

function hiddenIn(
  { clusters, credentials, total }: Matrix,
  flags: Flags,
): readonly string[] {
  // Where no cluster was seen, that alone is said.
  const isSeen = clusters.some(({ status }) => status === "success");
  if (total === 0) {
    return isSeen ? ["note: no such credentials in the clusters that were seen"] : [];
  }
  const hidden = credentials.filter((row) => !isNotable(row));
  if (hidden.length === 0 || showsAll(flags)) return [];
  return [`note: ${whatIsHidden(hidden, total)}; --all shows them`];
}

/** What was not compared, or not seen everywhere, is not called the same. */
function whatIsHidden(hidden: readonly MatrixRow[], total: number): string {
  const notCompared = hidden.filter(({ state }) => state === "not_compared").length;
  const notSeen = hidden.filter(({ state, not_seen }) => state === "same" && not_seen > 0).length;
  const same = hidden.length - notCompared - notSeen;
  if (same === total) return `no differences found: ${total} of ${total} credentials are the same`;
  if (same === hidden.length) return `${same} of ${total} credentials do not differ`;
  const counts = [
    ...same === 0 ? [] : [`${same} the same on all clusters`],
    ...notCompared === 0 ? [] : [`${notCompared} not compared`],
    ...notSeen === 0 ? [] : [`${notSeen} not seen on all clusters`],
  ];
  return `${hidden.length} of ${total} credentials are not shown: ${counts.join(", ")}`;
}
