import { z } from "zod";

/**
 * One setting: all that is known of it, said once. Its name in the environment, its flag, completion,
 * the configuration file as shipped and the documents derive from it.
 */
export interface Setting {
  /** With a default, or optional. */
  readonly schema: z.ZodDefault<z.ZodType> | z.ZodOptional<z.ZodType>;
  /** What it is, in sentences of Markdown: for the documents; the first one is for help, too. */
  readonly about: string;
  readonly flag?: SettingFlag;
  /** Of what its value is the path; a relative one begins at the working directory. */
  readonly path?: "file" | "folder";
  /**
   * Without it more is allowed or less is recorded, so that one that is not taken must not go
   * unnoticed.
   */
  readonly protective?: true;
  /** `false` where a change takes effect with the next start only. @default true */
  readonly reloadable?: false;
  /** What the configuration file as shipped sets; other settings it has as comments. */
  readonly shipped?: unknown;
  /** A value, where there is no default: for the configuration file as shipped. */
  readonly example?: unknown;
}

/** The flag of a setting, `--KEY`: of `serve`, and of what starts it. */
export interface SettingFlag {
  /** Stands for the value in help. @default what its value is the path of, or "number" */
  readonly value?: string;
  /** Where help shows it. @default "configuration" */
  readonly group?: "listen" | "output";
  /** That the commands about credentials have it, too; with their own default, where they have one. */
  readonly commands?: true | { readonly default: string };
}

/** Settings by key, in the order in which they are told. */
export type SettingTable = Readonly<Record<string, Setting>>;

/** How its value is written as an argument: one that may be `true` is a switch. */
export type SettingKind = "text" | "number" | "switch" | "other";

/** Of "other" values, which are lists and maps, only files and the environment tell. */
export function kindOf({ schema }: Setting): SettingKind {
  const { type } = schema.unwrap().def;
  if (type === "string" || type === "enum") return "text";
  if (type === "number") return "number";
  return schema.safeParse(true).success ? "switch" : "other";
}

/** The words that are its values, where these are some words only. */
export function wordsOf({ schema }: Setting): readonly string[] | undefined {
  const values = schema.unwrap();
  return values instanceof z.ZodEnum ? values.options.map(String) : undefined;
}

/** Markdown as plain text. */
export function plain(markdown: string): string {
  return markdown.replaceAll(/\[([^\][]+)\]\([^()]*\)/g, "$1").replaceAll("`", "");
}

/** What it is, for help: a clause without a period. */
export function briefOf({ about }: Setting): string {
  return plain(about.split(/\.(?: |$)/, 1)[0]!);
}

/** `undefined` where it has none. */
export function defaultOf({ schema }: Setting): unknown {
  return schema.parse(undefined);
}
