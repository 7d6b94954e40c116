import type { Fields } from "../../fields/field.ts";
import type {
  Command,
  CommandHelp,
  Operation,
  OperationModule,
} from "../../operations/operation.ts";
import { type FieldFlag, fieldFlags } from "./field_flags.ts";

/** A command by its words: of one operation, or of some that differ by how many arguments they take. */
export interface NamedCommand extends Command {
  readonly operations: readonly Operation[];
  /** Fields of them that the command itself gives. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** The field by which it names each cluster of several, where the operation can take all at once. */
  readonly eachBy?: string;
}

/** An operation with what its module tells a command line. */
export interface LoadedOperation {
  readonly operation: Operation;
  readonly module: OperationModule;
  readonly help: CommandHelp;
  /** Fields that are arguments by their place. */
  readonly args: readonly string[];
  /** All others that a command line can give; those that every command gives in its own way apart. */
  readonly flags: readonly FieldFlag[];
  /** Fields that the command itself gives. */
  readonly input: Readonly<Record<string, unknown>>;
  /** The field that names the cluster; absent where it is for none, or for all at once. */
  readonly clusterField?: string;
}

export interface LoadedCommand extends NamedCommand {
  /** The one with the fewest arguments first. */
  readonly loaded: readonly [LoadedOperation, ...LoadedOperation[]];
}

/** All commands that the operations have, in their order; no operation is loaded. */
export function namedCommands(operations: readonly Operation[]): readonly NamedCommand[] {
  const all = operations.flatMap((operation) =>
    [operation.command ?? [], operation.alsoBy ?? []].flat()
      .map((command) => ({ ...command, operations: [operation] }))
  );
  return [...Map.groupBy(all, ({ words }) => words.join(" ")).values()].map((those) => ({
    ...those[0]!,
    operations: those.flatMap(({ operations }) => operations),
  }));
}

/** Imports what the command's operations are. */
export async function load(command: NamedCommand): Promise<LoadedCommand> {
  const { operations } = command;
  const loaded = await Promise.all(
    operations.map((operation) => loadOne(operation, command)),
  );
  loaded.sort((a, b) => a.args.length - b.args.length);
  return { ...command, loaded: loaded as [LoadedOperation, ...LoadedOperation[]] };
}

async function loadOne(
  operation: Operation,
  { words, input = {}, eachBy }: NamedCommand,
): Promise<LoadedOperation> {
  const module = await operation.load();
  const { fields = {}, otherCommands = {} } = module;
  const help = otherCommands[words.join(" ")] ?? module.command ?? { examples: [] };
  const args = (help.args ?? []).map(({ field }) => field);
  const others = Object.entries(fields)
    .filter(([name]) =>
      !isOwn(name, operation) && !args.includes(name) && !Object.hasOwn(input, name)
    );
  const { first, flagNames: names, defaults = {} } = help;
  const flags = fieldFlags(Object.fromEntries(others) as Fields, { first, names })
    .map((each) => withDefault(each, defaults[each.path.join(".")]));
  const clusterField = takesCluster(operation) ? "cluster" : eachBy;
  return { operation, module, help, args, flags, input, clusterField };
}

/** Help tells what is meant where the flag is absent. */
function withDefault(each: FieldFlag, value: string | number | undefined): FieldFlag {
  if (value === undefined) return each;
  return { ...each, flag: { ...each.flag, brief: `${each.flag.brief} (default: ${value})` } };
}

/** Whether every command gives this field in its own way, whatever flag it has. */
export const isOwn = (field: string, operation: Operation): boolean =>
  field === "dry_run" || (field === "cluster" && takesCluster(operation));

/** Whether it is about one cluster, or does the same on each of several. */
export const takesCluster = ({ clusters }: Operation): boolean =>
  clusters === "one" || clusters === "each";

/** Whether one request may be about several clusters. */
export const takesSelection = ({ clusters }: Operation): boolean =>
  clusters === "each" || clusters === "many";

/** What takes other fields at their place, or only looks, takes its cluster there, too. */
export function hasClusterArgument({ operation, args }: LoadedOperation): boolean {
  return takesCluster(operation) && (operation.effect === "read" || args.length > 0);
}

/** Whether its arguments name secrets of clusters, as `-o name` prints them. */
export const takesSecrets = ({ loaded }: LoadedCommand) =>
  loaded.some((each) => hasClusterArgument(each) && each.args.join() === "name");

/** Whether it may end before all of several clusters have had their turn. */
export const isLimited = ({ operation }: LoadedOperation): boolean =>
  takesSelection(operation) && operation.effect === "write";

/** Whether it is done in steps over clusters as a whole, and stops at the first that fails. */
export const isWhole = ({ operation }: LoadedOperation): boolean =>
  operation.clusters === "many" && operation.effect === "write";

/** What deletes asks first. */
export const isDeletion = ({ operation }: LoadedOperation) => operation.method === "delete";
