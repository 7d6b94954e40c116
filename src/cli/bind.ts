import type { Command } from "@stricli/core";
import type { FlagForm } from "../fields/flag.ts";
import type { Operation } from "../operations/operation.ts";
import { OPERATIONS } from "../operations/table.ts";
import { argumentsIn, camel } from "./arguments.ts";
import { type FieldFlag, kebab, parametersOf } from "./bind/field_flags.ts";
import { helpOf } from "./bind/help.ts";
import {
  hasClusterArgument,
  isDeletion,
  isLimited,
  isWhole,
  load,
  type LoadedCommand,
  type LoadedOperation,
  type NamedCommand,
  namedCommands,
  takesCluster,
  takesSecrets,
  takesSelection,
} from "./bind/load.ts";
import {
  CLUSTER_ARGUMENT,
  clusterFlags,
  DELETE_FLAGS,
  DRY_RUN_FLAG,
  EXIT_CODE_FLAG,
  limitFlags,
  OUTPUT_WITHOUT_NAMES,
  PLAN_FLAG,
  PROGRAM_FLAGS,
  SECRET_ARGUMENTS,
  YES_FLAG,
} from "./bind/program_flags.ts";
import { secretWays } from "./bind/names.ts";
import { type CliContext, command } from "./command.ts";
import { type FlagGroup, grouped } from "./help/groups.ts";
import type { Placed } from "./routes.ts";
import { viewFor } from "./views.ts";

/**
 * The commands of the operations. Only the command of these words has flags and help, because only its
 * operations are loaded.
 * @param words of a command line, or "all" to load all commands
 */
export async function operationCommands(
  operations: readonly Operation[],
  words: readonly string[] | "all",
): Promise<readonly Placed[]> {
  return await Promise.all(
    namedCommands(operations).map(async (named) => {
      const isMeant = words === "all" || named.words.every((word, i) => word === words[i]);
      return { ...named, command: isMeant ? await whole(await load(named)) : unloaded(named) };
    }),
  );
}

/** The flags that take each secret of any operation, by the name of the flag that does not exist. */
export async function allSecretWays(
  operations: readonly Operation[] = OPERATIONS,
): Promise<Readonly<Record<string, string>>> {
  const loaded = await Promise.allSettled(namedCommands(operations).map(load));
  const flags = loaded.flatMap((each) => each.status === "fulfilled" ? each.value.loaded : [])
    .flatMap(({ flags }) => flags);
  return secretWays(flags);
}

const unloaded = ({ brief }: NamedCommand) =>
  command<Record<never, never>>(
    () => Promise.reject(new Error(`The command is not loaded: ${brief}`)),
    {
      brief,
      examples: [],
    },
  );

async function whole(loaded: LoadedCommand): Promise<Command<CliContext>> {
  const flags = await flagsOf(loaded);
  const aliases = aliasesOf(loaded, flags);
  return command<Readonly<Record<string, unknown>>, (string | undefined)[]>(
    async () => {
      const { runOperation } = await import("./bind/run.ts");
      return (flags, ...values) => runOperation(loaded, flags, ...values);
    },
    {
      ...helpOf(loaded),
      flags,
      aliases,
      positional: takesSecrets(loaded)
        ? { kind: "array", parameter: secretArguments(loaded, flags, aliases) }
        : { kind: "tuple", parameters: argumentsOf(loaded) },
    } as never, // its types are for flags that are known here
  );
}

const isClusterRequired = (loaded: LoadedCommand["loaded"]) =>
  loaded.some((each) => takesCluster(each.operation) || isWhole(each)) &&
  !loaded.some(hasClusterArgument);

/** The flags of a command, in the order of its help. */
async function flagsOf(
  { loaded, words }: LoadedCommand,
): Promise<Readonly<Record<string, object>>> {
  const views = await Promise.all(loaded.map(({ operation }) => viewFor(operation, words)));
  return grouped("how", {
    ...loaded.some((each) => each.clusterField !== undefined || takesSelection(each.operation))
      ? clusterFlags(isClusterRequired(loaded))
      : {},
    ...loaded.some(isLimited) ? limitFlags(loaded.some(isWhole) ? "0" : "any number") : {},
    ...Object.fromEntries(
      loaded.flatMap((each) =>
        each.flags.flatMap((flag) =>
          Object.entries(grouped(groupIn(each, flag), parametersOf(flag)))
        )
      )
        .map(([name, parameter]) => [camel(name), parameter]),
    ),
    ...loaded.some(({ module }) => module.fields?.dry_run !== undefined)
      ? { ...loaded.some(isWhole) ? PLAN_FLAG : DRY_RUN_FLAG, ...EXIT_CODE_FLAG }
      : {},
    ...views.some(({ confirmation }) => confirmation !== undefined) ? YES_FLAG : {},
    ...loaded.some(isDeletion) ? DELETE_FLAGS : {},
    ...Object.assign({}, ...views.map(({ flags = {} }) => flags)),
    ...PROGRAM_FLAGS,
    ...views.some(({ names }) => names !== undefined) ? {} : OUTPUT_WITHOUT_NAMES,
  });
}

/** The group of a field's flags in help. */
function groupIn({ operation, help }: LoadedOperation, { path, flag }: FieldFlag): FlagGroup {
  const named = Object.entries(help.groups ?? {}).find(([, fields]) => fields.includes(path[0]!));
  if (named !== undefined) return named[0] as FlagGroup;
  if (CREDENTIAL.includes(flag.by) || operation.effect === "try") return "credential";
  return operation.effect === "read" ? "which" : "how";
}

/** Forms of flags for credentials only. */
const CREDENTIAL: readonly FlagForm[] = ["json_file", "line", "login", "password"];

function aliasesOf(
  { loaded }: LoadedCommand,
  flags: Readonly<Record<string, object>>,
): Readonly<Record<string, string>> {
  const letters = loaded.flatMap(({ help }) => Object.entries(help.letters ?? {}));
  return {
    o: "output",
    ...loaded.some((each) => each.clusterField !== undefined || takesSelection(each.operation))
      ? { l: "selector" }
      : {},
    ...flags.yes === undefined ? {} : { y: "yes" },
    ...Object.fromEntries(letters.map(([letter, field]) => [letter, camel(kebab(field))])),
  };
}

/** The positional arguments of a command that names secrets. */
function secretArguments(
  command: LoadedCommand,
  flags: Readonly<Record<string, object>>,
  aliases: Readonly<Record<string, string>>,
) {
  const target = { command: command.words, flags, aliases };
  const isFirst = (words: readonly string[]) =>
    argumentsIn(words.slice(0, -1), target as never) === command.words.length;
  return SECRET_ARGUMENTS(isFirst, command.loaded[0].args.length > 0);
}

/** The positional arguments, all optional for Stricli: the command reports all missing ones at once. */
function argumentsOf({ loaded }: LoadedCommand): readonly object[] {
  const [fewest] = loaded;
  const most = loaded.at(-1)!;
  const isAlone = most.operation.clusters === "none";
  const needed = (fewest.help.args ?? []).filter(({ isOptional }) =>
    isAlone && isOptional !== true
  );
  return [
    ...hasClusterArgument(most) ? [CLUSTER_ARGUMENT] : [],
    ...(most.help.args ?? []).map(({ field, brief }, i) => ({
      brief,
      placeholder: field,
      parse: String,
      optional: true,
      isNeeded: i < needed.length,
    })),
  ];
}
