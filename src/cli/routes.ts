import { buildRouteMap, type Command, type RouteMap } from "@stricli/core";
import type { Command as Words } from "../operations/operation.ts";
import { camel } from "./arguments.ts";
import type { Context } from "./command.ts";

/** A command, and the words that it is called by. */
export interface Placed extends Words {
  readonly command: Command<Context>;
  /** What its last word may be, too. */
  readonly aliases?: readonly string[];
}

/** What a word of the command line leads to. */
export type Route = Command<Context> | RouteMap<Context>;

/** A word for what a group of commands does when none of them is named. */
const USUAL = "list";

/** By their first words, in camel case: one command, or all that begin with that word. */
export function routesOf(commands: readonly Placed[]): Readonly<Record<string, Route>> {
  const groups = Map.groupBy(commands, ({ words }) => words[0]!);
  return Object.fromEntries([...groups].map(([word, group]) => [camel(word), routeOf(group)]));
}

/** Of several the one without a second word is what its first word alone does: `clusters`. */
function routeOf(group: readonly Placed[]): Route {
  const alone = group.find(({ words }) => words.length === 1);
  if (group.length === 1 && alone !== undefined) return alone.command;
  const routes = group.map(({ words: [, word = USUAL], command }) => [camel(word), command]);
  const aliases = group.flatMap(({ words, aliases = [] }) =>
    aliases.map((alias) => [alias, words.at(-1)!])
  );
  const brief = group.find(({ group }) => group !== undefined)?.group ?? group[0]!.brief;
  return buildRouteMap<string, Context>({
    routes: Object.fromEntries(routes),
    aliases: Object.fromEntries(aliases),
    docs: { brief },
    ...alone === undefined ? {} : { defaultCommand: USUAL },
  });
}
