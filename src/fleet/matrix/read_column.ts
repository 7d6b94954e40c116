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
import { type Column, type Part, partOf, ROW_KINDS, type RowKind } from "./shapes.ts";

/** What is asked of each cluster. */
export interface ColumnRequest {
  /** Also pull secrets without a docker label. @default false */
  readonly everywhere?: boolean;
  /** Whether values are read and fingerprinted. @default true */
  readonly fingerprints?: boolean;
  /** Only rows of these kinds. @default all */
  readonly kinds?: readonly RowKind[];
}

export interface ColumnDeps {
  readonly store: SecretStore;
  readonly settings: InventorySettings;
  /** For all reads together. */
  readonly seconds: number;
  readonly fingerprint: MakeFingerprint;
  /** When the value of a fingerprint ends, as its issuer has said. */
  readonly issuerExpiry?: IssuerExpiry;
  /** What came of trying the values. */
  readonly checks?: CheckMemory;
  /** Why fingerprints end with this process. */
  readonly fingerprintsEnd?: string;
}

export type ColumnRead = { readonly kind: "column"; readonly column: Column } | ListFailed;

/** Reads one cluster by a fixed number of requests, however much it holds, and makes its column. */
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

/** What has rows of these kinds. */
function partsOf(kinds: readonly RowKind[] = ROW_KINDS): readonly InventoryPart[] {
  return [...new Set(kinds.map(partOf))];
}

/** Why secrets may be there that are not listed, in a word. */
function notSeenIn({ isWhole, refused }: Inventory): Partial<Record<Part, string>> {
  return {
    ...!isWhole && { docker: "namespaces_not_listed" },
    ...Object.fromEntries(refused.map((part) => [part, "forbidden"])),
  };
}

/** @param hasData whether pull secrets were read with what they hold */
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
