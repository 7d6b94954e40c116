import { camel, hyphened } from "../arguments.ts";
import { isTerminal } from "../client/prompt.ts";
import { carryOut } from "../client/carry_out.ts";
import type { CarryOut } from "../client/plan.ts";
import { areNamed, type Chosen, chosenBy, type ClusterFlags } from "../client/choose_clusters.ts";
import type { Input } from "../client/backend.ts";
import { Failure } from "../failure.ts";
import { viewFor } from "../views.ts";
import { type GivenFlags, readInput } from "./input.ts";
import {
  hasClusterArgument,
  isDeletion,
  isWhole,
  type LoadedCommand,
  type LoadedOperation,
  takesCluster,
  takesSecrets,
  takesSelection,
} from "./load.ts";
import { Missing } from "./missing.ts";
import { flagNamesOf } from "./names.ts";
import { namedBy, type SecretArgument } from "./secret_names.ts";

/**
 * Runs the operation of a command.
 * @param values the positional arguments
 * @returns the exit code
 * @throws {Failure}
 */
export async function runOperation(
  command: LoadedCommand,
  given: GivenFlags,
  ...values: readonly (string | undefined)[]
): Promise<number> {
  const { loaded, chosen, own, places } = meantBy(
    command,
    given,
    values.filter((each) => each !== undefined),
  );
  const words = flagNamesOf(loaded, places);
  refuseOthers(command, loaded, given);
  for (const { args } of own) refusePaths(loaded, args);
  const flags = given as CarryOut["flags"];
  refuseExitCode(flags);
  refuseLimits(given);
  const view = await viewFor(loaded.operation, command.words);
  const isAsked = (isDeletion(loaded) || view.confirmation !== undefined) &&
    (flags.dryRun ?? "none") === "none" && given.yes !== true;
  const missing = new Missing(loaded, words, areMeant(loaded, chosen, own));
  const known = { ...loaded.help.defaults, ...loaded.input, ...own[0]?.args };
  const read = await readInput(loaded.flags, given, known, (input) => {
    missing.refuse(input);
    if (isAsked && !isTerminal()) throw cannotPrompt(view.confirmation?.verb ?? "delete");
  });
  const input = await missing.completed(read);
  return await carryOut({
    words,
    view,
    inputs: own.map(({ cluster, text, args }) => ({
      cluster,
      input: inOrder({ ...input, ...args }, loaded.module.fields),
      ...text === undefined ? {} : { places: [text] },
    })),
    clusterField: loaded.clusterField,
    takesSelection: takesSelection(loaded.operation),
    chosen,
    flags,
    isAsked,
  });
}

/** Whether clusters are selected, where the operation requires that. */
function areMeant(loaded: LoadedOperation, chosen: Chosen, own: readonly Own[]): boolean {
  if (chosen.kind === "several") {
    return !isWhole(loaded) || Object.keys(chosen.selected).length > 0;
  }
  return chosen.cluster !== undefined || own.some(({ cluster }) => cluster !== undefined);
}

const cannotPrompt = (verb: string) =>
  new Failure(`Cannot prompt without a terminal. Give --yes to ${verb}`, 2, {
    isInHelp: true,
  });

/** @throws {Failure} for `--exit-code` without a dry run on the server */
function refuseExitCode({ exitCode, dryRun }: CarryOut["flags"]): void {
  if (exitCode !== true || dryRun === "server") return;
  throw new Failure(
    "--exit-code needs --dry-run=server: only the cluster can tell whether something would change",
    2,
  );
}

/** @throws {Failure} for `--ignore-not-found` with flags that count a missing secret as a failure */
function refuseLimits({ ignoreNotFound, first, maxFailures }: GivenFlags): void {
  if (ignoreNotFound !== true || (first === undefined && maxFailures === undefined)) return;
  throw new Failure(
    `--ignore-not-found cannot be given with ${
      first === undefined ? "--max-failures" : "--first"
    }: there a cluster without the secret counts as failed`,
    2,
  );
}

/** The input in the order of the operation's fields, as a dry run shows it. */
const inOrder = (input: Input, fields: object = {}): Input =>
  Object.fromEntries(
    Object.keys(fields).filter((name) => Object.hasOwn(input, name))
      .map((name) => [name, input[name]]),
  );

/** @throws {Failure} for a flag of the command's other operation, with more or fewer arguments */
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
      throw new Failure(`--${other.name} filters a list: omit ${placeName(field)}`, 2);
    }
    throw new Failure(`--${other.name} can be used only with ${placeName(name)}`, 2);
  }
}

/** @throws {Failure} for arguments that would change the path of the URL: `..` */
function refusePaths({ operation, args }: LoadedOperation, given: Input): void {
  for (const field of args) {
    if (!operation.path.includes(`{${field}}`) || !/^\.{0,2}$/.test(String(given[field]))) continue;
    throw new Failure(`${placeName(field)} must be a secret's name`, 2);
  }
}

/** One secret, or one input, that the arguments name. */
interface Own {
  /** Set for `CLUSTER/NAMESPACE/NAME`. */
  readonly cluster?: string;
  /** The argument as given, for `CLUSTER/NAMESPACE/NAME`. */
  readonly text?: string;
  /** The fields that are positional arguments. */
  readonly args: Input;
}

