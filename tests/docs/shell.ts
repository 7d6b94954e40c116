import type { Canary } from "../support/canary.ts";
import { withPassword } from "./readme.ts";

/** Runs a command in a shell. `out` is its standard output and, if it fails, its standard error too. */
export type Run = (command: string) => Promise<{ code: number; out: string; said: string }>;

export interface ShellOptions {
  /** The initial directory. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Replaces the command before it runs. */
  readonly change?: (command: string) => string;
  /** The password of the examples, which no command may print. */
  readonly canary: Canary;
}

/**
 * A shell as of someone who copies one command after another into it: variables and the working
 * directory stay.
 * @param state a file that does not exist yet
 */
export function shell(state: string, options: ShellOptions): Run {
  const { cwd, env, change = (command) => command, canary } = options;
  const keep = `{ code=$?; export -p; printf 'cd %q\\n' "$PWD"; } > "${state}"; exit $code`;
  return async (command) => {
    const given = change(withPassword(command, canary.value));
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", `[ ! -e "${state}" ] || . "${state}"\nset -a\n${given}\n${keep}`],
      cwd,
      env,
      stdin: "null",
    }).output();
    const [out, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    canary.absentFrom(out! + said!, `what ${command.slice(0, 40)} says`);
    return { code, out: code === 0 ? out! : out! + said!, said: said! };
  };
}
