import type { Expiry } from "../../credentials/expiry/expiry.ts";
import { MANAGED_BY } from "../../credentials/kinds/desired_secret.ts";
import {
  type CredentialMatrix,
  type MatrixRow,
  ROW_KINDS,
  ROW_STATES,
  type RowKind,
  type RowState,
} from "./shapes.ts";

/** Selects the rows that match all given criteria. */
export interface MatrixFilter {
  /** The row has one of these kinds. */
  readonly kinds?: readonly RowKind[];
  /** The row has one of these states. */
  readonly states?: readonly RowState[];
  /** The row contains this text, case-insensitively. */
  readonly q?: string;
  /** Part of the name of what manages one of its secrets: `argocd-configurer`, another program, or `none`. */
  readonly owner?: string;
  /** A secret of the row expires before this time, or has expired; in milliseconds since 1970. */
  readonly expiresBefore?: number;
}

/** The filter of a request, which was validated already. Lists are comma-separated. */
export function filterOf(
  { kind, state, q, owner, expires_within: within }: Readonly<
    Partial<Record<"kind" | "state" | "q" | "owner" | "expires_within", unknown>>
  >,
  now = Date.now(),
): MatrixFilter {
  const seconds = typeof within === "string" ? secondsIn(within) : undefined;
  return {
    ...typeof kind === "string" && { kinds: knownWords(kind, ROW_KINDS) },
    ...typeof state === "string" && { states: knownWords(state, ROW_STATES) },
    ...typeof q === "string" && { q },
    ...typeof owner === "string" && { owner },
    ...seconds !== undefined && { expiresBefore: now + seconds * 1000 },
  };
}

/** A duration: a whole number of seconds, minutes, hours or days. */
export const DURATION = /^[0-9]{1,5}[smhd]$/;

/** The default duration within which a credential expires soon. */
export const SOON = "30d";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A duration like `30d` or `12h` in seconds; `undefined` for other texts. */
export function secondsIn(duration: string): number | undefined {
  if (!DURATION.test(duration)) return undefined;
  return Number(duration.slice(0, -1)) * UNITS[duration.at(-1)!]!;
}

/** The words that a comma-separated list contains. */
export function knownWords<Word extends string>(
  text: string,
  words: readonly Word[],
): readonly Word[] {
  const given = text.split(",").map((item) => item.trim());
  return words.filter((each) => given.includes(each));
}

/** The value of {@link MatrixFilter.owner} for secrets without a known manager. */
export const NOBODY = "none";

/** The matrix with the matching rows and all clusters. */
export function filtered(matrix: CredentialMatrix, filter: MatrixFilter): CredentialMatrix {
  const credentials = matrix.credentials.filter((row) => isMeant(row, filter));
  return { ...matrix, credentials, total: credentials.length };
}

function isMeant(row: MatrixRow, filter: MatrixFilter): boolean {
  const { kinds, states, q, owner, expiresBefore } = filter;
  return (kinds?.includes(row.kind) ?? true) &&
    (states?.includes(row.state) ?? true) &&
    (q === undefined || textsOf(row).some((text) => has(text, q))) &&
    (owner === undefined || isOf(row, owner)) &&
    (expiresBefore === undefined ||
      Object.values(row.cells).some((cell) =>
        cell.state === "present" && endsBefore(cell, expiresBefore)
      ));
}

/** Whether a secret expires before a time or has expired. @param time milliseconds since 1970 */
export function endsBefore({ expires }: { readonly expires?: Expiry }, time: number): boolean {
  return expires !== undefined && Date.parse(expires.at) <= time;
}

/** The displayed texts of a row, which `q` searches. */
function textsOf(row: MatrixRow): string[] {
  const secrets = Object.values(row.cells).flatMap((cell) => cell.secrets);
  return [
    row.id,
    ...row.findings.flatMap(({ code, message }) => [code, message]),
    ...secrets.flatMap(({ namespace, name, username = "", fingerprints = {} }) => [
      `${namespace}/${name}`,
      username,
      ...Object.entries(fingerprints).flat(),
    ]),
  ];
}

function isOf({ cells }: MatrixRow, wanted: string): boolean {
  const secrets = Object.values(cells).flatMap((cell) => cell.secrets);
  return secrets.some(({ owner, managed }) => {
    if (wanted === NOBODY) return owner === null && !managed;
    return has(owner ?? "", wanted) || managed && has(MANAGED_BY, wanted);
  });
}

const has = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase());
