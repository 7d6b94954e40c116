import type { Face } from "./face.ts";

export type { Face };

/** Fields and their values that make the request succeed. */
export type Remedy = Readonly<Record<string, unknown>>;

/** The properties of an error code. */
export interface ErrorKind<Details> {
  /** The HTTP status. */
  readonly status: number;
  /** One or more sentences for people; the last one has no full stop. */
  sentence(details: Details, face: Face): string;
  /** Dotted paths of the fields or parameters that are wrong. */
  fields?(details: Details): readonly string[];
  remedy?(details: Details): Remedy | undefined;
}

/** The details of a code whose sentence never varies. */
export type NoDetails = Readonly<Record<never, never>>;

/** A code of the table. */
export function kind<Details>(
  status: number,
  sentence: ErrorKind<Details>["sentence"],
  more: Pick<ErrorKind<Details>, "fields" | "remedy"> = {},
): ErrorKind<Details> {
  return { status, sentence, ...more };
}

/** A code whose sentence never varies. */
export function plain(status: number, sentence: string, remedy?: Remedy): ErrorKind<NoDetails> {
  return { status, sentence: () => sentence, remedy: () => remedy };
}

/** Ends the message of a write that failed as a whole. */
export const UNCHANGED = "Nothing was changed";

/** Joins sentences without full stops; leaves out those that are absent. */
export const sentences = (...all: readonly (string | undefined)[]): string =>
  all.filter((each) => each !== undefined).join(". ");

export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** All names, each once: `a, b and 3 more` would hide some. */
export function listed(names: readonly string[]): string {
  return [...new Set(names)].join(", ");
}
