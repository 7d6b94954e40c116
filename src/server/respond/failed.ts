import type { NotRestored } from "../../credentials/write.ts";
import type { ClusterNotFound } from "../../credentials/stores.ts";
import type { KubeError, KubeErrorKind } from "../../kube/errors.ts";
import { refKey } from "../../kube/store.ts";
import type { SecretsAnswer } from "../answers.ts";
import { type Answer, envelope } from "../answer.ts";

/** The status of each kind of failure. */
export const STATUS: Readonly<Record<KubeErrorKind, number>> = {
  unreachable: 503,
  untrusted: 502,
  timeout: 504,
  unauthorized: 502,
  forbidden: 502,
  not_found: 502,
  namespace_not_found: 400,
  namespace_terminating: 400,
  exists: 409,
  conflict: 409,
  invalid: 400,
  invalid_kubeconfig: 500,
  kubectl_missing: 503,
  busy: 503,
  too_large: 502,
  failed: 502,
  not_recorded: 503,
  internal: 500,
};

/** What `status` says in the body; other failures are `error`. */
export const STATUS_WORD: Readonly<Partial<Record<KubeErrorKind, SecretsAnswer["status"]>>> = {
  unreachable: "cluster_unreachable",
  timeout: "timeout",
  unauthorized: "unauthorized",
  forbidden: "forbidden",
  invalid_kubeconfig: "invalid_kubeconfig",
};

export function clusterNotFound({ cluster, file }: ClusterNotFound, status: 400 | 404): Answer {
  return envelope(status, `Cluster '${cluster}' not found. No kubeconfig file at ${file}`);
}

/** A write or removal that came to nothing. */
type Nothing =
  | { readonly kind: "unable"; readonly error: KubeError }
  | {
    readonly kind: "failed";
    readonly error: KubeError;
    readonly notRestored: readonly NotRestored[];
    /** Those that were made and stay. */
    readonly namespaces?: readonly string[];
  };

export function failedResult(
  { namespace, name, why }: { namespace: string; name: string; why: string },
) {
  return { namespace, result: { success: false, namespace, error: `secret/${name}: ${why}` } };
}

/** A write that came to nothing; what is not as before is named exactly. */
export function failedAnswer(
  verdict: Nothing,
  about: object,
): Answer {
  const { error } = verdict;
  const status = STATUS[error.kind];
  const word = STATUS_WORD[error.kind];
  const tells = word === "unauthorized" || word === "forbidden" || word === "invalid_kubeconfig";
  const more = tells ? { status: word } : {};
  const headers = retryAfter(error);
  if (verdict.kind === "unable") return { ...envelope(status, error.message, more), headers };
  const { notRestored, namespaces = [] } = verdict;
  const state = notRestored.length === 0 ? { rolled_back: true } : {
    not_restored: notRestored.map(({ namespace, name, state, isServiceAccount }) => ({
      namespace,
      ...(isServiceAccount ? { service_account: name } : { name }),
      state,
    })),
  };
  const made = namespaces.length === 0 ? {} : { namespaces_created: namespaces };
  const left = [
    ...notRestored.length === 0 ? [] : [`not as before: ${notRestored.map(refKey).join(", ")}`],
    ...namespaces.length === 0
      ? []
      : [`namespaces were created and stay: ${namespaces.join(", ")}`],
  ];
  const after = left.length === 0 ? "nothing was changed" : left.join("; ");
  const message = `${error.message}; ${after}`;
  return { ...envelope(status, message, { ...more, ...about, ...state, ...made }), headers };
}

export function retryAfter({ place }: KubeError): Record<string, string> {
  return place.retryAfter === undefined ? {} : { "Retry-After": String(place.retryAfter) };
}
