import { camel } from "../arguments.ts";
import { itemsOf } from "../client/choose_clusters.ts";
import { SecretInput } from "../client/secret_input.ts";
import type { Input } from "../client/backend.ts";
import { Failure } from "../failure.ts";
import type { FieldFlag } from "./field_flags.ts";

/** The flags of the command line, by camel-case name. */
export type GivenFlags = Readonly<Record<string, unknown>>;

/** A field with its value. */
interface GivenField {
  readonly path: readonly string[];
  /** A placeholder if the value is still to be read. */
  readonly value: unknown;
  readonly read?: (secrets: SecretInput) => Promise<unknown>;
}

/**
 * The fields of an operation: from flags, from the files that they name, and from standard input.
 * @param args fields that are positional arguments
 * @param check called with all fields, and placeholders for values to read, before anything is read
 * @throws {Failure} when a file cannot be read, or a secret was given as an argument
 */
export async function readInput(
  flags: readonly FieldFlag[],
  given: GivenFlags,
  args: Input,
  check: (input: Input) => void,
): Promise<Input> {
  const entries: GivenField[] = [
    ...Object.entries(args).map(([name, value]) => ({ path: [name], value })),
    ...flags.flatMap((each) => plainOf(each, given)),
    ...flags.flatMap((each) => sourceOf(each, given)),
  ];
  check(assembled(entries));
  const secrets = new SecretInput();
  const known: GivenField[] = [];
  for (const each of entries) {
    known.push(each.read ? { ...each, value: await each.read(secrets) } : each);
  }
  return assembled(known);
}

/** The fields as nested objects. */
function assembled(entries: readonly GivenField[]): Input {
  const whole: Record<string, unknown> = {};
  for (const { path, value } of entries) {
    if (value === undefined) continue;
    let at = whole;
    for (const name of path.slice(0, -1)) at = (at[name] ??= {}) as Record<string, unknown>;
    at[path.at(-1)!] = value;
  }
  return whole;
}

/** A value that is in the flag itself. */
function plainOf({ path, name, flag }: FieldFlag, given: GivenFlags): readonly GivenField[] {
  const value = given[camel(name)];
  if (value === undefined) return [];
  const values = value as string[];
  switch (flag.by) {
    case "list":
      return [{ path, value: itemsOf(values) }];
    case "commas":
      return [{ path, value: values.join(",") }];
    case "repeated":
      if (flag.several === undefined) break;
      return values.length === 1
        ? [{ path, value: values[0] }]
        : [{ path: [...path.slice(0, -1), flag.several], value }];
    case "text_or_file":
      if ((value as string).includes("@")) {
        throw new Failure(
          `--${name} must not contain a user or password: every user of this machine can read ` +
            `arguments. Use --${name}-file`,
          2,
        );
      }
  }
  return [{ path, value }];
}

/** A value that a flag names the file of, or that is on standard input. */
function sourceOf(
  { path, name, flag: { by } }: FieldFlag,
  given: GivenFlags,
): readonly GivenField[] {
  const flag = `--${name}`;
  const file = given[camel(`${name}-file`)] as string | undefined;
  const stdin = given[camel(`${name}-stdin`)] as boolean | undefined;
  if (file === undefined && stdin !== true) return [];
  const from = (read: GivenField["read"]) => [{ path, value: "-", read }];
  switch (by) {
    case "file":
      return from((secrets) => secrets.text({ flag, file }));
    case "json_file":
      return from(async (secrets) => parsed(await secrets.text({ flag, file }), flag, file));
    case "text_or_file":
      if (given[camel(name)] !== undefined) {
        throw new Failure(`Give ${flag} or ${flag}-file, not both`, 2);
      }
      return from((secrets) => secrets.line({ flag, file }));
    case "line":
    case "password":
      return from((secrets) => secrets.line({ flag, stdin, file }));
    default:
      return [];
  }
}

/** @throws {Failure} whose message quotes nothing of the text */
function parsed(text: string | undefined, flag: string, file: string | undefined): unknown {
  try {
    return JSON.parse(text!);
  } catch {
    throw new Failure(`Cannot use ${flag}-file ${file}: invalid JSON`, 2);
  }
}
