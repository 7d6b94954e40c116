import { camel } from "../arguments.ts";
import { itemsOf } from "../client/choose_clusters.ts";
import { SecretInput } from "../client/secret_input.ts";
import type { Input } from "../client/way.ts";
import { Failure } from "../failure.ts";
import type { FieldFlag } from "./field_flags.ts";

/** What was given by flags, by their names in camel case. */
export type GivenFlags = Readonly<Record<string, unknown>>;

/** A field that is given. */
interface Entry {
  readonly path: readonly string[];
  /** Of what is read, something as long as it is only looked whether anything is missing. */
  readonly value: unknown;
  readonly read?: (secrets: SecretInput) => Promise<unknown>;
}

/**
 * The fields of an operation, out of flags and of the files that they name, or standard input.
 * @param args fields that are arguments by their place
 * @param check told what there will be, before anything is read
 * @throws {Failure} when something cannot be read, or is where others see it
 */
export async function readInput(
  flags: readonly FieldFlag[],
  given: GivenFlags,
  args: Input,
  check: (input: Input) => void,
): Promise<Input> {
  const entries: Entry[] = [
    ...Object.entries(args).map(([name, value]) => ({ path: [name], value })),
    ...flags.flatMap((each) => plainOf(each, given)),
    ...flags.flatMap((each) => sourceOf(each, given)),
  ];
  check(assembled(entries));
  const secrets = new SecretInput();
  const known: Entry[] = [];
  for (const each of entries) {
    known.push(each.read ? { ...each, value: await each.read(secrets) } : each);
  }
  return assembled(known);
}

/** Objects of what stands below one path. */
function assembled(entries: readonly Entry[]): Input {
  const whole: Record<string, unknown> = {};
  for (const { path, value } of entries) {
    if (value === undefined) continue;
    let at = whole;
    for (const name of path.slice(0, -1)) at = (at[name] ??= {}) as Record<string, unknown>;
    at[path.at(-1)!] = value;
  }
  return whole;
}

/** What stands in the flags themselves. */
function plainOf({ path, name, flag }: FieldFlag, given: GivenFlags): readonly Entry[] {
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
          `Cannot take --${name} with a user: arguments are seen by everyone on this machine; ` +
            `give the URL by --${name}-file`,
          2,
        );
      }
  }
  return [{ path, value }];
}

/** What flags say where it is. */
function sourceOf({ path, name, flag: { by } }: FieldFlag, given: GivenFlags): readonly Entry[] {
  const flag = `--${name}`;
  const file = given[camel(`${name}-file`)] as string | undefined;
  const stdin = given[camel(`${name}-stdin`)] as boolean | undefined;
  if (file === undefined && stdin !== true) return [];
  const from = (read: Entry["read"]) => [{ path, value: "-", read }];
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

/** @throws {Failure} which quotes nothing of it */
function parsed(text: string | undefined, flag: string, file: string | undefined): unknown {
  try {
    return JSON.parse(text!);
  } catch {
    throw new Failure(`Cannot use ${flag}-file ${file}: it is not valid JSON`, 2);
  }
}
