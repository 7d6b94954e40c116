import type { Command, CommandContext, RouteMap } from "@stricli/core";

/** What is wanted of a command line: which command, and its flags. */
interface Target {
  /** `docker add` */
  readonly command: readonly string[];
  readonly flags: Flags;
  readonly aliases: Readonly<Record<string, string>>;
}

type Flags = Readonly<Record<string, { readonly kind: string }>>;

type Entry<Context extends CommandContext> = ReturnType<
  RouteMap<Context>["getAllEntries"]
>[number];

/** Names of one flag, of which each command has one at most. */
const SAME = ["namespace", "namespaces"];

/**
 * The arguments as Stricli takes them, where users of kubectl write them otherwise: a value that
 * follows its letter at once (`-ojson`, `-yojson`), `--namespace` for `--namespaces` or the other
 * way round, and a switch that is given again. What comes after `--` stays as it is, and so does
 * the value of a flag, and whatever is none of these.
 */
export function asTaken<Context extends CommandContext>(
  root: RouteMap<Context>,
  words: readonly string[],
): readonly string[] {
  const target = targetOf(root, words);
  const { length } = target.command;
  const end = words.indexOf("--");
  const taken: string[] = [];
  const given = new Set<string>();
  let isValue = false;
  for (const written of words.slice(length, end < 0 ? undefined : end)) {
    if (isValue) {
      taken.push(written);
      isValue = false;
      continue;
    }
    const meant = split(written, target).map((word) => renamed(word, target));
    taken.push(...meant.filter((word) => isNew(word, target, given)));
    isValue = takesValue(meant.at(-1)!, target);
  }
  return [...target.command, ...taken, ...end < 0 ? [] : words.slice(end)];
}

/** The words of the command that a command line is for; of `docker` alone, that one. */
export function commandOf<Context extends CommandContext>(
  root: RouteMap<Context>,
  words: readonly string[],
): readonly string[] {
  return targetOf(root, words).command;
}

function targetOf<Context extends CommandContext>(
  root: RouteMap<Context>,
  words: readonly string[],
): Target {
  let at: RouteMap<Context> | Command<Context> = root;
  let depth = 0;
  while ("getAllEntries" in at) {
    const word = words[depth];
    const entries: readonly Entry<Context>[] = at.getAllEntries();
    const entry = entries.find(({ name }) => name["convert-camel-to-kebab"] === word);
    if (entry === undefined) break;
    at = entry.target;
    depth++;
  }
  const { flags = {}, aliases = {} } = "parameters" in at ? at.parameters : {};
  return {
    command: words.slice(0, depth),
    flags: flags as Flags,
    aliases: aliases as Target["aliases"],
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
    if (flag.kind === "boolean") {
      taken.push(`-${letter}`);
      continue;
    }
    const value = word.slice(at + 1);
    if (value === "") taken.push(`-${letter}`);
    else taken.push(`-${letter}${value.startsWith("=") ? "" : "="}${value}`);
    break;
  }
  return taken;
}

/** With the name of {@link SAME} that the command has. */
function renamed(word: string, { flags }: Target): string {
  const [, name = "", value = ""] = /^--([a-z]+)(=.*)?$/s.exec(word) ?? [];
  if (!SAME.includes(name) || Object.hasOwn(flags, name)) return word;
  const own = SAME.find((each) => Object.hasOwn(flags, each));
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

/** Whether the next word is the value of this flag. */
function takesValue(word: string, target: Target): boolean {
  const { flag } = flagOf(word, target);
  return flag !== undefined && flag.kind !== "boolean";
}

/** The flag that a word is, without a value in it. */
function flagOf(word: string, { flags, aliases }: Target) {
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

const camel = (name: string) =>
  name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
