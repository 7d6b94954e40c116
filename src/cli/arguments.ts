import type { Command, CommandContext, RouteMap } from "@stricli/core";

/** A command with its flags. */
type Target = Pick<ReturnType<typeof targetOf>, "command" | "flags" | "aliases">;

/** A flag of a command, with what it takes. */
interface Parameter {
  readonly kind: string;
  readonly placeholder?: string;
  readonly values?: readonly string[];
  /** What it is without a value, which then is none of its `values`. */
  readonly bare?: string;
}

/** Names of one flag, of which each command has one at most. */
const SAME = [["namespace", "namespaces"], ["cluster", "clusters"]];

/**
 * The arguments as Stricli takes them, where users of kubectl write them otherwise: a value that
 * follows its letter at once (`-ojson`, `-yojson`), `--namespace` for `--namespaces` or the other
 * way round, and a switch that is given again. What comes after `--` stays as it is, and so does
 * the value of a flag, and whatever is none of these. A flag that may stand without a value, and is
 * not followed by one, has it written out.
 * @param onBare told of such a flag, and of its value
 * @param isCut whether a value may still come, as they are completed
 */
export function asTaken<Context extends CommandContext>(
  root: RouteMap<Context>,
  words: readonly string[],
  onBare: (flag: string, value: string) => void = () => {},
  isCut = false,
): readonly string[] {
  const target = targetOf(root, words);
  const { length } = target.command;
  const end = words.indexOf("--");
  const taken: string[] = [];
  const given = new Set<string>();
  let isValue = false;
  const own = words.slice(length, end < 0 ? undefined : end);
  for (const [i, written] of own.entries()) {
    const isOpen = isCut && i === own.length - 1;
    const bare = isValue || isOpen ? undefined : bareValue(written, own[i + 1], target);
    if (bare !== undefined) {
      onBare(written, bare);
      taken.push(`${written}=${bare}`);
      continue;
    }
    const meant: readonly string[] = isValue
      ? [written]
      : split(written, target).map((word) => renamed(word, target));
    taken.push(...isValue ? meant : meant.filter((word) => isNew(word, target, given)));
    isValue = !isValue && (flagOf(meant.at(-1)!, target).flag?.kind ?? "boolean") !== "boolean";
  }
  return [...target.command, ...taken, ...end < 0 ? [] : words.slice(end)];
}

/** The value that a flag has without one, where the next word is none for it. */
function bareValue(word: string, next = "", target: Target): string | undefined {
  const { flag } = flagOf(word, target);
  if (flag?.bare === undefined || flag.values === undefined) return undefined;
  return flag.values.includes(next) ? undefined : flag.bare;
}

/** The command that a command line is for, by its words, of `docker` alone that one; and its flags. */
export function targetOf<Context extends CommandContext>(
  root: RouteMap<Context> | Command<Context>,
  words: readonly string[],
) {
  let at = root;
  let depth = 0;
  while ("getAllEntries" in at) {
    const word = words[depth] ?? "";
    const entry = at.getAllEntries().find(({ name, aliases }) =>
      name["convert-camel-to-kebab"] === word || aliases.includes(word)
    );
    if (entry === undefined) break;
    at = entry.target;
    depth++;
  }
  const target = at;
  // Of a group of commands what its first word alone does.
  if ("getAllEntries" in at) at = at.getDefaultCommand() ?? at;
  const { flags = {}, aliases = {} } = "parameters" in at ? at.parameters : {};
  return {
    command: words.slice(0, depth),
    /** The command or group of commands itself. */
    target,
    flags: flags as Readonly<Record<string, Parameter>>,
    aliases: aliases as Readonly<Record<string, string>>,
  };
}

/**
 * `-ojson` becomes `-o=json`, and `-yojson` becomes `-y -o=json`: the first letter that takes a
 * value has the rest for it, as in POSIX.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap12.html guidelines 5 and 6
 */
function split(word: string, { flags, aliases }: Target): readonly string[] {
  if (!/^-[A-Za-z][^]/.test(word)) return [word];
  const taken: string[] = [];
  for (let at = 1; at < word.length; at++) {
    const letter = word[at]!;
    const flag = Object.hasOwn(aliases, letter) ? flags[aliases[letter]!] : undefined;
    if (flag === undefined) return [word];
    const value = word.slice(at + 1);
    if (flag.kind !== "boolean" && value !== "") {
      return [...taken, `-${letter}${value.startsWith("=") ? "" : "="}${value}`];
    }
    taken.push(`-${letter}`);
  }
  return taken;
}

/** With the name of {@link SAME} that the command has. */
function renamed(word: string, { flags }: Target): string {
  const [, name = "", value = ""] = /^--([a-z]+)(=.*)?$/s.exec(word) ?? [];
  const same = SAME.find((names) => names.includes(name));
  if (same === undefined || Object.hasOwn(flags, name)) return word;
  const own = same.find((each) => Object.hasOwn(flags, each));
  return own === undefined ? word : `--${own}${value}`;
}

/** Whether it is no switch that was given before, in whichever way. */
function isNew(word: string, target: Target, given: Set<string>): boolean {
  const { name, flag, isOff } = flagOf(word, target);
  if (flag?.kind !== "boolean") return true;
  const what = `${name} ${isOff}`;
  if (given.has(what)) return false;
  given.add(what);
  return true;
}

/** The flag that a word is, without a value in it. */
export function flagOf(word: string, { flags, aliases }: Target) {
  const own = (name: string) => Object.hasOwn(flags, name) ? flags[name] : undefined;
  const letter = /^-([A-Za-z])$/.exec(word)?.[1];
  if (letter !== undefined) {
    const name = Object.hasOwn(aliases, letter) ? aliases[letter]! : "";
    return { name, flag: own(name), isOff: false };
  }
  const name = camel(/^--([A-Za-z][A-Za-z-]*)$/.exec(word)?.[1] ?? "");
  const negated = /^no([A-Z])(.*)$/.exec(name);
  if (negated === null || own(name) !== undefined) return { name, flag: own(name), isOff: false };
  const switched = negated[1]!.toLowerCase() + negated[2];
  return { name: switched, flag: own(switched), isOff: true };
}

/** How many of the words are neither flags nor their values. */
export function argumentsIn(words: readonly string[], target: Target): number {
  let count = 0;
  let isValue = false;
  for (const [i, word] of words.entries()) {
    if (word === "--" && !isValue) return count + words.length - i - 1;
    const { flag } = flagOf(word, target);
    if (!isValue && flag === undefined && !word.startsWith("-")) count++;
    isValue = !isValue && (flag?.kind ?? "boolean") !== "boolean";
  }
  return count;
}

/** The name of a flag, or of a word, as Stricli has it: `githubAppId`. */
export const camel = (name: string) =>
  name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** The same as it is written: `github-app-id`. */
export const hyphened = (name: string) =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
