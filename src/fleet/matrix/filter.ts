import type { Expiry } from "../../credentials/expiry/expiry.ts";
import { MANAGED_BY } from "../../credentials/kinds/kind.ts";
import {
  type Matrix,
  type MatrixRow,
  ROW_KINDS,
  ROW_STATES,
  type RowKind,
  type RowState,
} from "./shapes.ts";

/** Which rows are meant: those that have all of what is given. */
export interface MatrixFilter {
  /** One of these. */
  readonly kinds?: readonly RowKind[];
  /** In one of these. */
  readonly states?: readonly RowState[];
  /** What stands somewhere in it, in any case of letters. */
  readonly q?: string;
  /** Part of what looks after one of its secrets; `argocd-configurer` for this program, `none` for nobody. */
  readonly owner?: string;
  /** It has a secret that ends before this time, or has ended; in milliseconds since 1970. */
  readonly expiresBefore?: number;
}

/** The filter as a request has it, which was checked already: words by commas. */
export function filterOf(
  { kind, state, q, owner, expires_within: within }: Readonly<
    Partial<Record<"kind" | "state" | "q" | "owner" | "expires_within", unknown>>
  >,
  now = Date.now(),
): MatrixFilter {
  const seconds = typeof within === "string" ? secondsIn(within) : undefined;
  return {
    ...typeof kind === "string" && { kinds: wordsIn(kind, ROW_KINDS) },
    ...typeof state === "string" && { states: wordsIn(state, ROW_STATES) },
    ...typeof q === "string" && { q },
    ...typeof owner === "string" && { owner },
    ...seconds !== undefined && { expiresBefore: now + seconds * 1000 },
  };
}

/** How long a time is: a whole number of seconds, minutes, hours or days. */
export const DURATION = /^[0-9]{1,5}[smhd]$/;

/** What is meant by soon where nobody says otherwise. */
export const SOON = "30d";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Of `30d` or `12h`, in seconds; `undefined` where it is none. */
export function secondsIn(duration: string): number | undefined {
  if (!DURATION.test(duration)) return undefined;
  return Number(duration.slice(0, -1)) * UNITS[duration.at(-1)!]!;
}

/** Those of the words that stand in a text by commas. */
export function wordsIn<Word extends string>(
  text: string,
  words: readonly Word[],
): readonly Word[] {
  const given = text.split(",").map((item) => item.trim());
  return words.filter((each) => given.includes(each));
}

/** What {@link MatrixFilter.owner} is for secrets that nobody is seen to look after. */
export const NOBODY = "none";

/** The matrix with the rows that are meant; its clusters are all there still. */
export function filtered(matrix: Matrix, filter: MatrixFilter): Matrix {
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

/** Whether something ends before a time, in milliseconds since 1970, or has ended. */
export function endsBefore({ expires }: { readonly expires?: Expiry }, time: number): boolean {
  return expires !== undefined && Date.parse(expires.at) <= time;
}

/** What is shown of a row, and so may be looked for. */
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
