import { type Application, type CommandContext, proposeCompletions } from "@stricli/core";
import bash from "./completion/script.bash" with { type: "text" };
import fish from "./completion/script.fish" with { type: "text" };
import zsh from "./completion/script.zsh" with { type: "text" };
import { ROLES } from "../tokens/rights.ts";
import type { Shell } from "./completion/shells.ts";

const SCRIPTS: Readonly<Record<Shell, string>> = { bash, zsh, fish };

/** What the shell sources. It asks `argocd-configurer complete`, and evaluates no answer. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

/** Words of the scripts: that the shell proposes files, or folders. */
const FILES = ":files";
const FOLDERS = ":folders";

/** What is known of the values of flags, besides what the flags themselves propose. */
const VALUES = new Map<string, readonly string[] | typeof FILES | typeof FOLDERS>([
  ["--transport", ["auto", "kubectl", "api"]],
  ["--log-format", ["text", "json"]],
  ["--log-level", ["debug", "info", "warning", "error"]],
  ["--role", ROLES],
  ["--config", FILES],
  ["--tokens-file", FILES],
  ["--tls-cert", FILES],
  ["--tls-key", FILES],
  ["--log-file", FILES],
  ["--pid-file", FILES],
  ["--server-ca", FILES],
  ["--password-file", FILES],
  ["--registries-file", FILES],
  ["--bearer-token-file", FILES],
  ["--ssh-private-key-file", FILES],
  ["--github-app-private-key-file", FILES],
  ["--gcp-service-account-key-file", FILES],
  ["--tls-client-cert-file", FILES],
  ["--tls-client-key-file", FILES],
  ["--proxy-file", FILES],
  ["--clusters-folder", FOLDERS],
  ["--run-dir", FOLDERS],
]);

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
  const context = { process, forCommand: () => ({ process, words }) as unknown as Context };
  const propose: Propose = async (...words) => {
    const found = await proposeCompletions(application, words, context);
    return found.filter(({ completion }) => completion !== "--").map((
      { kind, completion, brief },
    ) => kind === "argument:value" ? { completion } : { completion, brief });
  };
  for (const { completion, brief } of await proposals(words, propose)) {
    print(brief ? `${completion}\t${brief}\n` : `${completion}\n`);
  }
  return 0;
}

async function proposals(words: readonly string[], propose: Propose): Promise<readonly Proposal[]> {
  const [word = "", ...others] = words.toReversed();
  const before = others.toReversed();
  // What begins with a flag is for `serve`.
  if ((before[0] ?? word).startsWith("-")) before.unshift("serve");

  const inOne = /^(--[^=]+)=(.*)$/s.exec(word);
  const flag = inOne?.[1] ?? before.at(-1) ?? "";
  const values = VALUES.get(flag);
  if (values === undefined && inOne) {
    const proposed = await propose(...before, flag, inOne[2]!);
    return proposed.map(({ completion }) => ({ completion: `${flag}=${completion}` }));
  }
  if (values === undefined) {
    const isFirst = words.length === 1 && word.startsWith("-");
    const more = isFirst ? ROOT_FLAGS.filter((one) => one.completion.startsWith(word)) : [];
    return [...await propose(...before, word), ...more];
  }
  const beforeFlag = inOne ? before : before.slice(0, -1);
  const mayBeHere = (await propose(...beforeFlag, flag)).some((one) => one.completion === flag);
  if (!mayBeHere) return [];
  if (typeof values === "string") return [{ completion: values }];
  const completions = values.map((value) => inOne ? `${flag}=${value}` : value);
  return completions.filter((one) => one.startsWith(word)).map((completion) => ({ completion }));
}
