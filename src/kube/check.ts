import { deadlineIn } from "./deadline.ts";
import { isForbidden, KubeError } from "./errors.ts";
import { type AccessQuestion, type ClusterProbe, isAnswered } from "./probe.ts";

type Verb = AccessQuestion["verb"];

/** What the kubeconfig's user may do of what this program does. */
export interface Rights {
  /** Absent where the cluster has no Argo CD. */
  readonly argocd?: { readonly namespace: string; readonly secrets: readonly Verb[] };
  readonly allNamespaces: Readonly<Record<AccessQuestion["resource"], readonly Verb[]>>;
}

/** What was found out about a cluster. */
export interface Checked {
  /** Whether the API server has answered, be it that it refuses the credential. */
  readonly isReachable: boolean;
  /** Why it could not be asked, or does not accept the credential. */
  readonly error?: KubeError;
  readonly version?: string;
  readonly argocdVersion?: string;
  /** Or why they are not known. */
  readonly rights: Rights | KubeError;
  readonly credentialExpires?: Date;
  readonly clockSkewSeconds?: number;
  /** Why something else is not known. */
  readonly notKnown: readonly KubeError[];
}

/** What this program needs for everything that it does, by resource: deploy/kubernetes has the same. */
export const NEEDED = {
  secrets: ["get", "list", "create", "update", "delete"],
  namespaces: ["get", "list", "create"],
  serviceaccounts: ["get", "list", "update"],
} as const satisfies Readonly<Record<AccessQuestion["resource"], readonly Verb[]>>;

/**
 * Asks a cluster for all that can be told of it, one question after the other, so that a check is one
 * process at a time. One that does not answer is asked nothing more. It never fails as a whole.
 * @param argocdNamespace absent where it has no Argo CD
 * @param seconds in all
 * @throws what is no {@link KubeError}: a bug
 */
export async function checkCluster(
  probe: ClusterProbe,
  { argocdNamespace, seconds }: { readonly argocdNamespace?: string; readonly seconds: number },
): Promise<Checked> {
  const deadline = deadlineIn(seconds);
  const version = await orError(probe.version(deadline));
  // Where not even that may be read, others may.
  const isAsked = !(version instanceof KubeError) || isForbidden(version);
  const credentialExpires = async () => {
    const at = await probe.credentialExpires(); // what a plugin gave is known by now
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
