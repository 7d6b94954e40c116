import type { RouteMap } from "@stricli/core";
import { findCommand } from "./arguments.ts";
import type { CliContext } from "./command.ts";
import { allCommands } from "./help/model.ts";
import { closest, didYouMean, orOf } from "./proposals.ts";

/** Verbs of kubectl, argocd and shells for lists. */
const LISTING = ["get", "list", "ls"];

/** Commands that list, by noun. */
const LISTED: Readonly<Record<string, readonly string[]>> = {
  audit: ["audit"],
  cluster: ["clusters"],
  clusters: ["clusters"],
  secret: ["secrets"],
  secrets: ["secrets"],
  token: ["token", "list"],
  tokens: ["token", "list"],
};

/** The nouns to propose: plurals where there are both. */
const NOUNS = Object.keys(LISTED).filter((word) => !Object.hasOwn(LISTED, `${word}s`));

/** Verbs of other programs that delete. They get a hint and are never an alias of `delete`. */
const DELETING = ["del", "delete", "remove", "rm"];

/** Verbs of other programs that create or write. */
const ADDING = ["add", "apply", "create", "put", "set"];

/** Commands to propose for words of other programs. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  describe: ["secrets", "clusters"],
  show: ["secrets", "clusters"],
  run: ["serve", "start"],
  server: ["serve", "start"],
  man: ["help"],
};

/**
 * The arguments with aliases replaced: `get secrets`, `ls secrets` and `secrets list` become `secrets`.
 * A cluster named `list` can still be given by `--cluster`.
 */
export function aliased(args: readonly string[]): readonly string[] {
  const [first = "", second = "", ...others] = args;
  if (LISTING.includes(first) && Object.hasOwn(LISTED, second)) {
    return [...LISTED[second]!, ...others];
  }
  // `list --help` shows the help of the program.
  if (LISTING.includes(first) && isHelp(second)) return args.slice(1);
  if (!Object.hasOwn(LISTED, first)) return args;
  const command = LISTED[first]!;
  return LISTING.includes(second) ? [...command, ...others] : [command[0]!, ...args.slice(1)];
}

/** The error for words that are not a command. */
interface Refusal {
  readonly message: string;
  /** The command whose help is recommended. */
  readonly command: readonly string[];
}

/** Completions after `get`, `list` or `ls`. */
export const nounsAfter = (words: readonly string[]): readonly string[] =>
  words.length === 1 && LISTING.includes(words[0]!) ? NOUNS : [];

/** Whether a word is a help flag. */
export const isHelp = (word: string) => ["-h", "--help", "--helpAll", "--help-all"].includes(word);

/**
 * The error for words that are not a command, with proposals; `undefined` if they are a command.
 * @param words from {@link aliased}
 */
export function refusalOf(
  root: RouteMap<CliContext>,
  words: readonly string[],
): Refusal | undefined {
  const { command, target } = findCommand(root, words);
  const word = words[command.length] ?? "";
  if (word === "" || word.startsWith("-")) return undefined;
  // An alias within the group.
  if ("getAllEntries" in target && target.getRoutingTargetForInput(word)) return undefined;
  const own = command.join(" ");
  const none = `Unknown command '${[...command, word.replace(/=.*/s, "=…")].join(" ")}'`;
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

/** Commands that list or write secrets, which `delete` deletes. */
const OF_SECRETS = ["secrets", "docker", "repo"];

/** The error for `get`, `list` or `ls` without a known noun. The message does not repeat the word. */
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

/** Whether a group has a default command that takes arguments. */
function takesArguments(group: RouteMap<CliContext>): boolean {
  const positional = group.getDefaultCommand()?.parameters.positional;
  return positional?.kind === "array" || (positional?.parameters.length ?? 0) > 0;
}

const lastOf = (words: string) => words.slice(words.lastIndexOf(" ") + 1);

const quoted = (words: readonly string[]) => words.map((each) => `'${each}'`);
