import { Command, CommanderError } from "commander";
import denoConfig from "../../deno.json" with { type: "json" };
import { ConfigError } from "../config/load.ts";
import { addServe, numberOption } from "./serve.ts";

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

/** Adds `demo`; its emulator is loaded when it runs. */
function addDemo(program: Command, finish: (exitCode: number) => void): void {
  program.command("demo")
    .description("Try it without a cluster: serve three emulated ones")
    .option("--port <number>", "port to listen on; 0 for any free one", numberOption, 8091)
    .action(async ({ port }: { port: number }) => {
      const { demo } = await import("./demo.ts");
      finish(await demo(port));
    });
}
