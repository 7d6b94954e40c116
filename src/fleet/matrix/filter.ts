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
}

/** The filter as a request has it, which was checked already: words by commas. */
export function filterOf(
  { kind, state, q, owner }: Readonly<Partial<Record<"kind" | "state" | "q" | "owner", unknown>>>,
): MatrixFilter {
  return {
    ...typeof kind === "string" && { kinds: wordsIn(kind, ROW_KINDS) },
    ...typeof state === "string" && { states: wordsIn(state, ROW_STATES) },
    ...typeof q === "string" && { q },
    ...typeof owner === "string" && { owner },
  };
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

function isMeant(row: MatrixRow, { kinds, states, q, owner }: MatrixFilter): boolean {
  return (kinds?.includes(row.kind) ?? true) &&
    (states?.includes(row.state) ?? true) &&
    (q === undefined || textsOf(row).some((text) => has(text, q))) &&
    (owner === undefined || isOf(row, owner));
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
