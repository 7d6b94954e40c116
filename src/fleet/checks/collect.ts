import { triedInAll, type TriedOf } from "../../credentials/checks/tried_in.ts";
import type { Tries } from "../../credentials/checks/tries.ts";
import {
  type Inventory,
  inventory,
  type InventoryPart,
  type InventorySettings,
} from "../../credentials/inventory.ts";
import { deadlineIn } from "../../kube/deadline.ts";
import type { SecretStore } from "../../kube/store.ts";
import { identityOf } from "../matrix/identity.ts";

/** Where a value stands that is tried. */
export interface CheckCell {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  /** As in the fingerprints of a cell of the matrix: a key of Argo CD's, or a registry. */
  readonly key: string;
}

export interface CheckRequest {
  /** Of a row of the matrix; all of them when absent. */
  readonly id?: string | undefined;
  /** Also pull secrets without a docker label. @default false */
  readonly everywhere?: boolean;
}

export interface CollectDeps {
  readonly store: SecretStore;
  readonly settings: InventorySettings;
  /** For all reads together. */
  readonly seconds: number;
}

/** What one cluster has of what is to be tried. */
export interface Collected extends Pick<Inventory, "warnings" | "isWhole" | "refused"> {
  readonly secrets: number;
  readonly values: number;
}

/**
 * Reads one cluster, and adds what is to be tried to what other clusters have. Its secrets can be dropped then.
 * @throws {KubeError} where it cannot be read
 */
export async function collectTries(
  cluster: string,
  { id, everywhere = false }: CheckRequest,
  tries: Tries<CheckCell>,
  { store, settings, seconds }: CollectDeps,
): Promise<Collected> {
  const parts = partsOf(id);
  // A row of the matrix may be of a pull secret without a label.
  const scope = { parts, everywhere: everywhere || id !== undefined };
  const all = await inventory(store, settings, scope, deadlineIn(seconds));
  const found = triedInAll(all).filter(({ secret }) =>
    id === undefined || identityOf(secret)?.id === id
  );
  for (const each of found) await addAll(cluster, each, tries);
  return {
    secrets: found.length,
    values: found.reduce((sum, { values }) => sum + values.length, 0),
    warnings: all.warnings,
    isWhole: all.isWhole,
    refused: all.refused,
  };
}

/** What has the row of this id. */
function partsOf(id: string | undefined): readonly InventoryPart[] {
  if (id === undefined) return ["docker", "argocd"];
  return id.startsWith("docker/") ? ["docker"] : ["argocd"];
}

async function addAll(
  cluster: string,
  { secret: { namespace, name }, values }: TriedOf,
  tries: Tries<CheckCell>,
): Promise<void> {
  for (const value of values) {
    await tries.add(value, { cluster, namespace, name, key: value.place });
  }
}
