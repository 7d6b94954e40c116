import { PASSWORD_VARIABLE } from "../client/secret_input.ts";
import type { Field } from "../../fields/field.ts";
import type { FlagForm } from "../../fields/flag.ts";
import type { Operation } from "../../operations/operation.ts";
import type { Words } from "../client/error_text.ts";
import { type FieldFlag, kebab } from "./field_flags.ts";
import type { LoadedOperation } from "./load.ts";

/** Names of fields that have no flag of their own: positional arguments, `--cluster`. */
export type ArgumentNames = Readonly<Record<string, string>>;

/**
 * The names of an operation's fields on the command line, for messages.
 * @param places fields without a flag of their own: `{ cluster: "--cluster", name: "NAME" }`
 */
export function flagNamesOf(
  { operation, module, flags }: LoadedOperation,
  places: ArgumentNames,
): Words {
  const { fields = {} } = module;
  const of = (path: string): string => {
    const known = places[path] ?? ofFlag(flags, path) ?? ofObject(flags, path, fields[path]);
    if (known !== undefined) return known;
    const [, whole, place] = /^(\w+)\.(\d.*)$/.exec(path) ?? [];
    return whole === undefined ? `--${kebab(path)}` : `${of(whole)} (at ${place})`;
  };
  const order = [...Object.keys(places), ...flags.map(({ path }) => path.join("."))];
  const placeOf = (path: string) => order.includes(path) ? order.indexOf(path) : order.length;
  return {
    operation,
    fields: Object.keys(fields),
    inside: (object) => Object.keys(fields[object]?.fields ?? {}),
    of,
    missing(paths) {
      const words = paths.toSorted((a, b) => placeOf(a) - placeOf(b))
        .map((path) =>
          selecting(path, operation) ?? fields[path]?.missing ?? whatIsMissing(flags, path) ??
            of(path)
        );
      // Single flags first, then alternatives of flags, then longer phrases.
      const rank = (word: string) => /^--\S+$/.test(word) ? 0 : word.startsWith("--") ? 1 : 2;
      const [alone, ...others] = [0, 1, 2].map((each) =>
        words.filter((word) => rank(word) === each)
      );
      return `Missing ${[alone!.join(", "), ...others.flat()].filter(Boolean).join("; ")}`;
    },
  };
}

/** The flags that select clusters, for operations on several. */
const selecting = (path: string, { clusters }: Operation) =>
  path === "clusters" && clusters === "many"
    ? "--cluster, --selector or --all-clusters"
    : undefined;

const found = (flags: readonly FieldFlag[], path: string) =>
  flags.find((each) => each.path.join(".") === path || each.flag.several === path);

/** The name of an object without a flag: from its message, or the prefix of its fields' flags. */
function ofObject(
  flags: readonly FieldFlag[],
  path: string,
  { missing, prefix = path }: Pick<Field, "missing" | "prefix"> = {},
): string | undefined {
  if (missing !== undefined) return missing.split(":", 1)[0]!;
  return flags.some((each) => each.path[0] === path) ? `--${kebab(prefix)}-…` : undefined;
}

function ofFlag(flags: readonly FieldFlag[], path: string): string | undefined {
  const own = found(flags, path);
  if (own === undefined) return undefined;
  if (hasWord(own)) return `the ${spoken(own)}`;
  return READ.includes(own.flag.by) ? `--${own.name}-file` : `--${own.name}`;
}

/** The message for a missing field whose flag is not its name. */
function whatIsMissing(flags: readonly FieldFlag[], path: string): string | undefined {
  const own = found(flags, path);
  if (own === undefined || own.flag.missing !== undefined) return own?.flag.missing;
  return hasWord(own) ? `a ${spoken(own)}: give ${waysOf(own, " FILE")}` : undefined;
}

/** Whether messages name the value and not the flag: `the bearer token`. */
const hasWord = ({ path, name, flag: { by } }: FieldFlag) =>
  (path.length === 1 || name !== kebab(path.join("-"))) && (by === "line" || by === "password");

const spoken = ({ name }: FieldFlag) => name.replaceAll("-", " ");

/** The flags that take a secret: `--password-stdin, --password-file or …` */
function waysOf({ name, flag: { by } }: FieldFlag, value = ""): string {
  const ways = [
    ...by === "file" || by === "json_file" ? [] : [`--${name}-stdin`],
    `--${name}-file${value}`,
    ...by === "password" ? [`the environment variable ${PASSWORD_VARIABLE}`] : [],
  ];
  return ways.join(", ").replace(/, ([^,]*)$/, " or $1");
}

/** The flags that take each secret, by the name of the flag that does not exist: `password`. */
export function secretWays(flags: readonly FieldFlag[]): Readonly<Record<string, string>> {
  const secrets = flags.filter(({ flag: { by }, isMasked }) => isMasked && READ.includes(by));
  return Object.fromEntries(secrets.map((each) => [each.name, waysOf(each)]));
}

const READ: readonly FlagForm[] = ["file", "json_file", "line", "password"];
