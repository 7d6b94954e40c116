import { type Colors } from "../color.ts";
import { type HelpEntry, type HelpPage, PROGRAM } from "./model.ts";
import { wrap, wrapCommand } from "./wrap.ts";

/** A longer term has its description on the next line. */
const LONGEST_TERM = 32;

/** Minimum columns of a description beside its term. */
const LEAST_TEXT = 32;

const INDENT = "  ";

/** A help page as text, wrapped at this width; a longer word has a line of its own. */
export function helpText(
  page: HelpPage,
  width: number,
  { strong }: Pick<Colors, "strong">,
): string {
  const { words, brief, usage, paragraphs, commands, args, flags, examples, exitCodes } = page;
  const called = [PROGRAM, ...words].join(" ");
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [strong(`${title}:`), ...lines, ""];
  const listed = (title: string, entries: readonly HelpEntry[]) =>
    section(title, entryLines(entries, width));
  const lines = [
    ...wrap(brief, width),
    "",
    ...section("Usage", usage.flatMap((each) => wrapped(`${called} ${each}`, width))),
    ...paragraphs.flatMap((each) => [...wrap(each, width), ""]),
    ...commands.flatMap(({ title, entries }) => listed(title, entries)),
    ...listed("Arguments", args),
    ...flags.flatMap(({ title, entries }) => listed(title, entries)),
    ...listed("Exit codes", exitCodes),
    ...section(
      "Examples",
      examples.flatMap(({ line, brief }, i) => [
        ...i > 0 ? [""] : [],
        ...wrap(brief, width, `${INDENT}# `),
        ...wrapCommand(line, width, INDENT),
      ]),
    ),
    ...commands.length === 0 ? [] : wrap(moreOf(words), width),
  ];
  return lines.join("\n").trimEnd() + "\n";
}

const wrapped = (text: string, width: number) => wrap(text, width, INDENT);

const moreOf = (words: readonly string[]) =>
  `Run '${
    [PROGRAM, "help", ...words, "COMMAND"].join(" ")
  }' for the flags and examples of a command.`;

/** Terms and descriptions in two columns, or below each other if the width is too small. */
function entryLines(entries: readonly HelpEntry[], width: number): readonly string[] {
  const fitting = entries.map(({ term }) => term.length).filter((each) => each <= LONGEST_TERM);
  const column = Math.max(0, ...fitting) + 2 * INDENT.length;
  const isBeside = width - column >= LEAST_TEXT;
  const indent = " ".repeat(isBeside ? column : 8);
  return entries.flatMap(({ term, brief }) => {
    const lines = wrap(brief, width, indent);
    const head = INDENT + term;
    if (!isBeside || term.length > LONGEST_TERM) return [head, ...lines];
    const [first = "", ...others] = lines;
    return [head.padEnd(column) + first.slice(column), ...others];
  });
}
