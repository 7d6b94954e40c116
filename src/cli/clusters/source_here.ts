import { NoKubeconfig, readSource, type Source } from "../../clusters/import/source.ts";
import { KubeconfigRejected, type VetRules } from "../../clusters/vet.ts";
import { printable } from "../client/table.ts";
import { Failure } from "../failure.ts";
import { printError } from "../terminal.ts";

/**
 * Reads the kubeconfig to import from, and prints its warnings.
 * @param file that of `--kubeconfig`
 * @throws {Failure} when there is none, or it is rejected
 */
export async function sourceHere(file: string | undefined, rules: VetRules): Promise<Source> {
  if (file === "") throw new Failure("--kubeconfig must name a file", 2);
  const env = { KUBECONFIG: Deno.env.get("KUBECONFIG"), HOME: Deno.env.get("HOME") };
  try {
    const source = await readSource({ file, env }, rules);
    for (const warning of source.warnings) printError(`warning: ${printable(warning)}\n`);
    return source;
  } catch (error) {
    if (!(error instanceof NoKubeconfig || error instanceof KubeconfigRejected)) throw error;
    throw new Failure(printable(error.message));
  }
}
