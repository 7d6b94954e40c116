import { type Application, type CommandContext, proposeCompletions } from "@stricli/core";
import { nounsAfter } from "./aliases.ts";
import bash from "./completion/script.bash" with { type: "text" };
import fish from "./completion/script.fish" with { type: "text" };
import zsh from "./completion/script.zsh" with { type: "text" };
import { flagOf, targetOf } from "./arguments.ts";

const SCRIPTS = { bash, zsh, fish };

/** What the shell sources. It asks `argocd-configurer complete`, and evaluates no answer. */
export function completionScript(shell: keyof typeof SCRIPTS): string {
  return SCRIPTS[shell];
}

/** What the scripts take for: that the shell proposes these. By what a flag takes. */
const BY_SHELL: Readonly<Record<string, string>> = { file: ":files", folder: ":folders" };

/** Of the program itself, which Stricli does not propose. */
const ROOT_FLAGS: readonly Proposal[] = [
  { completion: "--help", brief: "Print help information and exit" },
  { completion: "--version", brief: "Print version information and exit" },
];

interface Proposal {
  readonly completion: string;
  readonly brief?: string;
}

/** What the last of these words may become. */
type Propose = (...words: readonly string[]) => Promise<readonly Proposal[]>;

/**
 * Prints what the last of the words may become: one a line, and after a tab what it is, if that can
 * be said. `:files` or `:folders` alone leaves it to the shell. Nothing when the words before it
 * are wrong.
 * @param words those after the program's name up to the cursor; the last one may be empty
 * @returns the exit code
 */
export async function complete<Context extends CommandContext>(
  application: Application<Context>,
  words: readonly string[],
  print: (text: string) => void,
): Promise<number> {
  const nowhere = { write() {} };
  const process = { stdout: nowhere, stderr: nowhere };
  // No command runs; what proposes values looks at the words at most.
  const { root } = application;
  const context = { process, forCommand: () => ({ process, words, root }) as unknown as Context };
  const propose: Propose = async (...words) => {
    const found = await proposeCompletions(application, words, context);
    // Of every command, so that it is proposed to who looks for a flag only.
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
  // What begins with a flag is for `serve`.
  if ((before[0] ?? word).startsWith("-")) before.unshift("serve");

  const inOne = /^(--[^=]+)=(.*)$/s.exec(word);
  const flag = inOne?.[1] ?? before.at(-1) ?? "";
  // Letters of flags Stricli does not propose, so it cannot be asked whether one may stand here.
  const parameter = flag.startsWith("--") ? flagOf(flag, targetOf(root, before)).flag : undefined;
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

/** The commands of a group that does something alone, too, of which Stricli proposes no command. */
function besideDefault<Context extends CommandContext>(
  root: Application<Context>["root"],
  before: readonly string[],
  word: string,
): readonly Proposal[] {
  const { command, target } = targetOf(root, before);
  if (command.length < before.length || !("getAllEntries" in target)) return [];
  if (target.getDefaultCommand() === undefined) return [];
  return target.getAllEntries().filter(({ hidden }) => !hidden)
    .map(({ name, target: { brief } }) => ({ completion: name["convert-camel-to-kebab"], brief }))
    .filter(({ completion }) => completion.startsWith(word));
}
