/**
 * What can go wrong between us and one cluster. The kinds are the vocabulary that the use-cases
 * decide by and that the HTTP edge maps to statuses.
 */
export type KubeErrorKind =
  /** Nothing listens, no such host, no route, or the connection broke. */
  | "unreachable"
  /** The server's certificate is not one that the kubeconfig trusts. */
  | "untrusted"
  /** Our deadline or the server's passed. */
  | "timeout"
  /** The cluster does not accept the kubeconfig's credentials, or they cannot be had. */
  | "unauthorized"
  /** The credentials are accepted, but lack a right. */
  | "forbidden"
  | "not_found"
  | "namespace_not_found"
  | "namespace_terminating"
  /** Created by somebody else before us. */
  | "exists"
  /** Changed since it was read. */
  | "conflict"
  /** The API server finds the object itself wrong. */
  | "invalid"
  | "invalid_kubeconfig"
  /** It is not known what labels the clusters have, and so how each is to be used. */
  | "labels_unreadable"
  /** A label of the cluster that says how it is to be used says nothing that can be. */
  | "invalid_labels"
  /** The kubectl program is not there or cannot be run. */
  | "kubectl_missing"
  /** We have too much to do, or the API server says that it has. */
  | "busy"
  /** An answer larger than we accept. */
  | "too_large"
  /** Anything else that the API server or kubectl reports. */
  | "failed"
  /** The audit log cannot be written, so it is not tried. */
  | "not_recorded"
  /** A bug of this program. */
  | "internal";

/** Where it went wrong; never a value of a credential. */
export interface KubeErrorPlace {
  cluster?: string;
  namespace?: string;
  /** Seconds after which a retry may succeed. */
  retryAfter?: number;
  /** Whether it came to asking the cluster. @default true */
  asked?: boolean;
  /**
   * Milliseconds that the cluster had to answer in, where this program itself took a part of the
   * time: for other processes to end, or for starting one. @default all of it
   */
  given?: number;
  /** Of `not_recorded`: whether another process writes the audit log. @default false */
  isHeld?: boolean;
}

/** A failure whose message is made of our own words: "Cannot <do what>: <why>". */
export class KubeError extends Error {
  override readonly name = "KubeError";

  constructor(
    readonly kind: KubeErrorKind,
    message: string,
    readonly place: KubeErrorPlace = {},
  ) {
    super(message);
  }
}

/** Whether the kubeconfig's user lacks the right. */
export function isForbidden(error: unknown): boolean {
  return error instanceof KubeError && error.kind === "forbidden";
}

/** `Cannot reach cluster 'c': the deadline passed before kubectl was run` */
export function cannotReach(
  cluster: string,
  kind: KubeErrorKind,
  why: string,
  place: KubeErrorPlace = {},
): KubeError {
  return new KubeError(kind, `Cannot reach cluster '${cluster}': ${why}`, { cluster, ...place });
}
