import { buildRouteMap, type Command, type RouteMap } from "@stricli/core";
import type { Command as Words } from "../operations/operation.ts";
import { camel } from "./arguments.ts";
import type { CliContext } from "./command.ts";

/** A command with its words. */
export interface Placed extends Words {
  readonly command: Command<CliContext>;
  /** Aliases of its last word. */
  readonly aliases?: readonly string[];
}

/** A command, or a group of commands. */
export type Route = Command<CliContext> | RouteMap<CliContext>;

/** The name of a group's default command. */
const DEFAULT = "list";

/** Routes by first word, in camel case: a command, or a group of those that share it. */
export function commandRoutes(commands: readonly Placed[]): Readonly<Record<string, Route>> {
  const groups = Map.groupBy(commands, ({ words }) => words[0]!);
  return Object.fromEntries([...groups].map(([word, group]) => [camel(word), routeOf(group)]));
}

/** A command without a second word is the default of its group: `clusters`. */
function routeOf(group: readonly Placed[]): Route {
  const alone = group.find(({ words }) => words.length === 1);
  if (group.length === 1 && alone !== undefined) return alone.command;
  const routes = group.map(({ words: [, word = DEFAULT], command }) => [camel(word), command]);
  const aliases = group.flatMap(({ words, aliases = [] }) =>
    aliases.map((alias) => [alias, words.at(-1)!])
  );
  const brief = group.find(({ group }) => group !== undefined)?.group ?? group[0]!.brief;
  return buildRouteMap<string, CliContext>({
    routes: Object.fromEntries(routes),
    aliases: Object.fromEntries(aliases),
    docs: { brief },
    ...alone === undefined ? {} : { defaultCommand: DEFAULT },
  });
}
