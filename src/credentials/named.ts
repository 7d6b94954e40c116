import type { Deadline } from "../kube/deadline.ts";
import { isForbidden } from "../kube/errors.ts";
import type { SecretStore, SecretSummary } from "../kube/store.ts";
import { WRITE_ANNOTATION } from "./kinds/desired_secret.ts";
import { listEach } from "./reads.ts";

export interface NamedSettings {
  /** `undefined` where there is no Argo CD. */
  readonly argocdNamespace: string | undefined;
  /** The namespaces to list when listing all namespaces is forbidden. */
  readonly dockerNamespaces: readonly string[];
}

export interface NamedSecrets {
  /** Sorted by namespace; the `annotation` of each is the id of the write that it comes from. */
  readonly secrets: readonly SecretSummary[];
  /** What could not be read, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * The secrets of one name in all namespaces, or in those that the kubeconfig's user may list.
 * @throws {KubeError} when no namespace may be listed
 */
export async function secretsNamed(
  name: string,
  { argocdNamespace, dockerNamespaces }: NamedSettings,
  store: SecretStore,
  deadline: Deadline,
): Promise<NamedSecrets> {
  const query = { name, annotation: WRITE_ANNOTATION };
  try {
    return { secrets: sorted(await store.list(query, deadline)), warnings: [] };
  } catch (error) {
    if (!isForbidden(error)) throw error;
  }
  const argocd = argocdNamespace === undefined ? [] : [argocdNamespace];
  const places = [...new Set([...dockerNamespaces, ...argocd])];
  const { reads, seen, found } = await listEach(
    places,
    (namespace) => store.list({ ...query, namespace }, deadline),
  );
  for (const read of reads) {
    if (read.status === "rejected" && (!isForbidden(read.reason) || seen.length === 0)) {
      throw read.reason;
    }
  }
  const warning = "The kubeconfig's user cannot list secrets in all namespaces: " +
    `'${name}' was searched for in ${seen.join(", ")} only`;
  return { secrets: sorted(found), warnings: [warning] };
}

function sorted(secrets: readonly SecretSummary[]): SecretSummary[] {
  return [...secrets].sort((a, b) => a.namespace < b.namespace ? -1 : 1);
}
