import { type ClusterListOfAny, clusterNamesIn } from "../client/cluster_names.ts";
import { plain } from "../client/table.ts";
import { CHECKED, type ClusterRow, inBrief, isFine, whyOf } from "./checked_cluster.ts";
import { labelsOf } from "./list_secrets.ts";
import type { Columns, View } from "./view.ts";

/** @throws {TypeError} of what a server says that is no list of clusters */
function rowsOf(body: ClusterListOfAny): readonly ClusterRow[] {
  if (clusterNamesIn(body) === undefined) throw new TypeError();
  return body.clusters.map((each) => typeof each === "string" ? { name: each } : each);
}

/** The names of the clusters, with `-o wide` what their kubeconfigs tell; and what a check has found. */
export const view: View<ClusterListOfAny, ClusterRow> = {
  columns: (rows) => ({
    NAME: ({ name }) => name,
    ...rows.some(({ check }) => check !== undefined) && CHECKED,
  }),
  wide: (rows) => rows.some(({ usable }) => usable !== undefined) ? WIDE : NAMES_ALONE,
  rows: rowsOf,
  names: (body) => clusterNamesIn(body) ?? [],
  nothing: (place) => `There are no clusters in ${place}`,
  ended: (body) => rowsOf(body).map(inBrief).join(", "),
  isFine: (body) => rowsOf(body).every(isFine),
  merge: (bodies) => {
    const clusters = bodies.flatMap(({ clusters }) => clusters);
    const warnings = [...new Set(bodies.flatMap(({ warnings = [] }) => warnings))];
    return { clusters, total: clusters.length, ...warnings.length === 0 ? {} : { warnings } };
  },
  notes: (body) => notesOn(rowsOf(body)),
  warnings: async (way) => await way.passedOver?.() ?? [],
};

const WIDE: Columns<ClusterRow> = {
  SERVER: ({ server }) => server ?? undefined,
  KUBECONFIG: told,
  LABELS: ({ labels = {} }) => labelsOf({ labels }),
  TRANSPORT: ({ transport }) => transport,
};

/** Of an older server. */
const NAMES_ALONE: Columns<ClusterRow> = {};

/** As many as somebody reads. */
const MOST = 20;

/** What should be otherwise about kubeconfigs; what a check tells has a column for it. */
function notesOn(rows: readonly ClusterRow[]): readonly string[] {
  const all = rows.flatMap(({ check, warnings = [] }) => check === undefined ? warnings : []);
  return [
    ...all.slice(0, MOST).map((warning) => `warning: ${plain(warning)}`),
    ...all.length > MOST ? [`warning: … and ${all.length - MOST} more of these`] : [],
  ];
}

function told({ usable, reason, same_server_as }: ClusterRow): string | undefined {
  if (usable === undefined) return undefined;
  return [
    usable ? "usable" : `refused: ${whyOf(reason ?? "")}`,
    ...same_server_as === undefined ? [] : [`same server as ${same_server_as.join(", ")}`],
  ].join("; ");
}
