import type { Field, Fields } from "../../fields/field.ts";
import type { Flag } from "../../fields/flag.ts";
import { choice, list, number, on, text } from "../command.ts";
import { clusterFlag } from "./program_flags.ts";

/** A field that is set by one flag, or by two. */
export interface FieldFlag {
  /** From the outermost object: `["github_app", "private_key"]`. */
  readonly path: readonly string[];
  readonly flag: Flag;
  /** The prefix of its flags: `github-app-private-key`. */
  readonly name: string;
  /** Whether the value, or a part of it, is masked in output. */
  readonly isMasked: boolean;
}

/** Order and names of flags, where a command has its own. */
export interface FlagOrder {
  /** Fields whose flags come first. */
  readonly first?: readonly string[];
  /** Flag names that differ from the field's name, by field. */
  readonly names?: Readonly<Record<string, string>>;
}

/** The fields that have a flag, in order. */
export function fieldFlags(
  fields: Fields,
  { first = [], names = {} }: FlagOrder = {},
): FieldFlag[] {
  const all = [...new Set([...first, ...Object.keys(fields)])];
  return all.flatMap((name) =>
    fields[name] === undefined ? [] : flagsBelow([name], fields[name], names[name] ?? name)
  );
}

/** @param name of the flag, or prefix of the flags of the field's own fields */
function flagsBelow(path: readonly string[], field: Field, name: string): FieldFlag[] {
  const { flag, fields = {}, prefix = name } = field;
  if (flag !== undefined) {
    return [{ path, flag, name: flag.name ?? kebab(name), isMasked: isMasked(field) }];
  }
  return Object.entries(fields).flatMap(([own, field]) =>
    flagsBelow([...path, own], field, prefix === "" ? own : `${prefix}-${own}`)
  );
}

const isMasked = ({ shown, fields = {} }: Field): boolean =>
  shown !== undefined || Object.values(fields).some(isMasked);

/** The flags of a field as Stricli parameters, by kebab-case name. */
export function parametersOf({ flag, name }: FieldFlag): Readonly<Record<string, object>> {
  const { by, required, words = [] } = flag;
  const value = flag.value ?? (by === "list" || by === "commas" ? "names" : "value");
  const brief = required === undefined ? flag.brief : `${flag.brief} (required${required})`;
  const read = `Read the ${inSentence(flag.brief.split(": ", 1)[0]!).replace(/^(an?|the) /, "")}`;
  const ofFile = (brief: string) => ({ [`${name}-file`]: text(brief, "file") });
  switch (by) {
    case "number":
      return { [name]: number(brief, "number") };
    case "choice":
      return { [name]: choice(brief, words) };
    case "switch":
      return { [name]: on(brief) };
    case "on_switch":
      return { [name]: { ...on(brief), withNegated: true } };
    case "list":
    case "commas":
    case "repeated":
      return { [name]: list(brief, value, flag.words) };
    case "file":
    case "json_file":
      return ofFile(brief);
    case "line":
    case "password":
      return {
        [`${name}-stdin`]: on(`${read} from standard input`),
        ...ofFile(`${read} from a file; - is standard input`),
      };
    case "text_or_file":
      return {
        [name]: text(brief, value),
        ...ofFile(`${read} from a file, for a value that contains a password`),
      };
    case "text":
    case "login":
      return { [name]: value === "cluster" ? clusterFlag(brief) : text(brief, value) };
  }
}

/** The name of a field as its flag is written. */
export const kebab = (name: string) => name.replaceAll("_", "-");

const inSentence = (clause: string) => clause.replace(/^[A-Z](?=[^A-Z])/, (c) => c.toLowerCase());
