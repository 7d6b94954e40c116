import { NO_ARGOCD, OWN_LABELS } from "../clusters/own_settings.ts";
import type { WhyLeft } from "../fleet/each.ts";
import { type ErrorKind, kind, listed } from "./error_kind.ts";

/** What a cluster, or what is between it and this program, does not do. */

/** A failure below, in its own words. */
export interface ClusterFailed {
  /** A sentence without its full stop: "Cannot <do what>: <why>". */
  readonly why: string;
  /** Of a write or removal that had begun. */
  readonly after?: Afterwards;
  /** Of `not_recorded`: whether another process writes the audit log. */
  readonly isHeld?: boolean;
}

/** What is not as it was before a write failed. */
export interface Afterwards {
  /** Objects. */
  readonly notRestored: readonly string[];
  /** Those that were made and stay. */
  readonly namespaces: readonly string[];
}

export function failed({ why, after }: ClusterFailed): string {
  if (after === undefined) return why;
  const { notRestored, namespaces } = after;
  const left = [
    ...notRestored.length === 0 ? [] : [`not as before: ${notRestored.join(", ")}`],
    ...namespaces.length === 0
      ? []
      : [`namespaces were created and stay: ${namespaces.join(", ")}`],
  ];
  return `${why}; ${left.length === 0 ? "nothing was changed" : left.join("; ")}`;
}

/** Of a read, which is told as on the seed's paths. */
interface ReadFailed extends ClusterFailed {
  /** How long it was waited for; absent of what writes. */
  readonly readSeconds?: number;
}

export interface ClusterUnknown {
  readonly cluster: string;
  /** Where its kubeconfig would be, as configured. */
  readonly file: string;
  /** What the request calls it. */
  readonly field: "cluster" | "cluster_name";
  /** A cluster that there is. */
  readonly nearest?: string;
}

/** Namespaces that cannot be written to. */
export interface NamespacesWrong {
  readonly missing: readonly string[];
  readonly terminating: readonly string[];
  /** Argo CD's own; absent where the cluster has none. */
  readonly argocdNamespace?: string;
  /** Where the cluster's labels are: `clusters/labels.yaml`. */
  readonly labelsAt?: string;
  /** Of those that are missing, the one that there is and that may be meant. */
  readonly nearest?: Readonly<Record<string, string>>;
}

function namespacesWrong(details: NamespacesWrong | ClusterFailed, isFull: boolean): string {
  if ("why" in details) return failed(details);
  const { missing, terminating, nearest = {} } = details;
  const argocd = missingArgocd(details);
  const meant = isFull ? Object.values(nearest).map((name) => `'${name}'`) : [];
  return [
    ...(missing.length > 0 ? [`Namespaces do not exist: ${listed(missing)}`] : []),
    ...(terminating.length > 0 ? [`Namespaces are being deleted: ${listed(terminating)}`] : []),
    ...(argocd === undefined ? [] : [`'${argocd}' is Argo CD's own (setting argocd-namespace)`]),
    ...(argocd !== undefined && isFull
      ? [`if this cluster has no Argo CD, set its label ${HAS_NONE}${inFile(details)}`]
      : []),
    ...(meant.length > 0 ? [`did you mean ${meant.join(", ")}?`] : []),
  ].join("; ");
}

/** How a label says that a cluster has no Argo CD. */
const HAS_NONE = `${OWN_LABELS.argocdNamespace}: ${NO_ARGOCD}`;

const inFile = ({ labelsAt }: { readonly labelsAt?: string }) =>
  labelsAt === undefined ? "" : ` in ${labelsAt}`;

/** Argo CD's namespace where it is one of those that are missing. */
function missingArgocd({ missing, argocdNamespace }: NamespacesWrong): string | undefined {
  return argocdNamespace !== undefined && missing.includes(argocdNamespace)
    ? argocdNamespace
    : undefined;
}

const namespacesKind = kind<NamespacesWrong | ClusterFailed>(
  400,
  (details, face) => namespacesWrong(details, face !== "seed"),
  {
    fields: () => ["namespaces"],
    remedy: (details) => {
      if ("why" in details) return undefined;
      const { nearest = {} } = details;
      return {
        ...Object.keys(nearest).length === 0 ? {} : { namespaces: nearest },
        ...missingArgocd(details) === undefined
          ? {}
          : { labels: { [OWN_LABELS.argocdNamespace]: NO_ARGOCD } },
      };
    },
  },
);

export interface WithoutArgocd {
  readonly cluster: string;
  /** Where the label is that says so. */
  readonly labelsAt?: string;
  /** The field that needs Argo CD; what the request calls its cluster where all of it does. */
  readonly field: "cluster" | "cluster_name" | "git_write_back";
}

