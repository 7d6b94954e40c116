import { buildRouteMap, type Command, type RouteMap } from "@stricli/core";
import type { Operation } from "../operations/operation.ts";
import { camel } from "./arguments.ts";
import { kebab, parametersOf } from "./bind/field_flags.ts";
import { helpOf } from "./bind/help.ts";
import {
  hasClusterArgument,
  isDeletion,
  load,
  type LoadedCommand,
  type NamedCommand,
  namedCommands,
} from "./bind/load.ts";
import {
  CLUSTER_ARGUMENT,
  clusterFlags,
  DRY_RUN_FLAG,
  OUTPUT_WITHOUT_NAMES,
  PROGRAM_FLAGS,
  YES_FLAG,
} from "./bind/program_flags.ts";
import { secretWays } from "./bind/names.ts";
import { command, type Context } from "./command.ts";
import { viewFor } from "./views.ts";

/** What a word of the command line leads to. */
type Route = Command<Context> | RouteMap<Context>;

/**
 * The commands that operations have, each with its brief; with flags and help the one that is meant,
 * whose operations alone are loaded.
 * @param words of a command line, or "all" for all commands whole
 * @returns them by their first words in camel case
 */
export async function operationRoutes(
  operations: readonly Operation[],
  words: readonly string[] | "all",
): Promise<Readonly<Record<string, Route>>> {
  const bound = await Promise.all(
    namedCommands(operations).map(async (named) => {
      const isMeant = words === "all" || named.words.every((word, i) => word === words[i]);
      return { named, route: isMeant ? await whole(await load(named)) : unloaded(named) };
    }),
  );
  const routes = Map.groupBy(bound, ({ named }) => named.words[0]!);
  return Object.fromEntries([...routes].map(([word, group]) => [camel(word), routeOf(group)]));
}

/** How secrets are given to any of them, by the flag that there is not for them. */
export async function allSecretWays(
  operations: readonly Operation[],
): Promise<Readonly<Record<string, string>>> {
  const loaded = await Promise.allSettled(namedCommands(operations).map(load));
  const flags = loaded.flatMap((each) => each.status === "fulfilled" ? each.value.loaded : [])
    .flatMap(({ flags }) => flags);
  return secretWays(flags);
}

type Bound = { readonly named: NamedCommand; readonly route: Command<Context> };

/** One command, or several that begin with the same word. */
function routeOf(group: readonly Bound[]): Route {
  const [{ named, route }] = group as [Bound];
  if (named.words.length === 1) return route;
  return buildRouteMap({
    routes: Object.fromEntries(group.map(({ named, route }) => [camel(named.words[1]!), route])),
    docs: { brief: named.group ?? named.brief },
  });
}

const unloaded = ({ brief }: NamedCommand) =>
  command<Record<never, never>>(
    () => Promise.reject(new Error(`The command is not loaded: ${brief}`)),
    {
      brief,
      examples: [],
    },
  );

async function whole(loaded: LoadedCommand): Promise<Command<Context>> {
  return command<Readonly<Record<string, unknown>>, (string | undefined)[]>(
    async () => {
      const { run } = await import("./bind/run.ts");
      return (flags, ...values) => run(loaded, flags, ...values);
    },
    {
      ...helpOf(loaded),
      flags: await flagsOf(loaded),
      aliases: aliasesOf(loaded),
      positional: { kind: "tuple", parameters: argumentsOf(loaded) },
    } as never, // its types are for flags that are known here
  );
}

/** In the order in which help shows them. */
async function flagsOf({ loaded }: LoadedCommand): Promise<Readonly<Record<string, object>>> {
  const views = await Promise.all(loaded.map(({ operation }) => viewFor(operation)));
  return {
    ...loaded.some(({ operation }) => operation.clusters === "one")
      ? clusterFlags(!loaded.some(hasClusterArgument))
      : {},
    ...Object.fromEntries(
      loaded.flatMap(({ flags }) => flags.flatMap((each) => Object.entries(parametersOf(each))))
        .map(([name, parameter]) => [camel(name), parameter]),
    ),
    ...loaded.some(({ module }) => module.fields?.dry_run !== undefined) ? DRY_RUN_FLAG : {},
    ...loaded.some(isDeletion) ? YES_FLAG : {},
    ...PROGRAM_FLAGS,
    ...views.some(({ names }) => names !== undefined) ? {} : OUTPUT_WITHOUT_NAMES,
  };
}

function aliasesOf({ loaded }: LoadedCommand): Readonly<Record<string, string>> {
  const letters = loaded.flatMap(({ help }) => Object.entries(help.letters ?? {}));
  return {
    o: "output",
    ...loaded.some(isDeletion) ? { y: "yes" } : {},
    ...Object.fromEntries(letters.map(([letter, field]) => [letter, camel(kebab(field))])),
  };
}

/** All may be left out: what is missing is told with all that is missing. */
function argumentsOf({ loaded }: LoadedCommand): readonly object[] {
  const most = loaded.at(-1)!;
  return [
    ...hasClusterArgument(most) ? [CLUSTER_ARGUMENT] : [],
    ...(most.help.args ?? []).map(({ field, brief }) => ({
      brief,
      placeholder: field,
      parse: String,
      optional: true,
    })),
  ];
}
