import type { Deadline } from "./deadline.ts";
import type { KubeError } from "./errors.ts";
import { FAILURES } from "./reasons.ts";

/** An action whose permission is checked; without a namespace, in all namespaces. */
export interface AccessQuestion {
  readonly verb: "get" | "list" | "create" | "update" | "delete";
  readonly resource: "secrets" | "namespaces" | "serviceaccounts";
  readonly namespace?: string;
}

export interface ServerVersion {
  /** The `gitVersion`, like `v1.35.4`; absent when the response has no valid one. */
  readonly version?: string;
  /** Seconds that the API server's clock is ahead of ours; absent when unknown. */
  readonly clockSkewSeconds?: number;
}

/**
 * Read-only checks of a cluster that do not touch a secret. All but `credentialExpires` throw a
 * {@link KubeError}.
 */
export interface ClusterProbe {
  /** Needs an accepted credential, and no permission. */
  version(deadline: Deadline): Promise<ServerVersion>;
  /**
   * Whether each action is allowed, in order. Every authenticated user may create access reviews.
   * @see https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/
   */
  access(questions: readonly AccessQuestion[], deadline: Deadline): Promise<boolean[]>;
  /**
   * The version of the Argo CD in the namespace, if there is one; needs the permission to list
   * deployments there.
   */
  argocdVersion(namespace: string, deadline: Deadline): Promise<string | undefined>;
  /**
   * When the kubeconfig's credential expires, where the kubeconfig shows it. A credential plugin is not
   * run for this: its expiry is known only when this process has run it before.
   */
  credentialExpires(): Promise<Date | undefined>;
}

/** The type of an access review. */
export const REVIEW = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview" };

export const reviewOf = ({ verb, resource, namespace }: AccessQuestion) => ({
  ...REVIEW,
  spec: { resourceAttributes: { verb, resource, ...namespace === undefined ? {} : { namespace } } },
});

/** Verb and object of what failed, for messages; the same for both transports. */
export const probing = {
  version: "read the version",
  access: "check the permissions of the kubeconfig's user",
  deployments: (namespace: string) => `list deployments in namespace '${namespace}'`,
};

/** The `gitVersion` in a response, if it looks like a version. */
export function versionIn(body: unknown): string | undefined {
  const { gitVersion } = (body ?? {}) as { gitVersion?: unknown };
  return isVersion(gitVersion) ? gitVersion : undefined;
}

export const isVersion = (text: unknown): text is string =>
  typeof text === "string" && /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/.test(text);

/** Kinds of failure without a response of the API server. */
const NOT_ANSWERED: readonly KubeError["kind"][] = [
  ...["unreachable", "untrusted", "timeout", "busy"] as const,
  ...["invalid_kubeconfig", "kubectl_missing", "internal"] as const,
];

/** Whether the failure is a response of the API server. */
export const isAnswered = ({ kind, message }: KubeError): boolean =>
  !NOT_ANSWERED.includes(kind) && !message.endsWith(FAILURES.plugin.why);
