import { allValuesToCheck, type SecretToCheck } from "../../credentials/checks/values_to_check.ts";
import type { PendingChecks } from "../../credentials/checks/pending_checks.ts";
import {
  type Inventory,
  inventory,
  type InventoryPart,
  type InventorySettings,
} from "../../credentials/inventory.ts";
import { deadlineIn } from "../../kube/deadline.ts";
import type { SecretStore } from "../../kube/store.ts";
import { isOfRow, partOfRow } from "../matrix/identity.ts";

/** The secret and key that contain a checked value. */
export interface CheckCell {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  /** As in the fingerprints of a matrix cell: an Argo CD key, or a registry. */
  readonly key: string;
}

export interface CheckRequest {
  /** The id of a matrix row. @default all rows */
  readonly id?: string | undefined;
  /** Whether to include pull secrets without a docker label. @default false */
  readonly everywhere?: boolean;
}

export interface CollectDeps {
  readonly store: SecretStore;
  readonly settings: InventorySettings;
  /** The time limit for all reads together. */
  readonly seconds: number;
}

/** The number of secrets and values to check of one cluster. */
export interface Collected extends Pick<Inventory, "warnings" | "isWhole" | "refused"> {
  readonly secrets: number;
  readonly values: number;
}

/**
 * Reads one cluster and adds its values to the pending checks. Its secrets need not be kept afterwards.
 * @throws {KubeError} when the cluster cannot be read
 */
export async function collectChecks(
  cluster: string,
  { id, everywhere = false }: CheckRequest,
  checks: PendingChecks<CheckCell>,
  { store, settings, seconds }: CollectDeps,
): Promise<Collected> {
  const parts: readonly InventoryPart[] = id === undefined ? ["docker", "argocd"] : [partOfRow(id)];
  // A matrix row may be of a pull secret without a label.
  const scope = { parts, everywhere: everywhere || id !== undefined };
  const all = await inventory(store, settings, scope, deadlineIn(seconds));
  const found = allValuesToCheck(all).filter(({ secret }) =>
    id === undefined || isOfRow(secret, id)
  );
  for (const each of found) await addAll(cluster, each, checks);
  return {
    secrets: found.length,
    values: found.reduce((sum, { values }) => sum + values.length, 0),
    warnings: all.warnings,
    isWhole: all.isWhole,
    refused: all.refused,
  };
}

async function addAll(
  cluster: string,
  { secret: { namespace, name }, values }: SecretToCheck,
  checks: PendingChecks<CheckCell>,
): Promise<void> {
  for (const value of values) {
    await checks.add(value, { cluster, namespace, name, key: value.place });
  }
}
