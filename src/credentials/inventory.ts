import type { Deadline } from "../kube/deadline.ts";
import { isForbidden } from "../kube/errors.ts";
import type { DataQuery, SecretStore, ServiceAccount, StoredSecret } from "../kube/store.ts";
import { DOCKER_CONFIG_TYPE, DOCKERCFG_TYPE } from "./kinds/pull_secret.ts";
import { SECRET_TYPE_LABEL, SECRET_TYPES } from "./kinds/repository_credential.ts";
import { openKeys } from "./kinds/repository.ts";
import { dockerSelectors } from "./list.ts";
import type { NamedSettings } from "./named.ts";
import { type Found, fulfilled, listWherePossible, sortedRefs, worst } from "./reads.ts";

/** All that a cluster holds of credentials, in a number of requests that does not depend on how much. */
export interface Inventory {
  /** Repositories and templates, also those that Argo CD writes with; sorted. */
  readonly argocd: readonly StoredSecret[];
  /** Sorted, each once. */
  readonly pullSecrets: readonly StoredSecret[];
  /** Absent where they were not asked for, or may not be listed. */
  readonly serviceAccounts?: readonly ServiceAccount[];
  /** What could not be seen. */
  readonly warnings: readonly string[];
  /** Whether all namespaces were looked into. */
  readonly isWhole: boolean;
  /** What was asked for and may not be listed at all. */
  readonly refused: readonly InventoryPart[];
}

/** What is listed apart: pull secrets, and what is in Argo CD's namespace. */
export type InventoryPart = "docker" | "argocd";

export interface InventorySettings extends NamedSettings {
  /** A secret with any of them is a pull secret, or goes with one. */
  readonly dockerLabels: Readonly<Record<string, string>>;
}

export interface InventoryScope {
  /** What is wanted. Service accounts go with pull secrets. @default all */
  readonly parts?: readonly InventoryPart[];
  /** Whether pull secrets without any of our labels are wanted, too. @default false */
  readonly everywhere?: boolean;
  /** @default false */
  readonly serviceAccounts?: boolean;
  /**
   * Whether credentials are read: else of a repository's data those keys that hold none, the others
   * withheld, and no data of pull secrets. @default true
   */
  readonly values?: boolean;
  /** Which of Argo CD's secrets: also clusters, and what else it may have. @default repositories and templates */
  readonly anyType?: boolean;
}

/**
 * Reads what there is, at once: one request for Argo CD's secrets, one for each docker label, two for all
 * pull secrets, one for service accounts. Where all namespaces may not be listed, those of the settings
 * that may be.
 * What may not be listed at all leaves the rest as it is.
 * @throws {KubeError} the most telling one, when a request fails for another reason, or nothing may be listed
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
  if (failed.length > 0 && !(isRefused && isSeen)) throw worst(failed);
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
  `The kubeconfig's user may not list secrets in namespace '${namespace}': repositories and templates ` +
  "were not seen";

const refusedDocker = (namespaces: readonly string[]) =>
  "The kubeconfig's user may not list secrets in all namespaces" +
  (namespaces.length === 0 ? "" : `, nor in ${namespaces.join(", ")}`) +
  ": pull secrets were not seen";

const settled = <Value>(reads: readonly Promise<Value>[]) => Promise.allSettled(reads);

/** What cannot be seen of them is no failure: what uses them is told without. */
async function listAccounts(
  store: SecretStore,
  namespaces: readonly string[],
  deadline: Deadline,
): Promise<Partial<Found<ServiceAccount>> & Pick<Found<never>, "warnings">> {
  const list = (namespace: string | undefined) => store.serviceAccounts(namespace, deadline);
  const kind = { right: "serviceaccounts", what: "service accounts" };
  try {
    return await listWherePossible(namespaces, list, kind);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return { warnings: ["The kubeconfig's user may not list service accounts"] };
  }
}
