import { namedButNotListed } from "../../credentials/explain/pull_secret_findings.ts";
import type { Inventory } from "../../credentials/inventory.ts";
import { DOCKER_CONFIG_TYPE, DOCKERCFG_TYPE } from "../../credentials/kinds/pull_secret.ts";
import { listWherePossible } from "../../credentials/reads.ts";
import type { Deadline } from "../../kube/deadline.ts";
import { KubeError } from "../../kube/errors.ts";
import { refKey, type SecretRef, type SecretStore } from "../../kube/store.ts";

/** Pull secrets that service accounts name and that do not exist. */
export interface MissingPullSecrets {
  readonly refs: readonly SecretRef[];
  /** Why some of them could not be searched for. */
  readonly warnings: readonly string[];
}

export interface MissingScope {
  /** Whether the inventory has pull secrets with any labels. */
  readonly everywhere: boolean;
  /** The namespaces to search where listing all namespaces is forbidden. */
  readonly namespaces: readonly string[];
}

/**
 * Finds the pull secrets that service accounts name and that do not exist. The inventory may lack a pull secret because
 * it has no docker label, which is fine. OpenShift creates several pull secrets for each service account, so this lists
 * names, once per type, instead of reading each secret; no value is read. A secret that could not be searched for does
 * not count as missing.
 */
export async function missingPullSecrets(
  { pullSecrets, serviceAccounts, isWhole, refused }: Inventory,
  { everywhere, namespaces }: MissingScope,
  store: SecretStore,
  deadline: Deadline,
): Promise<MissingPullSecrets> {
  // The inventory has a warning already where pull secrets may not be listed.
  if (serviceAccounts === undefined || refused.includes("docker")) return NONE;
  const named = namedButNotListed(pullSecrets, serviceAccounts);
  if (named.length === 0) return NONE;
  if (everywhere && isWhole) return { refs: named, warnings: [] };
  try {
    const lists = await Promise.all(
      [DOCKER_CONFIG_TYPE, DOCKERCFG_TYPE].map((type) =>
        listWherePossible(namespaces, (namespace) => {
          const query = { type, keys: [], ...namespace === undefined ? {} : { namespace } };
          return store.listData(query, deadline);
        })
      ),
    );
    const there = new Set(lists.flatMap(({ found }) => found).map(refKey));
    const isSeen = ({ namespace }: SecretRef) =>
      lists.every(({ seen }) => seen?.includes(namespace) ?? true);
    const unseen = named.filter((ref) => !isSeen(ref)).length;
    return {
      refs: named.filter((ref) => isSeen(ref) && !there.has(refKey(ref))),
      warnings: unseen === 0 ? [] : [
        `${unseen} pull secrets that service accounts name are in namespaces that could not be searched`,
      ],
    };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    const warning = "Cannot search for the pull secrets of service accounts: " + error.message;
    return { refs: [], warnings: [warning] };
  }
}

const NONE: MissingPullSecrets = { refs: [], warnings: [] };
