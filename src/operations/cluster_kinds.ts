import { NO_ARGOCD, OWN_LABELS } from "../clusters/own_settings.ts";
import type { WhySkipped } from "../fleet/each.ts";
import { type ErrorKind, kind, listed, sentences, UNCHANGED } from "./error_kind.ts";

/** Errors of clusters, and of the way to them. */

/** A failure with the message of the layer below. */
export interface ClusterFailed {
  /** A sentence without its full stop: "Cannot VERB OBJECT: REASON". */
  readonly why: string;
  /** Present if a write or deletion was started and rolled back. */
  readonly after?: LeftChanged;
  /** For `not_recorded`: whether another process holds the audit log. */
  readonly isHeld?: boolean;
}

/** What a failed write has left changed. */
export interface LeftChanged {
  /** `NAMESPACE/NAME` of secrets and service accounts that were not rolled back. */
  readonly notRestored: readonly string[];
  /** Namespaces that the write created; they are not removed. */
  readonly namespaces: readonly string[];
}

export function failed({ why, after }: ClusterFailed): string {
  if (after === undefined) return why;
  const { notRestored, namespaces } = after;
  const left = [
    ...notRestored.length === 0 ? [] : [`Not restored: ${notRestored.join(", ")}`],
    ...namespaces.length === 0
      ? []
      : [`Namespaces created and not removed: ${namespaces.join(", ")}`],
  ];
  return sentences(why, ...left.length === 0 ? [UNCHANGED] : left);
}

/** A failed read has the seed's sentence. */
interface ReadFailed extends ClusterFailed {
  /** The timeout of a read; absent for a write. */
  readonly readSeconds?: number;
}

export interface ClusterUnknown {
  readonly cluster: string;
  /** Where its kubeconfig would be, as configured. */
  readonly file: string;
  /** The name of the field or parameter for the cluster. */
  readonly field: "cluster" | "cluster_name";
  /** An existing cluster with a similar name. */
  readonly nearest?: string;
}

/** Namespaces that cannot be written to. */
export interface NamespacesWrong {
  readonly missing: readonly string[];
  readonly terminating: readonly string[];
  /** The namespace of Argo CD; absent if the cluster has no Argo CD. */
  readonly argocdNamespace?: string;
  /** The file with the cluster's labels: `clusters/labels.yaml`. */
  readonly labelsAt?: string;
  /** For a missing namespace, an existing one with a similar name. */
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
      ? [`If this cluster has no Argo CD, set its label ${HAS_NONE}${inFile(details)}`]
      : []),
    ...(meant.length > 0 ? [`Did you mean ${meant.join(", ")}?`] : []),
  ].join(isFull ? ". " : "; ");
}

/** The label of a cluster without Argo CD. */
const HAS_NONE = `${OWN_LABELS.argocdNamespace}: ${NO_ARGOCD}`;

const inFile = ({ labelsAt }: { readonly labelsAt?: string }) =>
  labelsAt === undefined ? "" : ` in ${labelsAt}`;

/** Argo CD's namespace, if it is missing. */
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
  /** The file with the label. */
  readonly labelsAt?: string;
  /** The field that needs Argo CD; the field of the cluster if the whole request does. */
  readonly field: "cluster" | "cluster_name" | "git_write_back";
}

/** A cluster of several that was skipped. */
export interface Skipped {
  readonly cluster: string;
  readonly why: WhySkipped;
  /** How many clusters may fail. */
  readonly maxFailures?: number | undefined;
}

function skipped({ cluster, why, maxFailures = 0 }: Skipped): string {
  const because: Readonly<Record<Skipped["why"], string>> = {
    stopped: "the request was stopped (server shutdown or client disconnect)",
    first_failed: "a cluster in 'first' failed",
    labels_changed: "its labels have changed and no longer match 'cluster_selector'",
    too_many_failures: `more clusters failed than max_failures (${maxFailures}) allows`,
  };
  return sentences(`Cluster '${cluster}' was skipped: ${because[why]}`, UNCHANGED);
}

/** None of several clusters succeeded. */
export interface ClustersFailed {
  readonly count: number;
  /** The first one, and the message of its error. */
  readonly cluster: string;
  readonly message: string;
}

/** Secrets that exist. */
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
  not_begun: kind<Skipped>(503, skipped),
  clusters_failed: kind<ClustersFailed>(
    502,
    ({ count, cluster, message }) =>
      count === 1
        ? `Cluster '${cluster}': ${message}`
        : `None of ${count} clusters succeeded. Cluster '${cluster}': ${message}`,
  ),
  no_argocd: kind<WithoutArgocd>(
    422,
    (details) =>
      sentences(
        `Cluster '${details.cluster}' has no Argo CD (label ${HAS_NONE}${inFile(details)})`,
        details.field === "git_write_back"
          ? "Leave out 'git_write_back' for this cluster"
          : "Leave the cluster out, or set the label to Argo CD's namespace",
      ),
    {
      fields: ({ field }) => [field],
      remedy: ({ field }) => field === "git_write_back" ? { git_write_back: false } : undefined,
    },
  ),
  unreachable: kind<ReadFailed>(
    503,
    (details, face) =>
      details.readSeconds === undefined || face === "v1"
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
  /** Without details for a bug whose message is only in the log. */
  internal: kind<Partial<ClusterFailed>>(
    500,
    ({ why, after }) => why === undefined ? "Internal server error" : failed({ why, after }),
  ),
} as const satisfies Record<string, ErrorKind<never>>;