/**
 * Parses `[CLUSTER] [NAME]`, or `[NAME]` with `--cluster` or `--all-clusters`, or secrets as `-o name`
 * prints them. If the command has several operations, the number of arguments decides.
 * @returns the operation, the clusters, what the arguments name, and the names of the arguments
 * @throws {Failure}
 */
function meantBy(command: LoadedCommand, given: GivenFlags, values: readonly string[]) {
  const { words, loaded } = command;
  const [fewest] = loaded;
  const most = loaded.at(-1)!;
  const flags = given as ClusterFlags;
  const areFlags = areNamed(flags);
  const isPlaced = hasClusterArgument(most) && !areFlags;
  const areSecrets = takesSecrets(command);
  const named = areSecrets
    ? namedBy(values, areFlags)
    : { kind: "names", ...takenApart(values, isPlaced) } as const;
  if (named.kind === "placed") return placedBy(most, given, named.secrets);
  const { cluster, names }: { cluster?: string; names: readonly string[] } = named;
  const needed = (fewest.help.args ?? []).filter(({ isOptional }) => isOptional !== true);
  if (isPlaced && names.length < needed.length) {
    const lacking = needed.map(({ field }) => placeName(field)).join(" ");
    const usage = `${words.join(" ")} CLUSTER ${lacking}`;
    throw new Failure(
      `Missing ${lacking} (${usage}), or --cluster, --selector or --all-clusters`,
      2,
      {
        isInHelp: true,
      },
    );
  }
  if (isPlaced && cluster === undefined) {
    throw new Failure("Missing CLUSTER, --cluster, --selector or --all-clusters", 2, {
      isInHelp: true,
    });
  }
  const [lacked] = needed.slice(names.length);
  if (most.operation.clusters === "none" && lacked !== undefined) {
    const usage = `${words.join(" ")} ${placeName(lacked.field)}`;
    throw new Failure(`Missing ${placeName(lacked.field)} (${usage})`, 2, { isInHelp: true });
  }
  const count = areSecrets ? Math.min(names.length, 1) : names.length;
  const meant = loaded.find((each) => each.args.length === count) ?? most;
  const argsOf = (values: readonly (string | undefined)[]): Own => ({
    args: Object.fromEntries(meant.args.map((field, i) => [field, values[i]])),
  });
  const own = areSecrets && names.length > 0
    ? names.map((name) => argsOf([name]))
    : [argsOf(names)];
  return {
    loaded: meant,
    chosen: isPlaced ? chosenBy(flags, cluster) : chosenOf(meant, flags),
    own,
    places: placesOf(meant, isPlaced ? "CLUSTER" : "--cluster"),
  };
}

/** The clusters that flags select; all clusters if there is no flag and the operation allows it. */
function chosenOf({ operation, clusterField }: LoadedOperation, flags: ClusterFlags): Chosen {
  const isOfAny = operation.clusters === "many";
  if (clusterField === undefined && !isOfAny) return { kind: "one", cluster: undefined };
  const chosen = chosenBy(flags);
  if (!areNamed(flags) && !takesCluster(operation)) return { kind: "several", selected: {} };
  if (!isOfAny || chosen.kind === "several") return chosen;
  const { cluster } = chosen;
  return { kind: "several", selected: cluster === undefined ? {} : { clusters: [cluster] } };
}

const takenApart = (values: readonly string[], isPlaced: boolean) =>
  isPlaced ? { cluster: values[0], names: values.slice(1) } : { names: values };

/**
 * Secrets named as `CLUSTER/NAMESPACE/NAME`. Namespaces of one secret are one request where the
 * operation takes several.
 * @throws {Failure} when a flag names namespaces, too
 */
function placedBy(meant: LoadedOperation, given: GivenFlags, secrets: readonly SecretArgument[]) {
  const limit = ["first", "maxFailures"].find((each) => given[each] !== undefined);
  if (limit !== undefined) {
    const flag = `--${hyphened(limit)}`;
    throw new Failure(
      `${flag} cannot be used with CLUSTER/NAMESPACE/NAME; select clusters by flags`,
      2,
    );
  }
  const { fields = {} } = meant.module;
  const field = ["namespaces", "namespace"].find((each) => Object.hasOwn(fields, each))!;
  if (given[field] !== undefined) {
    throw new Failure(`Give CLUSTER/NAMESPACE/NAME or --${field}, not both`, 2);
  }
  const groups = Map.groupBy(
    secrets,
    ({ cluster, name, text }) => field === "namespaces" ? `${cluster}/${name}` : text,
  );
  return {
    loaded: meant,
    chosen: { kind: "one", cluster: undefined } as Chosen,
    own: [...groups.values()].map((those): Own => ({
      cluster: those[0]!.cluster,
      text: those.map(({ text }) => text).join(" "),
      args: {
        name: those[0]!.name,
        [field]: those.map(({ namespace }) => namespace).join(","),
      },
    })),
    places: placesOf(meant, "CLUSTER"),
  };
}

const placesOf = ({ args, clusterField, operation }: LoadedOperation, cluster: string) => ({
  ...clusterField === undefined ? {} : { [clusterField]: cluster },
  ...takesSelection(operation) || clusterField === "clusters"
    ? { clusters: cluster, cluster_selector: "--selector" }
    : {},
  ...Object.fromEntries(args.map((field) => [field, placeName(field)])),
});

/** The name of a positional argument. */
const placeName = (field: string) => field.toUpperCase();
