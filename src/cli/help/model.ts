import type { Command, RouteMap } from "@stricli/core";
import { findCommand, hyphened } from "../arguments.ts";
import type { CliContext, Explained } from "../command.ts";
import { COMMAND_GROUPS, FLAG_GROUPS, type FlagGroup, groupOf } from "./groups.ts";

/** The content of a help page: of the program, a group of commands, or one command. */
export interface HelpPage {
  /** The words of the command, without the program's name. */
  readonly words: readonly string[];
  readonly brief: string;
  /** The forms of the arguments: `[CLUSTER] [NAME] [flags]`. */
  readonly usage: readonly string[];
  readonly paragraphs: readonly string[];
  readonly commands: readonly Section[];
  readonly args: readonly HelpEntry[];
  readonly flags: readonly (Section & { readonly group: FlagGroup })[];
  readonly examples: readonly Example[];
  readonly exitCodes: readonly HelpEntry[];
}

export interface Section {
  readonly title: string;
  readonly entries: readonly HelpEntry[];
}

/** A flag, an argument or a command, with its description. */
export interface HelpEntry {
  readonly term: string;
  readonly brief: string;
}

export interface Example {
  /** A complete shell command. */
  readonly line: string;
  readonly brief: string;
}

/** The name of the program on the command line. */
export const PROGRAM = "argocd-configurer";

type Target = Command<CliContext> | RouteMap<CliContext>;

/** The examples of the overview: what a new user types first. */
const FIRST: readonly Example[] = [
  { line: `${PROGRAM} demo`, brief: "Try it without a cluster" },
  {
    line: `${PROGRAM} clusters import`,
    brief: "Import the clusters of your kubeconfig; shows the plan first",
  },
  {
    line: `${PROGRAM} docker add --cluster prod --name ghcr --username ci --namespaces web,api`,
    brief: "Add a pull secret for ghcr.io to two namespaces; prompts for the password",
  },
];

/**
 * The help page of the command that these words start with.
 * @param root with that command loaded, from `commandsFor`
 */
export function helpPage(root: RouteMap<CliContext>, words: readonly string[]): HelpPage {
  const { command } = findCommand(root, words);
  if (command.length === 0) return overview(root);
  const { target } = findCommand(root, command);
  return isGroup(target) ? groupPage(target, command) : commandPage(target, command);
}

/** All commands in order; a group with a default command counts as a command. */
export function allCommands(root: RouteMap<CliContext>, before: readonly string[] = []) {
  return root.getAllEntries().filter(({ hidden }) => !hidden).flatMap(
    ({ name, target }): { words: readonly string[]; brief: string }[] => {
      const words = [...before, name["convert-camel-to-kebab"]];
      if (!isGroup(target)) return [{ words, brief: target.brief }];
      const alone = target.getDefaultCommand();
      const others = allCommands(target, words);
      if (alone === undefined) return others;
      const isAlone = (each: (typeof others)[number]) =>
        target.getRoutingTargetForInput(each.words.at(-1)!) === alone;
      return [{ words, brief: alone.brief }, ...others.filter((each) => !isAlone(each))];
    },
  );
}

const isGroup = (target: Target): target is RouteMap<CliContext> => "getAllEntries" in target;

function overview(root: RouteMap<CliContext>): HelpPage {
  const commands = allCommands(root);
  const titled = COMMAND_GROUPS.map(([title, words]) => ({
    title,
    entries: commands.filter((each) => words.includes(each.words[0]!))
      .toSorted((a, b) => words.indexOf(a.words[0]!) - words.indexOf(b.words[0]!)),
  }));
  const known = titled.flatMap(({ entries }) => entries);
  const others = commands.filter((each) => !known.includes(each));
  return {
    words: [],
    brief: root.brief,
    usage: ["COMMAND [flags]"],
    paragraphs: [
      "kubectl-style aliases work: 'get secrets', 'ls clusters', 'list tokens'.",
    ],
    commands: titled.map(({ title, entries }, i) => ({
      title,
      entries: [...entries, ...i === titled.length - 1 ? others : []].map(entryOf),
    })),
    args: [],
    flags: [{
      title: FLAG_GROUPS.other,
      group: "other",
      entries: [
        HELP_FLAG,
        { term: "-v, --version", brief: "Show the version" },
      ],
    }],
    examples: FIRST,
    exitCodes: [],
  };
}

