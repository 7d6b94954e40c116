import { z } from "zod";

/**
 * One setting. Its environment variable, flag, completion, the shipped configuration file and the
 * documentation derive from it.
 */
export interface Setting {
  /** Has a default or is optional. */
  readonly schema: z.ZodDefault<z.ZodType> | z.ZodOptional<z.ZodType>;
  /** Description in Markdown sentences for the documentation; help shows the first sentence. */
  readonly about: string;
  readonly flag?: SettingFlag;
  /** Present if the value is a path; a relative path starts at the working directory. */
  readonly path?: "file" | "folder";
  /** The setting restricts access or records it, so a misspelled name is an error. */
  readonly protective?: true;
  /** `false` if a change requires a restart. @default true */
  readonly reloadable?: false;
  /** The value in the shipped configuration file, which has other settings as comments. */
  readonly shipped?: unknown;
  /** Example in the shipped configuration file for a setting without a default. */
  readonly example?: unknown;
}

/** The flag of a setting, `--KEY`, of `serve` and the commands that start it. */
export interface SettingFlag {
  /** Placeholder for the value in help. @default `path` of the setting, or "number" */
  readonly value?: string;
  /** The default in help, in words. @default the default of the schema */
  readonly default?: string;
  /** Group in help. @default "configuration" */
  readonly group?: "listen" | "output";
  /** Present if the commands about credentials have the flag, too, optionally with another default. */
  readonly commands?: true | { readonly default: string };
}

/** Settings by key, in display order. */
export type SettingTable = Readonly<Record<string, Setting>>;

/** The form of a setting's value as an argument: a setting that may be `true` is a switch. */
export type SettingKind = "text" | "number" | "switch" | "other";

/** "other" values are lists and maps, which only the file and the environment can set. */
export function kindOf({ schema }: Setting): SettingKind {
  const { type } = schema.unwrap().def;
  if (type === "string" || type === "enum") return "text";
  if (type === "number") return "number";
  return schema.safeParse(true).success ? "switch" : "other";
}

/** The allowed words of an enum setting. */
export function wordsOf({ schema }: Setting): readonly string[] | undefined {
  const values = schema.unwrap();
  return values instanceof z.ZodEnum ? values.options.map(String) : undefined;
}

/** Markdown as plain text. */
export function plainText(markdown: string): string {
  return markdown.replaceAll(/\[([^\][]+)\]\([^()]*\)/g, "$1").replaceAll("`", "");
}

/** The first sentence of the description, without its full stop, for help. */
export function briefOf({ about }: Setting): string {
  return plainText(about.split(/\.(?: |$)/, 1)[0]!);
}

/** `undefined` if the setting has no default. */
export function defaultOf({ schema }: Setting): unknown {
  return schema.parse(undefined);
}
