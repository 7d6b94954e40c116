import type { Face } from "./face.ts";

export type { Face };

/** What to send to succeed: fields and their values. */
export type Remedy = Readonly<Record<string, unknown>>;

/** All that is known of a code. */
export interface ErrorKind<Details> {
  /** Of HTTP. */
  readonly status: number;
  /** One or more sentences for people. */
  sentence(details: Details, face: Face): string;
  /** The fields or parameters that it is about, as dotted paths. */
  fields?(details: Details): readonly string[];
  remedy?(details: Details): Remedy | undefined;
}

/** Nothing more is to be said. */
export type NoDetails = Readonly<Record<never, never>>;

/** A code of the table. */
export function kind<Details>(
  status: number,
  sentence: ErrorKind<Details>["sentence"],
  more: Pick<ErrorKind<Details>, "fields" | "remedy"> = {},
): ErrorKind<Details> {
  return { status, sentence, ...more };
}

/** A code that is its whole story. */
export function plain(status: number, sentence: string, remedy?: Remedy): ErrorKind<NoDetails> {
  return { status, sentence: () => sentence, remedy: () => remedy };
}

/** `a, b and 3 more` would hide a name: all of them, each once. */
export function listed(names: readonly string[]): string {
  return [...new Set(names)].join(", ");
}