const HELP_FLAG: HelpEntry = { term: "-h, --help", brief: "Show this help" };

const entryOf = ({ words, brief }: { words: readonly string[]; brief: string }): HelpEntry => ({
  term: words.join(" "),
  brief,
});

function groupPage(group: RouteMap<CliContext>, words: readonly string[]): HelpPage {
  const alone = group.getDefaultCommand();
  const commands = allCommands(group).map(({ words: own, brief }) => ({
    words: [...words, ...own],
    brief,
  })).filter(({ words: own }) => findCommand(group, own.slice(words.length)).target !== alone);
  const section = { title: "Commands", entries: commands.map(entryOf) };
  if (alone === undefined) {
    return {
      words,
      brief: group.brief,
      usage: ["COMMAND [flags]"],
      paragraphs: [],
      commands: [section],
      args: [],
      flags: [{ title: FLAG_GROUPS.other, group: "other", entries: [HELP_FLAG] }],
      examples: [],
      exitCodes: [],
    };
  }
  const page = commandPage(alone, words);
  return { ...page, usage: [...page.usage, "COMMAND [flags]"], commands: [section] };
}

/** The properties of a Stricli flag or argument that help shows. */
interface Parameter {
  readonly kind?: string;
  readonly brief: string;
  readonly placeholder?: string;
  readonly values?: readonly string[];
  readonly withNegated?: boolean;
  readonly optional?: boolean;
  /** Whether the command itself reports that it is missing. */
  readonly isNeeded?: boolean;
  readonly hidden?: boolean;
  readonly bare?: string;
}

function commandPage(command: Command<CliContext>, words: readonly string[]): HelpPage {
  const { full = "", exitCodes, examples } = (command as Explained).explained;
  const { flags = {}, aliases = {}, positional } = command.parameters;
  const args: readonly Parameter[] = positional === undefined
    ? []
    : positional.kind === "array"
    ? [positional.parameter]
    : positional.parameters;
  const several = positional?.kind === "array" ? "..." : "";
  const shown = args.map((each) => {
    const name = (each.placeholder ?? "args").toUpperCase() + several;
    return (each.optional || several !== "") && !each.isNeeded ? `[${name}]` : name;
  });
  const letters = new Map(Object.entries(aliases).map(([letter, name]) => [name, letter]));
  const entries = Object.entries(flags as Readonly<Record<string, Parameter>>)
    .filter(([, { hidden }]) => !hidden)
    .map(([name, flag]) => ({ group: groupOf(flag), ...flagEntry(name, flag, letters.get(name)) }));
  const own = [...entries, { group: "output" as const, ...HELP_FLAG }];
  return {
    words,
    brief: command.brief,
    usage: [[...shown, "[flags]"].join(" ")],
    paragraphs: full.split("\n\n").filter(Boolean),
    commands: [],
    args: args.map(({ brief }, i) => ({ term: shown[i]!, brief })),
    flags: (Object.keys(FLAG_GROUPS) as FlagGroup[]).flatMap((group) => {
      const those = own.filter((each) => each.group === group);
      return those.length === 0 ? [] : [{ title: FLAG_GROUPS[group], group, entries: those }];
    }),
    examples: examples.map(([args, brief]) => ({
      line: [PROGRAM, ...words, args].filter(Boolean).join(" "),
      brief,
    })),
    exitCodes: exitCodesIn(exitCodes),
  };
}

/** `1: failed; 2: wrong usage` as entries. */
function exitCodesIn(text = ""): readonly HelpEntry[] {
  return text.split(/[;.] (?=[0-9])/).filter(Boolean).map((each) => {
    const colon = each.indexOf(": ");
    return { term: each.slice(0, colon), brief: each.slice(colon + 2).replace(/\.$/, "") };
  });
}

function flagEntry(name: string, flag: Parameter, letter: string | undefined): HelpEntry {
  const kebab = hyphened(name);
  const long = flag.kind === "boolean" && flag.withNegated !== false
    ? `--[no-]${kebab}`
    : `--${kebab}`;
  const value = flag.kind === "boolean"
    ? ""
    : flag.values?.join("|") ?? (flag.placeholder ?? "value").toUpperCase();
  const shown = value === "" ? "" : flag.bare === undefined ? ` ${value}` : `[=${value}]`;
  return {
    term: `${letter === undefined ? "    " : `-${letter}, `}${long}${shown}`,
    brief: flag.brief,
  };
}
