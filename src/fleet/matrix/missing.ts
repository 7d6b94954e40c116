import { namedButNotListed } from "../../credentials/explain/pull_secret_findings.ts";
import type { Inventory } from "../../credentials/inventory.ts";
import { DOCKER_CONFIG_TYPE, DOCKERCFG_TYPE } from "../../credentials/kinds/pull_secret.ts";
import { listWherePossible } from "../../credentials/reads.ts";
import type { Deadline } from "../../kube/deadline.ts";
import { KubeError } from "../../kube/errors.ts";
import { refKey, type SecretRef, type SecretStore } from "../../kube/store.ts";

/** Pull secrets that service accounts name, and that are not there. */
export interface Missing {
  readonly refs: readonly SecretRef[];
  /** Why they, or some of them, could not be looked for. */
  readonly warnings: readonly string[];
}

export interface MissingScope {
  /** Whether the inventory has all pull secrets, whatever their labels, where it has seen all namespaces. */
  readonly everywhere: boolean;
  /** Where to look when not all namespaces may be listed. */
  readonly namespaces: readonly string[];
}

/**
 * Looks for the pull secrets that service accounts name and the inventory does not have: they may be there
 * without a docker label, which is no fault. OpenShift gives each service account some of its own, so they
 * are not asked for one by one: two lists of names tell it of all, and no value is read. What cannot be
 * looked for is not called missing.
 */
export async function missingPullSecrets(
  { pullSecrets, serviceAccounts, isWhole, refused }: Inventory,
  { everywhere, namespaces }: MissingScope,
  store: SecretStore,
  deadline: Deadline,
): Promise<Missing> {
  // Why pull secrets may not be listed is said already.
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
    const warning = "Cannot look for the pull secrets that service accounts name: " + error.message;
    return { refs: [], warnings: [warning] };
  }
}

const NONE: Missing = { refs: [], warnings: [] };
