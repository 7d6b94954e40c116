import type { Deadline } from "../kube/deadline.ts";
import { isForbidden } from "../kube/errors.ts";
import type { DataQuery, SecretStore, ServiceAccount, StoredSecret } from "../kube/store.ts";
import { DOCKER_CONFIG_TYPE, DOCKERCFG_TYPE } from "./kinds/pull_secret.ts";
import { SECRET_TYPE_LABEL, SECRET_TYPES } from "./kinds/repository_credential.ts";
import { openKeys } from "./kinds/repository.ts";
import { dockerSelectors } from "./list.ts";
import type { NamedSettings } from "./named.ts";
import { fulfilled, type ListResult, listWherePossible, mostSevere, sortedRefs } from "./reads.ts";

/** All credentials of a cluster. The number of requests does not depend on the number of secrets. */
export interface Inventory {
  /** Repositories and templates, also those for writing (`repository-write`); sorted. */
  readonly argocd: readonly StoredSecret[];
  /** Sorted, each once. */
  readonly pullSecrets: readonly StoredSecret[];
  /** Absent when the scope excludes them, or when the kubeconfig's user may not list them. */
  readonly serviceAccounts?: readonly ServiceAccount[];
  /** What could not be read, in sentences. */
  readonly warnings: readonly string[];
  /** Whether the pull secrets of all namespaces were listed. */
  readonly isWhole: boolean;
  /** Parts of the scope that the kubeconfig's user may not list anywhere. */
  readonly refused: readonly InventoryPart[];
}

/** `docker`: pull secrets of all namespaces. `argocd`: the secrets of Argo CD's namespace. */
export type InventoryPart = "docker" | "argocd";

export interface InventorySettings extends NamedSettings {
  /** A secret with any of these labels is a pull secret, or belongs to one (`NAME-iu`). */
  readonly dockerLabels: Readonly<Record<string, string>>;
}

export interface InventoryScope {
  /** Which secrets to read. @default all */
  readonly parts?: readonly InventoryPart[];
  /** Whether to include pull secrets without any of the docker labels. @default false */
  readonly everywhere?: boolean;
  /** Whether to list service accounts; only together with pull secrets. @default false */
  readonly serviceAccounts?: boolean;
  /**
   * Whether to read credential values. Without them, only the keys of a repository that never hold a
   * credential are read, and no data of pull secrets. @default true
   */
  readonly values?: boolean;
  /** Whether to include Argo CD's secrets of other types, such as clusters. @default false */
  readonly anyType?: boolean;
}

/**
 * Reads the inventory concurrently: one request for Argo CD's secrets, one per docker label, two for all
 * pull secrets, one for service accounts. Where listing all namespaces is forbidden, it lists the
 * namespaces of the settings. A part that is forbidden altogether becomes a warning.
 * @throws {KubeError} the most severe error, when a request fails for another reason or every part is
 * forbidden
 */
export async function inventory(
  store: SecretStore,
  settings: InventorySettings,
  scope: InventoryScope,
  deadline: Deadline,
): Promise<Inventory> {
  const { parts = PARTS, everywhere = false, serviceAccounts = false, values = true } = scope;
  const ofTypes = scope.anyType ? "" : ` in (${SECRET_TYPES.join()})`;
  const { argocdNamespace: namespace, dockerNamespaces } = settings;
  const argocd = async (namespace: string) => {
    const query = { selector: `${SECRET_TYPE_LABEL}${ofTypes}`, namespace };
    return await store.listData({ ...query, ...(values ? {} : { keys: openKeys() }) }, deadline);
  };
  const hasArgocd = namespace !== undefined && parts.includes("argocd");
  const hasDocker = parts.includes("docker");
  const pulls: DataQuery[] = !hasDocker ? [] : [
    ...dockerSelectors(settings).map((selector) => ({ selector })),
    ...(everywhere ? [{ type: DOCKER_CONFIG_TYPE }, { type: DOCKERCFG_TYPE }] : []),
  ];
  const pullSecrets = (query: DataQuery) =>
    listWherePossible(dockerNamespaces, async (namespace) =>
      await store.listData({
        ...query,
        ...(namespace === undefined ? {} : { namespace }),
        ...(values ? {} : { keys: [] }),
      }, deadline));
  const [ofArgocd, ofPulls, ofAccounts] = await Promise.all([
    settled(hasArgocd ? [argocd(namespace)] : []),
    settled(pulls.map(pullSecrets)),
    settled(serviceAccounts && hasDocker ? [listAccounts(store, dockerNamespaces, deadline)] : []),
  ]);
  const secrets = [...ofArgocd, ...ofPulls];
  const failed = [...secrets, ...ofAccounts].filter(({ status }) => status === "rejected");
  const isRefused = failed.every((each) => each.status === "rejected" && isForbidden(each.reason));
  const isSeen = secrets.some(({ status }) => status === "fulfilled");
  if (failed.length > 0 && !(isRefused && isSeen)) throw mostSevere(failed);
  const refused = ([["docker", ofPulls], ["argocd", ofArgocd]] as const).flatMap(([part, reads]) =>
    reads.some(({ status }) => status === "rejected") ? [part] : []
  );
  const [accounts] = fulfilled(ofAccounts);
  const pulled = fulfilled(ofPulls);
  const warnings = [
    ...(refused.includes("argocd") ? [refusedArgocd(namespace!)] : []),
    ...(refused.includes("docker") ? [refusedDocker(dockerNamespaces)] : []),
    ...[...pulled, ...(accounts ? [accounts] : [])].flatMap(({ warnings }) => warnings),
  ];
  return {
    argocd: sortedRefs(fulfilled(ofArgocd).flat()),
    pullSecrets: sortedRefs(pulled.flatMap(({ found }) => found)),
    ...(accounts?.found === undefined ? {} : { serviceAccounts: sortedRefs(accounts.found) }),
    warnings: [...new Set(warnings)],
    isWhole: pulled.every(({ isWhole }) => isWhole),
    refused,
  };
}

const PARTS: readonly InventoryPart[] = ["docker", "argocd"];

const refusedArgocd = (namespace: string) =>
  `The kubeconfig's user cannot list secrets in namespace '${namespace}': repositories and templates ` +
  "were not read";

const refusedDocker = (namespaces: readonly string[]) =>
  "The kubeconfig's user cannot list secrets in all namespaces" +
  (namespaces.length === 0 ? "" : `, nor in ${namespaces.join(", ")}`) +
  ": pull secrets were not read";

const settled = <Value>(reads: readonly Promise<Value>[]) => Promise.allSettled(reads);

/** Forbidden service accounts are a warning, not a failure: the other parts do not need them. */
async function listAccounts(
  store: SecretStore,
  namespaces: readonly string[],
  deadline: Deadline,
): Promise<Partial<ListResult<ServiceAccount>> & Pick<ListResult<never>, "warnings">> {
  const list = (namespace: string | undefined) => store.serviceAccounts(namespace, deadline);
  const kind = { right: "serviceaccounts", what: "service accounts" };
  try {
    return await listWherePossible(namespaces, list, kind);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return { warnings: ["The kubeconfig's user cannot list service accounts"] };
  }
}
