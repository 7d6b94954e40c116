/**
 * Kinds of failure between argocd-configurer and one cluster. Use-cases decide by the kind; the HTTP
 * edge maps it to a status and a code.
 */
export type KubeErrorKind =
  /** Connection refused, no such host, no route to host, or the connection was lost. */
  | "unreachable"
  /** The kubeconfig does not trust the server's certificate. */
  | "untrusted"
  /** Our deadline or the server's passed. */
  | "timeout"
  /** The cluster rejects the kubeconfig's credentials, or there are none to send. */
  | "unauthorized"
  /** The credentials are accepted, but lack a permission. */
  | "forbidden"
  | "not_found"
  | "namespace_not_found"
  | "namespace_terminating"
  /** Created by somebody else before us. */
  | "exists"
  /** Modified since it was read. */
  | "conflict"
  /** The API server rejects the object itself. */
  | "invalid"
  | "invalid_kubeconfig"
  /** The clusters' labels cannot be read, so how to use each cluster is unknown. */
  | "labels_unreadable"
  /** A label of the cluster that configures its use has an invalid key or value. */
  | "invalid_labels"
  /** The kubectl program is missing or cannot be executed. */
  | "kubectl_missing"
  /** argocd-configurer is at one of its limits, or the API server reports that it is overloaded. */
  | "busy"
  /** A response larger than we accept. */
  | "too_large"
  /** Any other failure that the API server or kubectl reports. */
  | "failed"
  /** The audit log cannot be written, so the write was not attempted. */
  | "not_recorded"
  /** A bug in argocd-configurer. */
  | "internal";

/** Details of a failure; never a value of a credential. */
export interface KubeErrorDetails {
  cluster?: string;
  namespace?: string;
  /** Seconds after which a retry may succeed. */
  retryAfter?: number;
  /** Whether a request to the cluster was attempted. @default true */
  sent?: boolean;
  /**
   * Milliseconds that the cluster had to respond, where argocd-configurer itself used part of the
   * time: waiting for other processes, or starting one. @default all of it
   */
  clusterMs?: number;
  /** With `not_recorded`: whether another process holds the audit log. @default false */
  isHeld?: boolean;
}

/** A failure with a message in our own words: "Cannot <verb> <object>: <reason>". */
export class KubeError extends Error {
  override readonly name = "KubeError";

  constructor(
    readonly kind: KubeErrorKind,
    message: string,
    readonly details: KubeErrorDetails = {},
  ) {
    super(message);
  }
}

/** Whether the kubeconfig's user lacks a permission. */
export function isForbidden(error: unknown): boolean {
  return error instanceof KubeError && error.kind === "forbidden";
}

/** `Cannot reach cluster 'c': the deadline passed before kubectl was started` */
export function cannotReach(
  cluster: string,
  kind: KubeErrorKind,
  why: string,
  details: KubeErrorDetails = {},
): KubeError {
  return new KubeError(kind, `Cannot reach cluster '${cluster}': ${why}`, { cluster, ...details });
}
