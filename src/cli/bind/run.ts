import { camel } from "../arguments.ts";
import { isTerminal } from "../credentials/ask.ts";
import { type CarryOut, carryOut } from "../credentials/carry_out.ts";
import { clustersOf } from "../credentials/choose_clusters.ts";
import type { Input } from "../credentials/way.ts";
import { Failure } from "../failure.ts";
import { viewFor } from "../views.ts";
import { type GivenFlags, readInput } from "./input.ts";
import {
  hasClusterArgument,
  isDeletion,
  type LoadedCommand,
  type LoadedOperation,
} from "./load.ts";
import { Missing } from "./missing.ts";
import { wordsOf } from "./names.ts";

/**
 * Carries out what a command line asks for.
 * @param values the arguments that are no flags
 * @returns the exit code
 * @throws {Failure}
 */
export async function run(
  command: LoadedCommand,
  given: GivenFlags,
  ...values: readonly (string | undefined)[]
): Promise<number> {
  const { loaded, clusters, args, places } = meantBy(
    command,
    given,
    values.filter((each) => each !== undefined),
  );
  const words = wordsOf(loaded, places);
  refuseOthers(command, loaded, given);
  refusePaths(loaded, args);
  const isNamed = !clusters.includes(undefined) || given.allClusters === true;
  const missing = new Missing(loaded, words, isNamed);
  const known = { ...loaded.input, ...args };
  const read = await readInput(loaded.flags, given, known, (input) => missing.refuse(input));
  const input = await missing.asked(read);
  const flags = given as CarryOut["flags"];
  const isAsked = isDeletion(loaded) && (flags.dryRun ?? "none") === "none" && given.yes !== true;
  if (isAsked && !isTerminal()) {
    throw new Failure("Cannot ask whether to delete: there is no terminal; give --yes", 2, {
      isInHelp: true,
    });
  }
  return await carryOut({
    words,
    view: await viewFor(loaded.operation),
    input: inOrder(input, loaded.module.fields),
    clusterField: loaded.clusterField,
    clusters,
    flags,
    isAsked,
  });
}

/** As the operation's fields are: so a dry run shows it. */
const inOrder = (input: Input, fields: object = {}): Input =>
  Object.fromEntries(
    Object.keys(fields).filter((name) => Object.hasOwn(input, name))
      .map((name) => [name, input[name]]),
  );

/** @throws {Failure} of a flag that only an operation with more arguments has */
function refuseOthers(command: LoadedCommand, meant: LoadedOperation, given: GivenFlags): void {
  for (const { args, flags } of command.loaded) {
    const name = args[meant.args.length];
    const own = new Set(meant.flags.map(({ name }) => name));
    const other = flags.find((each) =>
      !own.has(each.name) && given[camel(each.name)] !== undefined
    );
    if (other === undefined) continue;
    if (name === undefined) {
      const [field] = meant.args.filter((each) => !args.includes(each));
      if (field === undefined) continue;
      throw new Failure(`--${other.name} is for a list: leave out ${placeName(field)}`, 2);
    }
    const what = other.name.replaceAll("-", " ");
    throw new Failure(`--${other.name} needs a ${placeName(name)}, of which it is the ${what}`, 2);
  }
}

/** @throws {Failure} of what would be another path of a URL, or none */
function refusePaths({ operation, args }: LoadedOperation, given: Input): void {
  for (const field of args) {
    if (!operation.path.includes(`{${field}}`) || !/^\.{0,2}$/.test(String(given[field]))) continue;
    throw new Failure(`${placeName(field)} must be a secret's name`, 2);
  }
}

/**
 * `[CLUSTER] [NAME]`, or `[NAME]` with `--cluster` or `--all-clusters`; of several operations of one
 * command the one that takes as many.
 * @returns besides the clusters, the fields that stand at their place, and how those are called
 * @throws {Failure}
 */
function meantBy(
  { words, loaded }: LoadedCommand,
  given: GivenFlags,
  values: readonly string[],
) {
  const [fewest] = loaded;
  const most = loaded.at(-1)!;
  const areFlags = given.cluster !== undefined || given.allClusters === true;
  const isPlaced = hasClusterArgument(most) && !areFlags;
  const [cluster, ...args] = isPlaced ? values : [undefined, ...values];
  if (args.length > most.args.length) {
    throw new Failure("Give CLUSTER or --cluster or --all-clusters, not both", 2);
  }
  if (isPlaced && args.length < fewest.args.length) {
    const lacking = fewest.args.map(placeName).join(" ");
    const usage = `${words.join(" ")} CLUSTER ${lacking}`;
    throw new Failure(`Missing ${lacking} (${usage}), or --cluster, or --all-clusters`, 2, {
      isInHelp: true,
    });
  }
  if (isPlaced && cluster === undefined) {
    throw new Failure("Missing CLUSTER, --cluster or --all-clusters", 2, { isInHelp: true });
  }
  const meant = loaded.find((each) => each.args.length === args.length) ?? most;
  const isOfOne = meant.operation.clusters === "one";
  return {
    loaded: meant,
    clusters: isPlaced
      ? [cluster]
      : isOfOne
      ? clustersOf(given.cluster as string[] | undefined)
      : meant.clusterField === undefined
      ? [undefined]
      // Of what can be asked about all at once, all are meant where none is named.
      : areFlags
      ? clustersOf(given.cluster as string[] | undefined)
      : ["*"],
    args: Object.fromEntries(meant.args.map((field, i) => [field, args[i]])),
    places: {
      ...meant.clusterField === undefined
        ? {}
        : { [meant.clusterField]: isPlaced ? "CLUSTER" : "--cluster" },
      ...Object.fromEntries(meant.args.map((field) => [field, placeName(field)])),
    },
  };
}

/** As an argument is called. */
const placeName = (field: string) => field.toUpperCase();
