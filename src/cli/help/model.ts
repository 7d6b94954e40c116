import type { Command, RouteMap } from "@stricli/core";
import { hyphened, targetOf } from "../arguments.ts";
import type { Context, Explained } from "../command.ts";
import { COMMAND_GROUPS, FLAG_GROUPS, type FlagGroup, groupOf } from "./groups.ts";

/** All that help says of the program, a group of commands or one command; how it looks is not said. */
export interface HelpPage {
  /** Of the command line, without the program's name. */
  readonly words: readonly string[];
  readonly brief: string;
  /** What may stand after the words, a way an item: `[CLUSTER] [NAME] [flags]`. */
  readonly usage: readonly string[];
  readonly paragraphs: readonly string[];
  readonly commands: readonly Section[];
  readonly args: readonly Entry[];
  readonly flags: readonly (Section & { readonly group: FlagGroup })[];
  readonly examples: readonly Example[];
  readonly exitCodes: readonly Entry[];
}

export interface Section {
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** A flag, an argument or a command, and what it is. */
export interface Entry {
  readonly term: string;
  readonly brief: string;
}

export interface Example {
  /** A whole line of a shell. */
  readonly line: string;
  readonly brief: string;
}

/** The program's name, as every line begins with it. */
export const PROGRAM = "argocd-configurer";

type Target = Command<Context> | RouteMap<Context>;

/** What a new user types first. */
const FIRST: readonly Example[] = [
  { line: `${PROGRAM} demo`, brief: "Try it without a cluster: serve eight emulated ones" },
  {
    line: `${PROGRAM} clusters import`,
    brief: "Import the clusters of your kubeconfig; shows what it will do and asks first",
  },
  {
    line: `${PROGRAM} docker add --cluster prod --name ghcr --username ci --namespaces web,api`,
    brief: "Write a pull secret for ghcr.io into two namespaces; asks for the password",
  },
];

/**
 * What help says of the command that these words begin with.
 * @param root with the whole of that command, as `commandsFor` gives it
 */
export function helpPage(root: RouteMap<Context>, words: readonly string[]): HelpPage {
  const { command } = targetOf(root, words);
  if (command.length === 0) return overview(root);
  const { target } = targetOf(root, command);
  return isGroup(target) ? groupPage(target, command) : commandPage(target, command);
}

/** The commands by their words, in their order; a group that does something alone is one, too. */
export function allCommands(root: RouteMap<Context>, before: readonly string[] = []) {
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

const isGroup = (target: Target): target is RouteMap<Context> => "getAllEntries" in target;

function overview(root: RouteMap<Context>): HelpPage {
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
      "kubectl's words work for lists, too: 'get secrets', 'ls clusters', 'list tokens'.",
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

const HELP_FLAG: Entry = { term: "-h, --help", brief: "Show this help" };

const entryOf = ({ words, brief }: { words: readonly string[]; brief: string }): Entry => ({
  term: words.join(" "),
  brief,
});

function groupPage(group: RouteMap<Context>, words: readonly string[]): HelpPage {
  const alone = group.getDefaultCommand();
  const commands = allCommands(group).map(({ words: own, brief }) => ({
    words: [...words, ...own],
    brief,
  })).filter(({ words: own }) => targetOf(group, own.slice(words.length)).target !== alone);
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

/** A flag or an argument as Stricli has it, as far as help shows it. */
interface Parameter {
  readonly kind?: string;
  readonly brief: string;
  readonly placeholder?: string;
  readonly values?: readonly string[];
  readonly withNegated?: boolean;
  readonly optional?: boolean;
  /** Whether it is told that it is missing by the command itself. */
  readonly isNeeded?: boolean;
  readonly hidden?: boolean;
  readonly bare?: string;
}

function commandPage(command: Command<Context>, words: readonly string[]): HelpPage {
  const { full = "", exitCodes, examples } = (command as Explained).explained;
  const { flags = {}, aliases = {}, positional } = command.parameters;
  const args: readonly Parameter[] = positional === undefined
    ? []
    : positional.kind === "array"
    ? [positional.parameter]
    : positional.parameters;
  const several = positional?.kind === "array" ? "..." : "";
  const shown = args.map((each) => {
    const name = (each.placeholder ?? "args").toUpperCase();
    return each.optional && !each.isNeeded || several !== "" ? `[${name}${several}]` : name;
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
function exitCodesIn(text = ""): readonly Entry[] {
  return text.split(/[;.] (?=[0-9])/).filter(Boolean).map((each) => {
    const colon = each.indexOf(": ");
    return { term: each.slice(0, colon), brief: each.slice(colon + 2).replace(/\.$/, "") };
  });
}

function flagEntry(name: string, flag: Parameter, letter: string | undefined): Entry {
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
