import type { ShownCheck } from "../../credentials/checks/result.ts";
import type { Expiry } from "../../credentials/expiry/expiry.ts";
import type { InventoryPart } from "../../credentials/inventory.ts";

export type { Expiry };

/**
 * The wire format of the matrix of credentials: rows are credentials by what they are for, columns are clusters. It
 * contains no values; user names and URLs are masked as in every list.
 */

/** Kinds of rows, in display order. */
export const ROW_KINDS = [
  "docker",
  "repository",
  "template",
  "write_repository",
  "write_template",
] as const;
export type RowKind = typeof ROW_KINDS[number];

/** How a row's cells compare, worst first. */
export const ROW_STATES = ["differs", "partial", "not_compared", "same"] as const;
export type RowState = typeof ROW_STATES[number];

/** The group of a cell whose secrets are not all of one group. */
export const MIXED = "mixed";

/** Identifies the same credential on several clusters. */
export interface RowIdentity {
  /** Derived from the other fields, and stable. It contains nothing secret. */
  readonly id: string;
  readonly kind: RowKind;
  /** Only of a pull secret. */
  readonly name?: string;
  /** Of all other kinds, normalised as Argo CD compares URLs; user information and tokens are masked. */
  readonly url?: string;
  /** Only of a repository of an Argo CD project. */
  readonly project?: string;
  /** Only of a repository: `git`, `helm` or `oci`. */
  readonly type?: string;
}

/** One secret of a cell. */
export interface CellSecret {
  readonly namespace: string;
  readonly name: string;
  /**
   * Fingerprints of its values, by Argo CD's key or by registry; empty where it has no credential. Absent where no value
   * was read, or the secret cannot be parsed.
   */
  readonly fingerprints?: Readonly<Record<string, string>>;
  /** Masked when it looks like a token; comma-separated where there are several. */
  readonly username?: string;
  /** User names by registry, where they differ. */
  readonly usernames?: Readonly<Record<string, string>>;
  /** Whether Argo CD uses the workload identity of its pods, which is in no secret. */
  readonly workload_identity?: true;
  /** Whether argocd-configurer wrote it. */
  readonly managed: boolean;
  /** Another program that manages it. */
  readonly owner: string | null;
  /** The id of the last write. */
  readonly write?: string;
  /** When its first value expires; where values were not read, the declared or plaintext expiry. */
  readonly expires?: Expiry;
  /** Check results of its values within the last day, by place; values that were not checked have none. */
  readonly checks?: Readonly<Record<string, ShownCheck>>;
  /** The letter of its group; only in rows. */
  readonly group?: string;
}

/** A finding about a row on one cluster. */
export interface ShownFinding {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
}

/** The part of a row that is on one cluster. */
export interface ColumnRow extends RowIdentity {
  /** Sorted; empty where the row only has findings. */
  readonly secrets: readonly CellSecret[];
  readonly findings?: readonly ShownFinding[];
}

/** The part of the inventory that has rows of a kind. */
export const partOf = (kind: RowKind): InventoryPart => kind === "docker" ? "docker" : "argocd";

/** The credentials of one cluster. */
export interface Column {
  readonly cluster: string;
  readonly status: "success";
  /** Sorted. */
  readonly credentials: readonly ColumnRow[];
  /** Why there may be secrets that are not listed, by part of the inventory; absent where the list is complete. */
  readonly not_seen?: Readonly<Partial<Record<InventoryPart, string>>>;
  /** Whether it has no Argo CD, so that no repository is missing there. */
  readonly no_argocd?: true;
  readonly warnings?: readonly string[];
  /** Why fingerprints are only valid in the process that made them; absent where they are persistent. */
  readonly fingerprints_end?: string;
}

/** A column, or why there is none. */
export type ColumnOrReason =
  & ClusterAbout
  & ({ readonly column: Column } | { readonly status: string; readonly message?: string });

interface ClusterAbout {
  readonly name: string;
  readonly transport?: "kubectl" | "api";
  /** Other selected clusters with the same API server, which are this cluster. */
  readonly same_server_as?: readonly string[];
}

/** A cell without secrets. */
export type EmptyCell =
  | { readonly state: "absent"; readonly reason?: "no_argocd"; readonly secrets: readonly [] }
  | { readonly state: "unknown"; readonly reason: string; readonly secrets: readonly [] };

export type Cell =
  | {
    readonly state: "present";
    /** `A` is the most frequent group; `mixed` where its secrets differ; absent without fingerprints. */
    readonly group?: string;
    /** The worst check result of its values; absent where none was checked within the last day. */
    readonly check?: ShownCheck;
    /** When its first secret expires. */
    readonly expires?: Expiry;
    readonly secrets: readonly CellSecret[];
  }
  | EmptyCell;

export interface RowFinding extends ShownFinding {
  readonly cluster: string;
}

export interface MatrixRow extends RowIdentity {
  /** By the known cells. */
  readonly state: RowState;
  /** The number of unknown cells. */
  readonly not_seen: number;
  readonly findings: readonly RowFinding[];
  /** The cell of every cluster. */
  readonly cells: Readonly<Record<string, Cell>>;
}

export interface MatrixCluster extends ClusterAbout {
  /** `success`, or why the cluster could not be read. */
  readonly status: string;
  readonly message?: string;
  readonly no_argocd?: true;
  /** See {@link Column}. */
  readonly not_seen?: Column["not_seen"];
  readonly warnings?: readonly string[];
}

export interface CredentialMatrix {
  /** Sorted by name. */
  readonly clusters: readonly MatrixCluster[];
  /** Sorted by kind and identity. */
  readonly credentials: readonly MatrixRow[];
  readonly total: number;
  readonly fingerprints_end?: string;
}
