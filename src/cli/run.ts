import { Command, CommanderError } from "commander";
import denoConfig from "../../deno.json" with { type: "json" };
import { ConfigError } from "../config/load.ts";
import { addServe } from "./serve.ts";
import { addDemo } from "./demo.ts";

export const VERSION: string = denoConfig.version;

/**
 * Runs the program with its arguments.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage or configuration
 */
export async function run(args: readonly string[]): Promise<number> {
  const program = new Command("argocd-configurer")
    .description("Puts, shows and checks the credentials of Argo CD and kubelets on many clusters.")
    .version(VERSION)
    .showHelpAfterError("(argocd-configurer --help shows the options)")
    .configureOutput({ writeErr: (text) => console.error(text.trimEnd()) })
    .exitOverride();
  let exitCode = 0;
  const finish = (code: number) => {
    exitCode = code;
  };
  addServe(program, finish);
  addDemo(program, finish);
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof ConfigError) {
      console.error(`error: ${error.message}`);
      return 2;
    }
    throw error;
  }
}
