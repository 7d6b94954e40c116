import type { KubeError, KubeErrorKind } from "../kube/errors.ts";
import { refKey } from "../kube/store.ts";
import type { ClusterNotFound } from "../clusters/open.ts";
import type { NotRestored } from "../credentials/write.ts";
import type { FailedSecret } from "../credentials/write/verdict.ts";
import type { ClusterFailed, ClusterUnknown } from "./cluster_kinds.ts";
import type { NOT_ASKED } from "./error_answers.ts";
import { type ErrorCode, type ErrorMore, OperationError } from "./errors.ts";
import { nearestName } from "./nearest.ts";

/**
 * @param field the name of the field or parameter for the cluster
 * @param names the clusters that the caller may see; the most similar one is suggested
 */
export function clusterNotFound(
  { cluster, file }: ClusterNotFound,
  field: ClusterUnknown["field"],
  names: readonly string[] = [],
): OperationError<"cluster_not_found"> {
  const nearest = nearestName(cluster, names);
  return new OperationError("cluster_not_found", { cluster, file, field, nearest }, { cluster });
}

/** A value of `status` in the body. */
export type StatusWord = typeof NOT_ASKED[number];

const STATUS_WORDS: Readonly<Partial<Record<KubeErrorKind, StatusWord>>> = {
  unreachable: "cluster_unreachable",
  timeout: "timeout",
  unauthorized: "unauthorized",
  forbidden: "forbidden",
  invalid_kubeconfig: "invalid_kubeconfig",
};

/** The `status` of a failed read. */
export function statusWord({ kind }: KubeError): StatusWord {
  return STATUS_WORDS[kind] ?? "error";
}

/**
 * The error of a failed read.
 * @param seconds the timeout
 */
export function readFailed(
  error: KubeError,
  seconds: number,
  more: Pick<ErrorMore, "body" | "seedBody"> = {},
): OperationError {
  return clusterError(error, { why: error.message, readSeconds: seconds }, more);
}

/** A write or deletion that failed. */
export type WriteFailure =
  | { readonly kind: "unable"; readonly error: KubeError }
  | {
    readonly kind: "failed";
    readonly error: KubeError;
    readonly secrets: readonly FailedSecret[];
    readonly notRestored: readonly NotRestored[];
    /** Namespaces that the write created; they are not removed. */
    readonly namespaces?: readonly string[];
  };

/**
 * The error of a failed write or deletion; it lists exactly what was not rolled back.
 * @param about `name` of the secrets, if all of them have the same
 */
export function writeFailed(
  verdict: WriteFailure,
  { cluster, name }: { readonly cluster: string; readonly name?: string },
): OperationError {
  const { error } = verdict;
  const word = STATUS_WORDS[error.kind];
  const isShown = word === "unauthorized" || word === "forbidden" || word === "invalid_kubeconfig";
  const status = isShown ? { status: word } : {};
  if (verdict.kind === "unable") {
    return clusterError(error, undefined, { body: status });
  }
  const { secrets, notRestored, namespaces = [] } = verdict;
  const results = secrets.map(({ namespace, name, why }) => ({
    namespace,
    result: { success: false, namespace, error: `secret/${name}: ${why}` },
  }));
  const state = notRestored.length === 0 ? { rolled_back: true } : {
    not_restored: notRestored.map(({ namespace, name, state, isServiceAccount }) => ({
      namespace,
      ...(isServiceAccount ? { service_account: name } : { name }),
      state,
    })),
  };
  const made = namespaces.length === 0 ? {} : { namespaces_created: namespaces };
  const after = { notRestored: notRestored.map(refKey), namespaces };
  const named = name === undefined ? {} : { name };
  const body = { ...status, cluster, ...named, results, ...state, ...made };
  return clusterError(error, { why: error.message, after }, { body });
}

type Failure = ClusterFailed & { readonly readSeconds?: number };

/** The error of a failure; the kind of the failure is its code. */
export function clusterError(
  error: KubeError,
  details: Failure = { why: error.message },
  more: Pick<ErrorMore, "body" | "seedBody"> = {},
): OperationError {
  const { retryAfter, cluster, isHeld } = error.details;
  // Every kind is a code whose details have this form.
  const code = error.kind satisfies ErrorCode as "busy";
  return new OperationError(code, { ...details, isHeld }, { ...more, retryAfter, cluster });
}
