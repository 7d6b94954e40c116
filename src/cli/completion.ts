import { type Application, type CommandContext, proposeCompletions } from "@stricli/core";
import { nounsAfter } from "./aliases.ts";
import bash from "./completion/script.bash" with { type: "text" };
import fish from "./completion/script.fish" with { type: "text" };
import zsh from "./completion/script.zsh" with { type: "text" };
import { findCommand, flagOf } from "./arguments.ts";

const SCRIPTS = { bash, zsh, fish };

/** The script for a shell. It runs `argocd-configurer complete`, and never evaluates its output. */
export function completionScript(shell: keyof typeof SCRIPTS): string {
  return SCRIPTS[shell];
}

/** Answers that make the scripts complete paths, by the placeholder of the flag. */
const BY_SHELL: Readonly<Record<string, string>> = { file: ":files", folder: ":folders" };

/** Flags of the program itself, which Stricli does not propose. */
const ROOT_FLAGS: readonly Proposal[] = [
  { completion: "--help", brief: "Show this help" },
  { completion: "--version", brief: "Show the version" },
];

interface Proposal {
  readonly completion: string;
  readonly brief?: string;
}

/** Completions of the last of these words. */
type Propose = (...words: readonly string[]) => Promise<readonly Proposal[]>;

/**
 * Prints the completions of the last word, one per line, with a description after a tab. `:files` or
 * `:folders` lets the shell complete paths. Prints nothing if the words before it are wrong.
 * @param words after the program's name, up to the cursor; the last one may be empty
 * @returns the exit code
 */
export async function complete<Context extends CommandContext>(
  application: Application<Context>,
  words: readonly string[],
  print: (text: string) => void,
): Promise<number> {
  const nowhere = { write() {} };
  const process = { stdout: nowhere, stderr: nowhere };
  // No command runs: functions that propose values use the words at most.
  const { root } = application;
  const context = { process, forCommand: () => ({ process, words, root }) as unknown as Context };
  const propose: Propose = async (...words) => {
    const found = await proposeCompletions(application, words, context);
    // Every command has --color: it is proposed only after a hyphen.
    const hidden = words.at(-1)!.startsWith("-") ? ["--"] : ["--", "--color"];
    return found.filter(({ completion }) => !hidden.includes(completion))
      .map(({ kind, ...each }) => kind === "argument:value" ? { ...each, brief: "" } : each);
  };
  for (const { completion, brief } of await proposals(root, words, propose)) {
    print(brief ? `${completion}\t${brief}\n` : `${completion}\n`);
  }
  return 0;
}

async function proposals<Context extends CommandContext>(
  root: Application<Context>["root"],
  words: readonly string[],
  propose: Propose,
): Promise<readonly Proposal[]> {
  const [word = "", ...others] = words.toReversed();
  const before = others.toReversed();
  // Flags without a command are flags of `serve`.
  if ((before[0] ?? word).startsWith("-")) before.unshift("serve");

  const inOne = /^(--[^=]+)=(.*)$/s.exec(word);
  const flag = inOne?.[1] ?? before.at(-1) ?? "";
  // Stricli proposes no one-letter flags, so it cannot tell whether one is allowed here.
  const parameter = flag.startsWith("--")
    ? flagOf(flag, findCommand(root, before)).flag
    : undefined;
  if (parameter !== undefined && parameter.kind !== "boolean") {
    const beforeFlag = inOne ? before : before.slice(0, -1);
    const mayBeHere = (await propose(...beforeFlag, flag)).some((one) => one.completion === flag);
    if (!mayBeHere) return [];
    const byShell = BY_SHELL[parameter.placeholder ?? ""];
    if (byShell !== undefined) return [{ completion: byShell }];
  }
  if (inOne) {
    const proposed = await propose(...before, flag, inOne[2]!);
    return proposed.map(({ completion }) => ({ completion: `${flag}=${completion}` }));
  }
  const isFirst = words.length === 1 && word.startsWith("-");
  const more = isFirst ? ROOT_FLAGS.filter((one) => one.completion.startsWith(word)) : [];
  const nouns = nounsAfter(before).filter((noun) => noun.startsWith(word));
  if (nouns.length > 0) return nouns.map((completion) => ({ completion }));
  const proposed = await propose(...before, word);
  return [...besideDefault(root, before, word), ...proposed, ...more];
}

/** The commands of a group with a default command, which Stricli does not propose. */
function besideDefault<Context extends CommandContext>(
  root: Application<Context>["root"],
  before: readonly string[],
  word: string,
): readonly Proposal[] {
  const { command, target } = findCommand(root, before);
  if (command.length < before.length || !("getAllEntries" in target)) return [];
  if (target.getDefaultCommand() === undefined) return [];
  return target.getAllEntries().filter(({ hidden }) => !hidden)
    .map(({ name, target: { brief } }) => ({ completion: name["convert-camel-to-kebab"], brief }))
    .filter(({ completion }) => completion.startsWith(word));
}
