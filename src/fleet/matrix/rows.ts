import { earliest } from "../../credentials/expiry/expiry.ts";
import { type ShownCheck, worstOf } from "../../credentials/checks/result.ts";
import type { InventoryPart } from "../../credentials/inventory.ts";
import { compare, groupKeys, type KeyOf, lettersOf } from "./groups.ts";
import {
  type Cell,
  type Column,
  type ColumnOrReason,
  type ColumnRow,
  type CredentialMatrix,
  type EmptyCell,
  type Expiry,
  type MatrixCluster,
  type MatrixRow,
  MIXED,
  partOf,
  ROW_KINDS,
  type RowIdentity,
  type RowKind,
  type RowState,
} from "./shapes.ts";

/**
 * The matrix of these columns, which may be in any order. The server builds it when all clusters have answered; a reader
 * of the stream may rebuild it after each cluster.
 */
export function matrixOf(columns: readonly ColumnOrReason[]): CredentialMatrix {
  const sorted = [...columns].sort((a, b) => compare(a.name, b.name));
  const identities = new Map<string, RowIdentity>();
  const keyOf = groupKeys();
  const parts = sorted.map((each) => {
    const rows = new Map<string, ColumnRow>();
    if ("column" in each) {
      for (const row of each.column.credentials) {
        rows.set(row.id, row);
        if (!identities.has(row.id)) identities.set(row.id, identityOf(row));
      }
    }
    return { name: each.name, rows, emptyOf: emptiesOf(each) };
  });
  const credentials = [...identities.values()].sort(byIdentity)
    .map((identity) => rowOf(identity, parts, keyOf));
  const end = sorted.map((each) => "column" in each ? each.column.fingerprints_end : undefined)
    .find((each) => each !== undefined);
  return {
    clusters: sorted.map(clusterOf),
    credentials,
    total: credentials.length,
    ...end !== undefined && { fingerprints_end: end },
  };
}

interface ColumnPart {
  readonly name: string;
  readonly rows: ReadonlyMap<string, ColumnRow>;
  emptyOf(kind: RowKind): EmptyCell;
}

/** The row of a column. */
interface FoundRow {
  readonly row: ColumnRow;
  /** The group key of each secret. */
  readonly keys: readonly (string | undefined)[];
}

function rowOf(identity: RowIdentity, parts: readonly ColumnPart[], keyOf: KeyOf): MatrixRow {
  // A single lookup per column: a row may be in few of very many columns.
  const found = parts.map(({ rows }): FoundRow | undefined => {
    const row = rows.get(identity.id);
    return row && { row, keys: row.secrets.map(keyOf) };
  });
  const letters = lettersOf(found.flatMap((each) => each ? [new Set(each.keys)] : []));
  const cells = parts.map(({ emptyOf }, i): Cell => {
    const there = found[i];
    if (there !== undefined && there.keys.length > 0) return present(there, letters);
    return emptyOf(identity.kind);
  });
  return {
    ...identity,
    state: stateOf(cells),
    not_seen: cells.reduce((sum, { state }) => sum + (state === "unknown" ? 1 : 0), 0),
    findings: found.flatMap((each, i) =>
      each?.row.findings?.map((finding) => ({ ...finding, cluster: parts[i]!.name })) ?? []
    ),
    cells: Object.fromEntries(parts.map(({ name }, i) => [name, cells[i]!])),
  };
}

function present({ row: { secrets }, keys }: FoundRow, letters: ReadonlyMap<string, string>): Cell {
  const lettered = secrets.map((secret, i) => {
    const group = letters.get(keys[i] ?? "");
    return group === undefined ? secret : { ...secret, group };
  });
  const [group, ...others] = new Set(lettered.map(({ group }) => group));
  const expires = earliest(secrets.map(({ expires }) => expires));
  const check = worstOf(secrets.flatMap(({ checks = {} }) => Object.values(checks)));
  const of = { ...check && { check }, ...expires && { expires }, secrets: lettered };
  if (others.length > 0) return { state: "present", group: MIXED, ...of };
  return { state: "present", ...group === undefined ? {} : { group }, ...of };
}

/** The worst check result of a row's cells; `undefined` where no value was checked within a day. */
export function checkOfRow({ cells }: MatrixRow): ShownCheck | undefined {
  return worstOf(
    Object.values(cells).flatMap((cell) => cell.state === "present" ? cell.check ?? [] : []),
  );
}

/** When the first secret of a row expires, on any cluster. */
export function expiryOfRow({ cells }: Pick<MatrixRow, "cells">): Expiry | undefined {
  return earliest(
    Object.values(cells).map((cell) => cell.state === "present" ? cell.expires : undefined),
  );
}

function stateOf(cells: readonly Cell[]): RowState {
  const groups = new Set<string | undefined>();
  let isPartial = false;
  for (const cell of cells) {
    if (cell.state === "present") groups.add(cell.group);
    // Nothing is missing on a cluster without Argo CD.
    else if (cell.state === "absent" && cell.reason === undefined) isPartial = true;
  }
  // A secret that could not be parsed differs from one that could.
  if (groups.size > 1 || groups.has(MIXED)) return "differs";
  if (isPartial) return "partial";
  return groups.size === 0 || groups.has(undefined) ? "not_compared" : "same";
}

const ABSENT: EmptyCell = { state: "absent", secrets: [] };

/** The cell of a column without a secret; shared objects, because there may be very many. */
function emptiesOf(each: ColumnOrReason): ColumnPart["emptyOf"] {
  if (!("column" in each)) {
    const unknown: EmptyCell = { state: "unknown", reason: each.status, secrets: [] };
    return () => unknown;
  }
  const byPart: Readonly<Record<InventoryPart, EmptyCell>> = {
    docker: emptyOf(each.column, "docker"),
    argocd: each.column.no_argocd
      ? { state: "absent", reason: "no_argocd", secrets: [] }
      : emptyOf(each.column, "argocd"),
  };
  return (kind) => byPart[partOf(kind)];
}

function emptyOf({ not_seen = {} }: Column, part: InventoryPart): EmptyCell {
  const reason = not_seen[part];
  return reason === undefined ? ABSENT : { state: "unknown", reason, secrets: [] };
}

function clusterOf(each: ColumnOrReason): MatrixCluster {
  const { name, transport, same_server_as } = each;
  const about = { ...transport && { transport }, ...same_server_as && { same_server_as } };
  if (!("column" in each)) {
    const { status, message } = each;
    return { name, status, ...message !== undefined && { message }, ...about };
  }
  const { status, no_argocd, not_seen, warnings } = each.column;
  return {
    name,
    status,
    ...no_argocd && { no_argocd },
    ...not_seen && { not_seen },
    ...about,
    ...warnings && { warnings },
  };
}

function identityOf({ id, kind, name, url, project, type }: ColumnRow): RowIdentity {
  return {
    id,
    kind,
    ...name !== undefined && { name },
    ...url !== undefined && { url },
    ...project !== undefined && { project },
    ...type !== undefined && { type },
  };
}

function byIdentity(a: RowIdentity, b: RowIdentity): number {
  const texts = ({ name = "", url = "", project = "", type = "" }: RowIdentity) =>
    [name, url, project, type] as const;
  const [these, those] = [texts(a), texts(b)];
  return ROW_KINDS.indexOf(a.kind) - ROW_KINDS.indexOf(b.kind) ||
    these.map((text, i) => compare(text, those[i]!)).find((order) => order !== 0) ||
    compare(a.id, b.id);
}
