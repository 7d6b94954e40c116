import type { Command, CommandContext, RouteMap } from "@stricli/core";

/** A command with its flags. */
type Target = Pick<ReturnType<typeof findCommand>, "command" | "flags" | "aliases">;

/** A flag of a command. */
interface Parameter {
  readonly kind: string;
  readonly placeholder?: string;
  readonly values?: readonly string[];
  /** The value of the flag if none is given. */
  readonly bare?: string;
}

/** Alternative names of one flag; a command has at most one of each. */
const SAME = [["namespace", "namespaces"], ["cluster", "clusters"]];

/**
 * Rewrites arguments that kubectl accepts into the form of Stricli: a value directly after its letter
 * (`-ojson`, `-yojson`), `--namespace` for `--namespaces` and the reverse, a repeated switch, and a flag
 * whose value may be omitted. Values of flags, and everything after `--`, are not changed.
 * @param onBare called for a flag without a value, with the default
 * @param isCut whether the last word is being completed, so that its value may follow
 */
export function asTaken<Context extends CommandContext>(
  root: RouteMap<Context>,
  words: readonly string[],
  onBare: (flag: string, value: string) => void = () => {},
  isCut = false,
): readonly string[] {
  const target = findCommand(root, words);
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

/** The default of a flag that is not followed by one of its values. */
function bareValue(word: string, next = "", target: Target): string | undefined {
  const { flag } = flagOf(word, target);
  if (flag?.bare === undefined || flag.values === undefined) return undefined;
  return flag.values.includes(next) ? undefined : flag.bare;
}

/** The command or group that a command line starts with, and its flags. */
export function findCommand<Context extends CommandContext>(
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
  // The default command of a group.
  if ("getAllEntries" in at) at = at.getDefaultCommand() ?? at;
  const { flags = {}, aliases = {} } = "parameters" in at ? at.parameters : {};
  return {
    command: words.slice(0, depth),
    /** The command or the group. */
    target,
    flags: flags as Readonly<Record<string, Parameter>>,
    aliases: aliases as Readonly<Record<string, string>>,
  };
}

/**
 * Splits `-ojson` into `-o=json`, and `-yojson` into `-y -o=json`: the first letter that takes a value
 * takes the rest, as in POSIX.
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

/** Replaces a flag of {@link SAME} by the name that the command has. */
function renamed(word: string, { flags }: Target): string {
  const [, name = "", value = ""] = /^--([a-z]+)(=.*)?$/s.exec(word) ?? [];
  const same = SAME.find((names) => names.includes(name));
  if (same === undefined || Object.hasOwn(flags, name)) return word;
  const own = same.find((each) => Object.hasOwn(flags, each));
  return own === undefined ? word : `--${own}${value}`;
}

/** Whether the word is not a repeated switch. */
function isNew(word: string, target: Target, given: Set<string>): boolean {
  const { name, flag, isOff } = flagOf(word, target);
  if (flag?.kind !== "boolean") return true;
  const what = `${name} ${isOff}`;
  if (given.has(what)) return false;
  given.add(what);
  return true;
}

/** The flag that a word names: `--flag`, `--no-flag` or `-f`, without `=VALUE`. */
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

/** The number of words that are neither flags nor their values. */
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

/** The camel-case name, as Stricli has it: `githubAppId`. */
export const camel = (name: string) =>
  name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** The kebab-case name, as users write it: `github-app-id`. */
export const hyphened = (name: string) =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
