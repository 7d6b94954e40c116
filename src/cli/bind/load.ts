import type { Fields } from "../../fields/field.ts";
import type {
  Command,
  CommandHelp,
  Operation,
  OperationModule,
} from "../../operations/operation.ts";
import { type FieldFlag, fieldFlags } from "./field_flags.ts";

/** A command of one operation, or of several that differ by their number of arguments. */
export interface NamedCommand extends Command {
  readonly operations: readonly Operation[];
  /** Fields that the command itself sets. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** The field that names each of several clusters, where the operation can take all at once. */
  readonly eachBy?: string;
}

/** An operation with its module, and the parts of the module for the command line. */
export interface LoadedOperation {
  readonly operation: Operation;
  readonly module: OperationModule;
  readonly help: CommandHelp;
  /** Fields that are positional arguments. */
  readonly args: readonly string[];
  /** Flags of the other fields, without those of `isOwn`. */
  readonly flags: readonly FieldFlag[];
  /** Fields that the command itself sets. */
  readonly input: Readonly<Record<string, unknown>>;
  /** The field that names the cluster; absent for operations on no cluster, or on all at once. */
  readonly clusterField?: string;
}

export interface LoadedCommand extends NamedCommand {
  /** The one with the fewest arguments first. */
  readonly loaded: readonly [LoadedOperation, ...LoadedOperation[]];
}

/** All commands of the operations, in order; loads no operation. */
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

/** Imports the modules of the command's operations. */
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

/** With the default in the flag's help. */
function withDefault(each: FieldFlag, value: string | number | undefined): FieldFlag {
  if (value === undefined) return each;
  return { ...each, flag: { ...each.flag, brief: `${each.flag.brief} (default: ${value})` } };
}

/** Whether the field has a flag of the command line's own, the same for every command. */
export const isOwn = (field: string, operation: Operation): boolean =>
  field === "dry_run" || (field === "cluster" && takesCluster(operation));

/** Whether the operation works on one cluster, or on each of several independently. */
export const takesCluster = ({ clusters }: Operation): boolean =>
  clusters === "one" || clusters === "each";

/** Whether one request can select several clusters. */
export const takesSelection = ({ clusters }: Operation): boolean =>
  clusters === "each" || clusters === "many";

/** Whether the cluster is a positional argument: for reads, and where there are others. */
export function hasClusterArgument({ operation, args }: LoadedOperation): boolean {
  return takesCluster(operation) && (operation.effect === "read" || args.length > 0);
}

/** Whether the arguments name secrets, as `-o name` prints them. */
export const takesSecrets = ({ loaded }: LoadedCommand) =>
  loaded.some((each) => hasClusterArgument(each) && each.args.join() === "name");

/** Whether `--first` and `--max-failures` apply: for writes to several clusters. */
export const isLimited = ({ operation }: LoadedOperation): boolean =>
  takesSelection(operation) && operation.effect === "write";

/** Whether the operation works on all selected clusters as a whole, and stops at the first failure. */
export const isWhole = ({ operation }: LoadedOperation): boolean =>
  operation.clusters === "many" && operation.effect === "write";

/** Whether the command asks for confirmation because it deletes. */
export const isDeletion = ({ operation }: LoadedOperation) => operation.method === "delete";
