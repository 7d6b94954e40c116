import type { RouteMap } from "@stricli/core";
import { targetOf } from "./arguments.ts";
import type { Context } from "./command.ts";
import { allCommands } from "./help/model.ts";
import { closest, didYouMean, orOf } from "./proposals.ts";

/** Words of other command lines for what lists something: kubectl, argocd and shells. */
const LISTING = ["get", "list", "ls"];

/** What can be listed, by the words it is called by, and the command that does it. */
const LISTED: Readonly<Record<string, readonly string[]>> = {
  audit: ["audit"],
  cluster: ["clusters"],
  clusters: ["clusters"],
  secret: ["secrets"],
  secrets: ["secrets"],
  token: ["token", "list"],
  tokens: ["token", "list"],
};

/** The same as they are proposed: of two words for one thing the plural. */
const NOUNS = Object.keys(LISTED).filter((word) => !Object.hasOwn(LISTED, `${word}s`));

/** What deletes, in other command lines. Nothing is deleted by a word that is not the command's. */
const DELETING = ["del", "delete", "remove", "rm"];

/** What writes or makes something, in other command lines. */
const ADDING = ["add", "apply", "create", "put", "set"];

/** What other programs call something here. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  describe: ["secrets", "clusters"],
  show: ["secrets", "clusters"],
  run: ["serve", "start"],
  server: ["serve", "start"],
  man: ["help"],
};

/**
 * The arguments with the program's own words for commands: `get secrets`, `ls secrets` and
 * `secrets list` are `secrets`, and so on for all that can be listed. A cluster with such a name is
 * still named by `--cluster`.
 */
export function aliased(args: readonly string[]): readonly string[] {
  const [first = "", second = "", ...others] = args;
  if (LISTING.includes(first) && Object.hasOwn(LISTED, second)) {
    return [...LISTED[second]!, ...others];
  }
  // `list --help`: what can be listed is said there.
  if (LISTING.includes(first) && isHelp(second)) return args.slice(1);
  if (!Object.hasOwn(LISTED, first)) return args;
  const command = LISTED[first]!;
  return LISTING.includes(second) ? [...command, ...others] : [command[0]!, ...args.slice(1)];
}

/** Why words are no command. */
interface Refusal {
  readonly message: string;
  /** Whose help tells more. */
  readonly command: readonly string[];
}

/** What may follow these words, where they are `get` or the like alone. */
export const nounsAfter = (words: readonly string[]): readonly string[] =>
  words.length === 1 && LISTING.includes(words[0]!) ? NOUNS : [];

/** Whether a word asks for help. */
export const isHelp = (word: string) => ["-h", "--help", "--helpAll", "--help-all"].includes(word);

/**
 * Why these words are no command, and which may have been meant; `undefined` where they are one.
 * @param words with the program's own words, as {@link aliased} gives them
 */
export function refusalOf(root: RouteMap<Context>, words: readonly string[]): Refusal | undefined {
  const { command, target } = targetOf(root, words);
  const word = words[command.length] ?? "";
  if (word === "" || word.startsWith("-")) return undefined;
  // An alias of the group's own.
  if ("getAllEntries" in target && target.getRoutingTargetForInput(word)) return undefined;
  const own = command.join(" ");
  const none = `No command '${[...command, word.replace(/=.*/s, "=…")].join(" ")}'`;
  const isGroup = "getAllEntries" in target;
  const all = allCommands(root).map((each) => each.words.join(" "))
    .filter((each) => own === "" || each.startsWith(`${own} `));
  if (DELETING.includes(word) && (isGroup || OF_SECRETS.includes(own))) {
    const meant = all.find((each) => lastOf(each) === "remove" && own !== "") ?? "delete";
    return instead(none, meant);
  }
  if (!isGroup || takesArguments(target)) return undefined;
  if (LISTING.includes(word)) {
    if (own === "") return refusedListing(word, words[1]);
    if (OF_SECRETS.includes(own)) return instead(none, "secrets");
  }
  const entries = target.getAllEntries().filter(({ hidden }) => !hidden)
    .map(({ name }) => name["convert-camel-to-kebab"]);
  const meant = (own === "" && Object.hasOwn(SYNONYMS, word) && SYNONYMS[word]) ||
    [
      ADDING.includes(word) ? all.filter((each) => ["add", word].includes(lastOf(each))) : [],
      closest(word, entries, isHarmful).map((each) => [...command, each].join(" ")),
      all.filter((each) => word.length > 2 && lastOf(each).startsWith(word) && !isHarmful(each)),
    ].find((each) => each.length > 0);
  const more = meant
    ? didYouMean(quoted(meant))
    : own === ""
    ? ""
    : `; ${own} has ${orOf(entries, "and")}`;
  return { message: none + more, command };
}

/** Whether a command deletes or stops something. */
const isHarmful = (command: string) => ["delete", "remove", "stop"].includes(lastOf(command));

/** Commands about secrets, of which `delete` deletes what they show or write. */
const OF_SECRETS = ["secrets", "docker", "repo"];

/** Of `get` and the like without what can be listed; a word that is none is not repeated. */
function refusedListing(word: string, what: string | undefined): Refusal {
  const isGiven = what !== undefined && !what.startsWith("-");
  const near = isGiven ? closest(what, NOUNS) : [];
  const more = near.length > 0
    ? didYouMean(near.map((each) => `'${word} ${each}'`))
    : `: ${word} takes ${orOf(NOUNS)}`;
  return { message: `${isGiven ? "Unknown argument" : "Missing argument"}${more}`, command: [] };
}

const instead = (none: string, command: string): Refusal => ({
  message: `${none}; the command is '${command}'`,
  command: command.split(" "),
});

/** Whether a group of commands does something alone that takes arguments. */
function takesArguments(group: RouteMap<Context>): boolean {
  const positional = group.getDefaultCommand()?.parameters.positional;
  return positional?.kind === "array" || (positional?.parameters.length ?? 0) > 0;
}

const lastOf = (words: string) => words.slice(words.lastIndexOf(" ") + 1);

const quoted = (words: readonly string[]) => words.map((each) => `'${each}'`);
