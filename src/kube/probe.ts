import type { Deadline } from "./deadline.ts";
import type { KubeError } from "./errors.ts";
import { FAILURES } from "./reasons.ts";

/** Whether the kubeconfig's user may do something; without a namespace, in all of them. */
export interface AccessQuestion {
  readonly verb: "get" | "list" | "create" | "update" | "delete";
  readonly resource: "secrets" | "namespaces" | "serviceaccounts";
  readonly namespace?: string;
}

export interface ServerVersion {
  /** As Kubernetes has it: `v1.35.4`; absent where what was answered is none. */
  readonly version?: string;
  /** Seconds that the API server's clock is ahead of ours; absent where that is not told. */
  readonly clockSkewSeconds?: number;
}

/**
 * What can be found out about a cluster without touching a secret. Nothing is changed by it. All but
 * `credentialExpires` throw a {@link KubeError}.
 */
export interface ClusterProbe {
  /** It needs a credential that is accepted, and no right. */
  version(deadline: Deadline): Promise<ServerVersion>;
  /**
   * What the API server says of each, in order; whoever is known to it may ask.
   * @see https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/
   */
  access(questions: readonly AccessQuestion[], deadline: Deadline): Promise<boolean[]>;
  /** Of the Argo CD in that namespace, if any; it needs the right to list deployments there. */
  argocdVersion(namespace: string, deadline: Deadline): Promise<string | undefined>;
  /**
   * Until when the kubeconfig's credential is good, as far as that stands in it. What a credential
   * plugin gives is known where that was run by this process; it is not run for this.
   */
  credentialExpires(): Promise<Date | undefined>;
}

/** An access review of the API. */
export const REVIEW = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview" };

export const reviewOf = ({ verb, resource, namespace }: AccessQuestion) => ({
  ...REVIEW,
  spec: { resourceAttributes: { verb, resource, ...namespace === undefined ? {} : { namespace } } },
});

/** What was being done, for messages: the same for every transport. */
export const probing = {
  version: "read the version",
  access: "ask for the rights of the kubeconfig's user",
  deployments: (namespace: string) => `list deployments in namespace '${namespace}'`,
};

/** A version that is one: what a server says may be anything. */
export function versionIn(body: unknown): string | undefined {
  const { gitVersion } = (body ?? {}) as { gitVersion?: unknown };
  return isVersion(gitVersion) ? gitVersion : undefined;
}

export const isVersion = (text: unknown): text is string =>
  typeof text === "string" && /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/.test(text);

/** Kinds of failure of which the API server has said nothing. */
const NOT_ANSWERED: readonly KubeError["kind"][] = [
  ...["unreachable", "untrusted", "timeout", "busy"] as const,
  ...["invalid_kubeconfig", "kubectl_missing", "internal"] as const,
];

/** Whether it is the API server that has said no. */
export const isAnswered = ({ kind, message }: KubeError): boolean =>
  !NOT_ANSWERED.includes(kind) && !message.endsWith(FAILURES.plugin.why);