/** Of several clusters: why nothing was asked of one. */
export interface NotBegun {
  readonly cluster: string;
  readonly why: WhyLeft;
  /** How many may fail. */
  readonly maxFailures?: number | undefined;
}

function notBegun({ cluster, why, maxFailures = 0 }: NotBegun): string {
  const because: Readonly<Record<NotBegun["why"], string>> = {
    stopped: "the request was stopped (server shutdown or client disconnect)",
    first_failed: "a cluster in 'first' failed",
    labels_changed: "its labels have changed and do not match 'cluster_selector' any more",
    too_many_failures: `more than ${maxFailures} cluster${
      maxFailures === 1 ? " has" : "s have"
    } failed (max_failures)`,
  };
  return `Cluster '${cluster}' was skipped: ${because[why]}. Nothing was changed`;
}

/** None of several clusters succeeded. */
export interface ClustersFailed {
  readonly count: number;
  /** The first of them, and what it said. */
  readonly cluster: string;
  readonly message: string;
}

/** Which secrets are there already. */
export type Exists =
  | { readonly of: "docker"; readonly namespaces: readonly string[] }
  | { readonly of: "repository"; readonly names: readonly string[] }
  | { readonly of: "helm" };

function exists(details: Exists): string {
  switch (details.of) {
    case "docker":
      return `Secrets already exist in namespaces: ${details.namespaces.join(", ")}`;
    case "repository":
      return `Secrets already exist: ${details.names.join(", ")}`;
    case "helm":
      return "Helm repository secret already exists";
  }
}

const clusterFailed = (status: number) => kind<ClusterFailed>(status, failed);

export const CLUSTER_ERRORS = {
  cluster_not_found: kind<ClusterUnknown>(404, ({ cluster, file, nearest }, face) => {
    const message = `Cluster '${cluster}' not found. No kubeconfig file at ${file}`;
    return face === "seed" || nearest === undefined
      ? message
      : `${message}; did you mean '${nearest}'?`;
  }, {
    fields: ({ field }) => [field],
    remedy: ({ field, nearest }) => nearest === undefined ? undefined : { [field]: nearest },
  }),
  not_begun: kind<NotBegun>(503, notBegun),
  clusters_failed: kind<ClustersFailed>(
    502,
    ({ count, cluster, message }) =>
      count === 1
        ? `Cluster '${cluster}': ${message}`
        : `None of ${count} clusters succeeded. '${cluster}': ${message}`,
  ),
  no_argocd: kind<WithoutArgocd>(
    422,
    (details) =>
      `Cluster '${details.cluster}' has no Argo CD (its label is ${HAS_NONE}${inFile(details)}): ` +
      (details.field === "git_write_back"
        ? "leave out the write-back to Git for it"
        : "leave it out, or set the label to Argo CD's namespace"),
    {
      fields: ({ field }) => [field],
      remedy: ({ field }) => field === "git_write_back" ? { git_write_back: false } : undefined,
    },
  ),
  unreachable: kind<ReadFailed>(
    503,
    (details) =>
      details.readSeconds === undefined
        ? failed(details)
        : "Cannot connect to cluster. Please check if the cluster is running and accessible.",
  ),
  untrusted: clusterFailed(502),
  timeout: kind<ReadFailed>(
    504,
    (details) =>
      details.readSeconds === undefined
        ? failed(details)
        : `Commands timed out after ${details.readSeconds} seconds`,
  ),
  unauthorized: clusterFailed(502),
  forbidden: clusterFailed(502),
  not_found: clusterFailed(502),
  namespace_not_found: namespacesKind,
  namespace_terminating: namespacesKind,
  exists: kind<Exists | ClusterFailed>(
    409,
    (details) => "why" in details ? failed(details) : exists(details),
    { remedy: () => ({ upsert: true }) },
  ),
  conflict: clusterFailed(409),
  invalid: clusterFailed(400),
  invalid_kubeconfig: clusterFailed(500),
  labels_unreadable: clusterFailed(500),
  invalid_labels: clusterFailed(500),
  kubectl_missing: clusterFailed(503),
  busy: clusterFailed(503),
  too_large: clusterFailed(502),
  failed: clusterFailed(502),
  not_recorded: clusterFailed(503),
  /** Without details: a bug that nothing is said of. */
  internal: kind<Partial<ClusterFailed>>(
    500,
    ({ why, after }) => why === undefined ? "Internal server error" : failed({ why, after }),
  ),
} as const satisfies Record<string, ErrorKind<never>>;
