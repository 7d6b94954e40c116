import type { ShownCheck } from "../../credentials/checks/shown_check.ts";
import type { Expiry } from "../../credentials/expiry/expiry.ts";

export type { Expiry };

/**
 * The matrix of credentials as it goes over the wire: rows are credentials by what they are for, columns
 * are clusters. No value is in it, user names and URLs are masked as in every list.
 */

/** Kinds of rows, in the order in which they are shown. */
export const ROW_KINDS = [
  "docker",
  "repository",
  "template",
  "write_repository",
  "write_template",
] as const;
export type RowKind = typeof ROW_KINDS[number];

/** What a row's cells have in common, the worst first. */
export const ROW_STATES = ["differs", "partial", "not_compared", "same"] as const;
export type RowState = typeof ROW_STATES[number];

/** The group of a cell whose secrets are not all of one group. */
export const MIXED = "mixed";

/** By what a credential is the same one on several clusters. */
export interface RowIdentity {
  /** Made of the rest, the same in every answer. Nothing secret is in it. */
  readonly id: string;
  readonly kind: RowKind;
  /** Of a pull secret: its name. */
  readonly name?: string;
  /** Of all others, normalised as Argo CD compares URLs; user information and tokens are masked. */
  readonly url?: string;
  /** Of a repository of an Argo CD project. */
  readonly project?: string;
  /** Of a repository: `git`, `helm` or `oci`. */
  readonly type?: string;
}

/** One secret of a cell. */
export interface CellSecret {
  readonly namespace: string;
  readonly name: string;
  /**
   * Of each credential value in it, by Argo CD's key or by the registry; empty where it holds none.
   * Absent where no value was read, or what it holds cannot be understood.
   */
  readonly fingerprints?: Readonly<Record<string, string>>;
  /** Masked when it looks like a token; of several registries all of them, by commas. */
  readonly username?: string;
  /** The same by registry, where not all of them have one user name. */
  readonly usernames?: Readonly<Record<string, string>>;
  /** Whether Argo CD uses the identity of its own pods for it, which is in no secret. */
  readonly workload_identity?: true;
  /** Whether this program wrote it. */
  readonly managed: boolean;
  /** Another program that looks after it. */
  readonly owner: string | null;
  /** The write that made it what it is. */
  readonly write?: string;
  /** When the first of its values ends; without values what is declared, or stands in the open. */
  readonly expires?: Expiry;
  /** What came of trying its values within the last day, by the same places; of what was not tried nothing. */
  readonly checks?: Readonly<Record<string, ShownCheck>>;
  /** Of a row's group. It is given in rows only. */
  readonly group?: string;
}

/** What a person should know about a row on one cluster. */
export interface ShownFinding {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
}

/** A row's part of one cluster. */
export interface ColumnRow extends RowIdentity {
  /** Sorted; empty where only a finding tells of it. */
  readonly secrets: readonly CellSecret[];
  readonly findings?: readonly ShownFinding[];
}

/** Where rows of a column come from: pull secrets, or Argo CD's namespace. */
export type Part = "docker" | "argocd";

export const partOf = (kind: RowKind): Part => kind === "docker" ? "docker" : "argocd";

/** All that one cluster has, as it is known when that cluster has answered. */
export interface Column {
  readonly cluster: string;
  readonly status: "success";
  /** Sorted. */
  readonly credentials: readonly ColumnRow[];
  /** Why what is not listed may be there all the same, for each part of which that is so. */
  readonly not_seen?: Readonly<Partial<Record<Part, string>>>;
  /** Whether it has no Argo CD, so that no repository can be missing there. */
  readonly no_argocd?: true;
  readonly warnings?: readonly string[];
  /** Why fingerprints end with the process that made them; absent where they last. */
  readonly fingerprints_end?: string;
}

/** A column, or why there is none. */
export type ColumnOrReason =
  & ClusterAbout
  & ({ readonly column: Column } | { readonly status: string; readonly message?: string });

interface ClusterAbout {
  readonly name: string;
  /** By which it is asked. */
  readonly transport?: "kubectl" | "api";
  /** Others of the selection with the same API server: they are this one cluster. */
  readonly same_server_as?: readonly string[];
}

/** What a cell without secrets is. */
export type EmptyCell =
  | { readonly state: "absent"; readonly reason?: "no_argocd"; readonly secrets: readonly [] }
  | { readonly state: "unknown"; readonly reason: string; readonly secrets: readonly [] };

export type Cell =
  | {
    readonly state: "present";
    /** `A` is the most frequent one; `mixed` where its secrets disagree; absent without fingerprints. */
    readonly group?: string;
    /** The worst that came of trying its values; absent where none was tried within the last day. */
    readonly check?: ShownCheck;
    /** When the first of its secrets ends. */
    readonly expires?: Expiry;
    readonly secrets: readonly CellSecret[];
  }
  | EmptyCell;

export interface RowFinding extends ShownFinding {
  readonly cluster: string;
}

export interface MatrixRow extends RowIdentity {
  /** Over the cells that were seen. */
  readonly state: RowState;
  /** How many cells were not. */
  readonly not_seen: number;
  readonly findings: readonly RowFinding[];
  /** By cluster; every cluster has one. */
  readonly cells: Readonly<Record<string, Cell>>;
}

export interface MatrixCluster extends ClusterAbout {
  /** `success`, or why it could not be seen. */
  readonly status: string;
  readonly message?: string;
  readonly no_argocd?: true;
  /** As of its {@link Column}. */
  readonly not_seen?: Column["not_seen"];
  readonly warnings?: readonly string[];
}

export interface Matrix {
  /** Sorted by name. */
  readonly clusters: readonly MatrixCluster[];
  /** Sorted by kind, and then by what they are. */
  readonly credentials: readonly MatrixRow[];
  readonly total: number;
  readonly fingerprints_end?: string;
}
