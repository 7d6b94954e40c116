import { endsBefore, secondsIn, SOON } from "../../fleet/matrix/filter.ts";
import type { CredentialMatrix, Expiry, MatrixRow } from "../../fleet/matrix/shapes.ts";
import { isWholeColumn } from "../../operations/respond/matrix.ts";
import { untilThen } from "./age.ts";
import { matrixOfAll } from "./list_credentials.ts";
import { clusterWarnings, cut } from "./matrix_notes.ts";
import type { View } from "./view.ts";

/** Secrets with one credential and expiry time, on some clusters. */
interface Line extends Expiry {
  readonly row: MatrixRow;
  readonly clusters: readonly string[];
  /** `namespace/name` of its secrets, each once. */
  readonly secrets: readonly string[];
}

type Flags = Readonly<Record<string, unknown>>;

/** Credentials that expire soon, the earliest first. */
export const view: View<CredentialMatrix, Line> = {
  whole: matrixOfAll,
  rows: ({ credentials }, flags = {}) =>
    credentials.flatMap((row) => linesOf(row, Date.now() + secondsIn(withinOf(flags))! * 1000))
      .sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
  columns: () => ({
    EXPIRES: ({ at }) => untilThen(at),
    CREDENTIAL: ({ row }) => row.id,
    CLUSTERS: ({ clusters }) => clusters.join(", "),
    SOURCE: ({ source }) => source,
  }),
  wide: {
    "EXPIRES AT": ({ at }) => at,
    SECRETS: ({ secrets }) => secrets.join(", "),
  },
  names: ({ credentials }) => credentials.map(({ id }) => id),
  notes: (matrix, flags = {}) => [
    ...cut(clusterWarnings(matrix), "warnings"),
    ...nothingIn(matrix, withinOf(flags)),
  ],
  exitCode: ({ clusters, credentials }) =>
    credentials.length > 0 ? 4 : clusters.every(isRead) ? 0 : 3,
};

const withinOf = ({ within }: Flags): string => typeof within === "string" ? within : SOON;

/** Whether a cluster could be read completely. */
const isRead = (cluster: CredentialMatrix["clusters"][number]) =>
  cluster.status === "success" && isWholeColumn(cluster);

/** @param before milliseconds since 1970 */
function linesOf(row: MatrixRow, before: number): Line[] {
  const ending = Object.entries(row.cells).flatMap(([cluster, { secrets }]) =>
    secrets.flatMap(({ namespace, name, expires }) =>
      expires === undefined || !endsBefore({ expires }, before)
        ? []
        : [{ cluster, secret: `${namespace}/${name}`, ...expires }]
    )
  );
  return [...Map.groupBy(ending, ({ at, source }) => `${at} ${source}`).values()].map((those) => ({
    row,
    at: those[0]!.at,
    source: those[0]!.source,
    clusters: [...new Set(those.map(({ cluster }) => cluster))],
    secrets: [...new Set(those.map(({ secret }) => secret))],
  }));
}

/** No note if no cluster could be read, which is reported itself. */
function nothingIn({ clusters, credentials }: CredentialMatrix, within: string): readonly string[] {
  const isSeen = clusters.some(({ status }) => status === "success");
  if (credentials.length > 0 || !isSeen) return [];
  const where = clusters.every(isRead) ? "" : " on the clusters that could be read";
  return [`note: no credential is known to expire within ${within}${where}`];
}
