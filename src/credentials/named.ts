import type { Deadline } from "../kube/deadline.ts";
import { isForbidden } from "../kube/errors.ts";
import type { ListQuery, SecretStore, SecretSummary } from "../kube/store.ts";
import { WRITE_ANNOTATION } from "./kinds/kind.ts";

export interface NamedSettings {
  /** `undefined` where there is no Argo CD. */
  readonly argocdNamespace: string | undefined;
  /** Where to look when not all namespaces may be listed. */
  readonly dockerNamespaces: readonly string[];
}

export interface Named {
  /** Sorted by namespace, each with the id of the write that it comes from. */
  readonly secrets: readonly SecretSummary[];
  /** What could not be seen. */
  readonly warnings: readonly string[];
}

/**
 * The secrets of one name in all namespaces, or in those that may be listed.
 * @throws {KubeError} when none may be
 */
export async function secretsNamed(
  name: string,
  { argocdNamespace, dockerNamespaces }: NamedSettings,
  store: SecretStore,
  deadline: Deadline,
): Promise<Named> {
  const query = { name, annotation: WRITE_ANNOTATION };
  try {
    return { secrets: sorted(await store.list(query, deadline)), warnings: [] };
  } catch (error) {
    if (!isForbidden(error)) throw error;
  }
  const argocd = argocdNamespace === undefined ? [] : [argocdNamespace];
  const places = [...new Set([...dockerNamespaces, ...argocd])];
  const { reads, seen, secrets } = await listEach(places, query, store, deadline);
  for (const read of reads) {
    if (read.status === "rejected" && (!isForbidden(read.reason) || seen.length === 0)) {
      throw read.reason;
    }
  }
  const warning = "The kubeconfig's user may not list secrets in all namespaces: " +
    `'${name}' was looked for in ${seen.join(", ")} only`;
  return { secrets: sorted(secrets), warnings: [warning] };
}

/** Lists namespaces one by one: what came of each, which could be listed, and what is in those. */
export async function listEach(
  namespaces: readonly string[],
  query: ListQuery,
  store: SecretStore,
  deadline: Deadline,
) {
  const reads = await Promise.allSettled(
    namespaces.map((namespace) => store.list({ ...query, namespace }, deadline)),
  );
  const seen = namespaces.filter((_, i) => reads[i]!.status === "fulfilled");
  const secrets = reads.flatMap((read) => read.status === "fulfilled" ? read.value : []);
  return { reads, seen, secrets };
}

function sorted(secrets: readonly SecretSummary[]): SecretSummary[] {
  return [...secrets].sort((a, b) => a.namespace < b.namespace ? -1 : 1);
}
