import { type HelpEntry, type HelpPage, PROGRAM } from "./model.ts";
import type { FlagGroup } from "./groups.ts";
import { wrapCommand } from "./wrap.ts";

/** Groups of flags that most commands have: the page describes them once, in their own section. */
const COMMON: readonly FlagGroup[] = ["connection", "configuration", "output"];

/** The content of the manual page. */
export interface ManTexts {
  readonly version: string;
  readonly overview: HelpPage;
  /** In the order of the commands. */
  readonly pages: readonly HelpPage[];
  readonly environment: readonly HelpEntry[];
  readonly files: readonly HelpEntry[];
}

/**
 * The manual page, as roff with the macros of man(7). It has no date, so that builds are reproducible.
 * @see https://man7.org/linux/man-pages/man7/groff_man.7.html
 */
export function manText({ version, overview, pages, environment, files }: ManTexts): string {
  return [
    `.TH ${PROGRAM.toUpperCase()} 1 "" "${PROGRAM} ${version}" "User Commands"`,
    ".SH NAME",
    `${escaped(PROGRAM)} \\- ${escaped(lowered(overview.brief))}`,
    ".SH SYNOPSIS",
    ...overview.usage.map((usage) => `.B ${escaped(PROGRAM)}\n${arguments_(usage)}`),
    ".SH DESCRIPTION",
    `${escaped(overview.brief)}.`,
    ...overview.commands.flatMap(({ title, entries }) => [
      ".PP",
      `${escaped(title)}:`,
      ...entries.flatMap(tagged),
    ]),
    ".SH COMMANDS",
    ...pages.flatMap(commandLines),
    ".SH COMMON FLAGS",
    "Most commands take these flags; each command's section lists the ones it takes.",
    ...commonFlags(pages).flatMap(tagged),
    ".SH EXIT STATUS",
    ...EXIT_CODES.flatMap(tagged),
    ".SH ENVIRONMENT",
    ...environment.flatMap(tagged),
    ".SH FILES",
    ...files.flatMap(tagged),
    ".SH EXAMPLES",
    ...exampleLines(overview),
    ".SH SEE ALSO",
    ".BR kubectl (1)",
  ].join("\n").replaceAll(/^(\.S[HS] .*)\n\.PP$/gm, "$1") + "\n"; // a section begins a paragraph
}

/** The exit codes of all commands; a command's section lists its own ones. */
const EXIT_CODES: readonly HelpEntry[] = [
  { term: "0", brief: "Success." },
  { term: "1", brief: "Failed." },
  { term: "2", brief: "Wrong usage or configuration; nothing was done." },
  { term: "3", brief: "Done on some of the clusters only." },
  { term: "130", brief: "Interrupted by Ctrl-C." },
];

function commandLines(page: HelpPage): readonly string[] {
  const { words, brief, usage, paragraphs, args, flags, exitCodes } = page;
  const own = flags.filter(({ group }) => !COMMON.includes(group));
  const common = flags.filter(({ group }) => COMMON.includes(group))
    .flatMap(({ entries }) => entries).map(longOf);
  return [
    `.SS ${escaped(words.join(" "))}`,
    ...usage.flatMap((each, i) => [
      ...i > 0 ? [".br"] : [],
      `.B ${escaped([PROGRAM, ...words].join(" "))}`,
      arguments_(each),
    ]),
    ".PP",
    `${escaped(brief)}.`,
    ...paragraphs.flatMap((each) => [".PP", escaped(each)]),
    ...args.length > 0 ? [".PP", "Arguments:", ...args.flatMap(tagged)] : [],
    ...own.flatMap((
      { title, entries },
    ) => [".PP", `${escaped(title)}:`, ...entries.flatMap(tagged)]),
    ...common.length > 0 ? [".PP", `Common flags: ${escaped(common.join(", "))}.`] : [],
    ...exitCodes.length > 0 ? [".PP", "Exit status:", ...exitCodes.flatMap(tagged)] : [],
    ...page.examples.length > 0 ? [".PP", "Examples:", ...exampleLines(page)] : [],
  ];
}

/** Each flag once per description: flags of one name may differ between commands. */
function commonFlags(pages: readonly HelpPage[]): readonly HelpEntry[] {
  const all = pages.flatMap(({ flags }) => flags)
    .filter(({ group }) => COMMON.includes(group)).flatMap(({ entries }) => entries);
  const byName = Map.groupBy(all, longOf);
  // Some commands accept fewer values: the longest term has all of them.
  const longest = (those: readonly HelpEntry[]) =>
    those.reduce((one, other) => other.term.length > one.term.length ? other : one);
  return [...byName.values()].flatMap((those) =>
    [...Map.groupBy(those, ({ brief }) => brief).values()].map(longest)
  );
}

const longOf = ({ term }: HelpEntry) => /--[^ =[]+|--\[no-\][^ =]+/.exec(term)?.[0] ?? term.trim();

const tagged = ({ term, brief }: HelpEntry): readonly string[] => [
  ".TP",
  `.B ${escaped(term.trim())}`,
  escaped(brief),
];

const exampleLines = ({ examples }: HelpPage): readonly string[] =>
  examples.flatMap(({ line, brief }) => [
    ".PP",
    `${escaped(brief)}:`,
    ".PP",
    ".RS 4",
    ".nf",
    ...wrapCommand(line, 72, "").map(escaped),
    ".fi",
    ".RE",
  ]);

const arguments_ = (usage: string) => `.I ${escaped(usage)}`;

const lowered = (clause: string) => clause.replace(/^[A-Z](?=[a-z])/, (c) => c.toLowerCase());

/**
 * Escapes a text for roff: a hyphen becomes a minus, so that flags can be copied, and a dot or quote at
 * the start of a line is not a request.
 */
const escaped = (text: string): string =>
  text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga").replaceAll("^", "\\(ha").replaceAll("~", "\\(ti")
    .replaceAll('"', "\\(dq").replaceAll("…", "...")
    .replace(/^\./, "\\&.");
