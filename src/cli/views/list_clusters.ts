import { type ClusterListOfAny, clusterNamesIn } from "../client/cluster_names.ts";
import { printable } from "../client/table.ts";
import { CHECKED, type ClusterRow, inBrief, passesCheck, whyOf } from "./checked_cluster.ts";
import { labelText } from "./list_secrets.ts";
import type { Columns, View } from "./view.ts";

/** @throws {TypeError} when a server's body is not a list of clusters */
function rowsOf(body: ClusterListOfAny): readonly ClusterRow[] {
  if (clusterNamesIn(body) === undefined) throw new TypeError();
  return body.clusters.map((each) => typeof each === "string" ? { name: each } : each);
}

/** The names of the clusters, with `-o wide` details of their kubeconfigs, and the results of a check. */
export const view: View<ClusterListOfAny, ClusterRow> = {
  columns: (rows) => ({
    NAME: ({ name }) => name,
    ...rows.some(({ check }) => check !== undefined) && CHECKED,
  }),
  wide: (rows) => rows.some(({ usable }) => usable !== undefined) ? WIDE : NAMES_ALONE,
  rows: rowsOf,
  names: (body) => clusterNamesIn(body) ?? [],
  nothing: (place) =>
    `No clusters found ${place}` +
    // The clusters of a server are imported there.
    (place.startsWith("in ") ? ". Import some with 'argocd-configurer clusters import'" : ""),
  problem: (body) => rowsOf(body).map(inBrief).join(", "),
  isOk: (body) => rowsOf(body).every(passesCheck),
  merge: (bodies) => {
    const clusters = bodies.flatMap(({ clusters }) => clusters);
    const warnings = [...new Set(bodies.flatMap(({ warnings = [] }) => warnings))];
    return { clusters, total: clusters.length, ...warnings.length === 0 ? {} : { warnings } };
  },
  notes: (body) => notesOn(rowsOf(body)),
  warnings: async (backend) => await backend.ignoredFiles?.() ?? [],
};

const WIDE: Columns<ClusterRow> = {
  SERVER: ({ server }) => server ?? undefined,
  KUBECONFIG: kubeconfigState,
  LABELS: ({ labels = {} }) => labelText({ labels }),
  TRANSPORT: ({ transport }) => transport,
};

/** The columns for an older server. */
const NAMES_ALONE: Columns<ClusterRow> = {};

/** Most warnings that are printed. */
const MOST = 20;

/** Warnings about kubeconfigs; those of a check have a column. */
function notesOn(rows: readonly ClusterRow[]): readonly string[] {
  const all = rows.flatMap(({ check, warnings = [] }) => check === undefined ? warnings : []);
  return [
    ...all.slice(0, MOST).map((warning) => `warning: ${printable(warning)}`),
    ...all.length > MOST ? [`warning: … and ${all.length - MOST} more warnings`] : [],
  ];
}

/** With a cluster's labels, its kubeconfig is not the cause. */
function unusableState(reason: string): string {
  const why = whyOf(reason);
  if (/^Cannot use kubeconfig |^$/.test(reason)) return `rejected: ${why}`;
  return `unusable: ${why}`;
}

function kubeconfigState({ usable, reason, same_server_as }: ClusterRow): string | undefined {
  if (usable === undefined) return undefined;
  return [
    usable ? "usable" : unusableState(reason ?? ""),
    ...same_server_as === undefined ? [] : [`same server as ${same_server_as.join(", ")}`],
  ].join("; ");
}
