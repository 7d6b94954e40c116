import type { CheckMemory } from "../../credentials/checks/memory.ts";
import type { MakeFingerprint } from "../../credentials/fingerprints.ts";
import { repositoryFindings } from "../../credentials/explain/repository_findings.ts";
import {
  pullSecretFindings,
  type PullSecretScope,
} from "../../credentials/explain/pull_secret_findings.ts";
import { expiryFindings } from "../../credentials/expiry/findings.ts";
import type { Finding } from "../../credentials/finding.ts";
import {
  type Inventory,
  inventory,
  type InventoryPart,
  type InventorySettings,
} from "../../credentials/inventory.ts";
import type { ListFailed } from "../../credentials/list.ts";
import { deadlineIn } from "../../kube/deadline.ts";
import { KubeError } from "../../kube/errors.ts";
import type { SecretStore } from "../../kube/store.ts";
import { columnOf, type IssuerExpiry } from "./column.ts";
import { missingPullSecrets } from "./missing.ts";
import { type Column, partOf, ROW_KINDS, type RowKind } from "./shapes.ts";

/** What to read from each cluster. */
export interface ColumnRequest {
  /** Whether to include pull secrets without a docker label. @default false */
  readonly everywhere?: boolean;
  /** Whether to read and fingerprint values. @default true */
  readonly fingerprints?: boolean;
  /** Include only rows of these kinds. @default all */
  readonly kinds?: readonly RowKind[];
}

export interface ColumnDeps {
  readonly store: SecretStore;
  readonly settings: InventorySettings;
  /** The time limit for all reads together. */
  readonly seconds: number;
  readonly fingerprint: MakeFingerprint;
  readonly issuerExpiry?: IssuerExpiry;
  /** The remembered check results of the values. */
  readonly checks?: CheckMemory;
  /** Why fingerprints are only valid in this process; absent where they are persistent. */
  readonly fingerprintsEnd?: string;
}

export type ColumnRead = { readonly kind: "column"; readonly column: Column } | ListFailed;

/** Reads one cluster with a fixed number of requests, however many secrets it has, and makes its column. */
export async function readColumn(
  cluster: string,
  request: ColumnRequest,
  deps: ColumnDeps,
): Promise<ColumnRead> {
  try {
    return { kind: "column", column: await read(cluster, request, deps) };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return { kind: "failed", cluster, error, seconds: deps.seconds };
  }
}

async function read(
  cluster: string,
  { everywhere = false, fingerprints = true, kinds }: ColumnRequest,
  { store, settings, seconds, fingerprint, issuerExpiry, checks, fingerprintsEnd }: ColumnDeps,
): Promise<Column> {
  const { argocdNamespace } = settings;
  const deadline = deadlineIn(seconds);
  const scope = { parts: partsOf(kinds), everywhere, values: fingerprints, serviceAccounts: true };
  const all = await inventory(store, settings, scope, deadline);
  const lookedIn = { everywhere, namespaces: settings.dockerNamespaces };
  const missing = await missingPullSecrets(all, lookedIn, store, deadline);
  const column = await columnOf(cluster, {
    argocd: all.argocd,
    pullSecrets: all.pullSecrets,
    findings: findingsIn(all, { argocdNamespace, absent: missing.refs }, fingerprints),
    hasArgocd: argocdNamespace !== undefined,
    warnings: [...all.warnings, ...missing.warnings],
    notSeen: notSeenIn(all),
  }, { kinds, ...fingerprints && { fingerprint, issuerExpiry, checks } });
  const ends = fingerprints && fingerprintsEnd !== undefined;
  return { ...column, ...ends && { fingerprints_end: fingerprintsEnd } };
}

/** The parts of the inventory that have rows of these kinds. */
function partsOf(kinds: readonly RowKind[] = ROW_KINDS): readonly InventoryPart[] {
  return [...new Set(kinds.map(partOf))];
}

/** Why there may be secrets that are not listed, as codes. */
function notSeenIn({ isWhole, refused }: Inventory): Partial<Record<InventoryPart, string>> {
  return {
    ...!isWhole && { docker: "namespaces_not_listed" },
    ...Object.fromEntries(refused.map((part) => [part, "forbidden"])),
  };
}

/** @param hasData whether pull secrets were read with their values */
function findingsIn(
  { argocd, pullSecrets, serviceAccounts }: Inventory,
  scope: PullSecretScope,
  hasData: boolean,
): Finding[] {
  return [
    ...repositoryFindings(argocd),
    ...expiryFindings([...argocd, ...pullSecrets]),
    ...pullSecretFindings(hasData ? pullSecrets : [], serviceAccounts, scope),
  ];
}
