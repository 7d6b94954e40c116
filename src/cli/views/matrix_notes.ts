import { checkOfRow } from "../../fleet/matrix/rows.ts";
import type { CredentialMatrix, MatrixRow } from "../../fleet/matrix/shapes.ts";
import { printable } from "../client/table.ts";

/** Most findings, and most warnings, that are printed. */
const MOST = 20;

type Flags = Readonly<Record<string, unknown>>;

/** Whether a row is shown by default: it differs, has findings, or was refused in a check. */
export function isNotable(row: MatrixRow): boolean {
  const { state, findings } = row;
  return state === "differs" || state === "partial" || findings.length > 0 ||
    checkOfRow(row)?.state === "refused";
}

/** Whether all rows are shown: `--all` or a filter by state or expiry is given. */
export const showsAll = ({ all, state, expiresWithin }: Flags): boolean =>
  all === true || state !== undefined || expiresWithin !== undefined;

/** Notes below the table: findings, what could not be read, and hidden rows. */
export function matrixNotes(matrix: CredentialMatrix, flags: Flags = {}): readonly string[] {
  return [
    ...cut(findingsIn(matrix), "findings"),
    ...cut(clusterWarnings(matrix), "warnings"),
    ...hiddenIn(matrix, flags),
    // Without `-o wide` there are only letters, which are comparable within the table anyway.
    ...matrix.fingerprints_end === undefined || flags.output !== "wide" ? [] : [
      `note: fingerprints change when the server restarts: ${printable(matrix.fingerprints_end)}`,
    ],
  ];
}

function findingsIn({ credentials }: CredentialMatrix): readonly string[] {
  return byText(credentials.flatMap((row) =>
    row.findings.map(({ cluster, message, remedy }) => ({
      cluster,
      text: `${row.id}: ${[message, ...remedy === undefined ? [] : [remedy]].join(". ")}`,
    }))
  ));
}

export function clusterWarnings({ clusters }: CredentialMatrix): readonly string[] {
  return byText(
    clusters.flatMap(({ name: cluster, warnings = [] }) =>
      warnings.map((text) => ({ cluster, text }))
    ),
  );
}

/** The same text for several clusters is printed once. */
function byText(all: readonly { readonly cluster: string; readonly text: string }[]) {
  return [...Map.groupBy(all, ({ text }) => text)].map(([text, those]) =>
    `warning: ${those.map(({ cluster }) => cluster).join(", ")}: ${printable(text)}`
  );
}

export function cut(lines: readonly string[], what: string): readonly string[] {
  const more = lines.length - MOST;
  return more <= 0 ? lines : [...lines.slice(0, MOST), `warning: … and ${more} more ${what}`];
}

function hiddenIn(
  { clusters, credentials, total }: CredentialMatrix,
  flags: Flags,
): readonly string[] {
  // If no cluster could be read, its own error is enough.
  const isSeen = clusters.some(({ status }) => status === "success");
  if (total === 0) {
    return isSeen ? ["note: no matching credentials on the clusters that could be read"] : [];
  }
  const hidden = credentials.filter((row) => !isNotable(row));
  if (hidden.length === 0 || showsAll(flags)) return [];
  return [`note: ${whatIsHidden(hidden, total)}; --all shows them`];
}

/** Rows that were not compared, or not read on all clusters, do not count as the same. */
function whatIsHidden(hidden: readonly MatrixRow[], total: number): string {
  const notCompared = hidden.filter(({ state }) => state === "not_compared").length;
  const notSeen = hidden.filter(({ state, not_seen }) => state === "same" && not_seen > 0).length;
  const same = hidden.length - notCompared - notSeen;
  if (same === total) return `no differences found: ${total} of ${total} credentials are the same`;
  if (same === hidden.length) return `${same} of ${total} credentials do not differ`;
  const counts = [
    ...same === 0 ? [] : [`${same} the same on all clusters`],
    ...notCompared === 0 ? [] : [`${notCompared} not compared`],
    ...notSeen === 0 ? [] : [`${notSeen} not read on all clusters`],
  ];
  return `${hidden.length} of ${total} credentials are not shown: ${counts.join(", ")}`;
}
