import { deadlineIn } from "./deadline.ts";
import { isForbidden, KubeError } from "./errors.ts";
import { type AccessQuestion, type ClusterProbe, isAnswered } from "./probe.ts";

type Verb = AccessQuestion["verb"];

/** The permissions of the kubeconfig's user, out of those that argocd-configurer needs. */
export interface Rights {
  /** Absent when the cluster has no Argo CD. */
  readonly argocd?: { readonly namespace: string; readonly secrets: readonly Verb[] };
  readonly allNamespaces: Readonly<Record<AccessQuestion["resource"], readonly Verb[]>>;
}

/** The result of checking one cluster. */
export interface ClusterCheck {
  /** Whether the API server responded, even if it rejected the credential. */
  readonly isReachable: boolean;
  /** Why the cluster is unreachable, or rejects the credential. */
  readonly error?: KubeError;
  readonly version?: string;
  readonly argocdVersion?: string;
  /** The permissions, or why they are unknown. */
  readonly rights: Rights | KubeError;
  readonly credentialExpires?: Date;
  readonly clockSkewSeconds?: number;
  /** Why other facts are unknown. */
  readonly notKnown: readonly KubeError[];
}

/** The result for a cluster to which no request was sent. */
export const notAsked = (error: KubeError): ClusterCheck => ({
  isReachable: false,
  error,
  rights: error,
  notKnown: [],
});

/** All permissions that argocd-configurer needs, by resource; deploy/kubernetes grants the same. */
export const NEEDED = {
  secrets: ["get", "list", "create", "update", "delete"],
  namespaces: ["get", "list", "create"],
  serviceaccounts: ["get", "list", "update"],
} as const satisfies Readonly<Record<AccessQuestion["resource"], readonly Verb[]>>;

/**
 * Checks a cluster, one request after the other, so that a check runs one process at a time. It stops
 * at the first request without a response. Failures are part of the result.
 * @param argocdNamespace absent when the cluster has no Argo CD
 * @param seconds for all requests together
 * @throws only a bug, never a {@link KubeError}
 */
export async function checkCluster(
  probe: ClusterProbe,
  { argocdNamespace, seconds }: { readonly argocdNamespace?: string; readonly seconds: number },
): Promise<ClusterCheck> {
  const deadline = deadlineIn(seconds);
  const version = await orError(probe.version(deadline));
  // A user without permission for /version may have other permissions.
  const isAsked = !(version instanceof KubeError) || isForbidden(version);
  const credentialExpires = async () => {
    const at = await probe.credentialExpires(); // by now a plugin has run, so its expiry is known
    return at === undefined ? {} : { credentialExpires: at };
  };
  if (!isAsked) {
    const isReachable = isAnswered(version);
    const expires = await credentialExpires();
    return { isReachable, error: version, rights: version, ...expires, notKnown: [] };
  }
  const questions = questionsOf(argocdNamespace);
  const allowed = await orError(probe.access(questions, deadline));
  const isSilent = allowed instanceof KubeError && !isAnswered(allowed);
  const argocd = argocdNamespace === undefined || isSilent
    ? undefined
    : await orError(probe.argocdVersion(argocdNamespace, deadline));
  return {
    isReachable: true,
    ...version instanceof KubeError ? {} : version,
    ...typeof argocd === "string" ? { argocdVersion: argocd } : {},
    rights: allowed instanceof KubeError ? allowed : rightsOf(questions, allowed, argocdNamespace),
    ...await credentialExpires(),
    notKnown: [version, argocd].filter((each) =>
      each instanceof KubeError && each.kind !== "not_found" && each.kind !== "namespace_not_found"
    ) as KubeError[],
  };
}

async function orError<T>(asking: Promise<T>): Promise<T | KubeError> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof KubeError) return error;
    throw error;
  }
}

function questionsOf(argocdNamespace: string | undefined): AccessQuestion[] {
  const everywhere = Object.entries(NEEDED).flatMap(([resource, verbs]) =>
    verbs.map((verb) => ({ resource: resource as AccessQuestion["resource"], verb }))
  );
  if (argocdNamespace === undefined) return everywhere;
  const there = NEEDED.secrets.map((verb) =>
    ({ resource: "secrets", verb, namespace: argocdNamespace }) as const
  );
  return [...there, ...everywhere];
}

function rightsOf(
  questions: readonly AccessQuestion[],
  allowed: readonly boolean[],
  argocdNamespace: string | undefined,
): Rights {
  const granted = questions.filter((_, i) => allowed[i]);
  const verbs = (wanted: AccessQuestion["resource"], namespace?: string) =>
    granted.filter((each) => each.resource === wanted && each.namespace === namespace)
      .map(({ verb }) => verb);
  return {
    ...argocdNamespace === undefined ? {} : {
      argocd: { namespace: argocdNamespace, secrets: verbs("secrets", argocdNamespace) },
    },
    allNamespaces: {
      secrets: verbs("secrets"),
      namespaces: verbs("namespaces"),
      serviceaccounts: verbs("serviceaccounts"),
    },
  };
}
