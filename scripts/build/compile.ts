import { dirname, join } from "node:path";
import { PERMISSIONS, unstableFlags } from "./permissions.ts";
import { V8_FLAGS } from "./v8_flags.ts";

/** The targets. On Windows use WSL, since Windows has no process groups. */
export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
] as const;

export type Target = typeof TARGETS[number];

export interface CompileOptions {
  /** The bundle. */
  readonly bundle: string;
  /** The output file. */
  readonly output: string;
  readonly target: Target;
  /** Unstable features in deno.json. */
  readonly unstable: readonly string[];
  /** Additional environment variables. */
  readonly env?: Record<string, string>;
}

/**
 * A compiled program would keep V8's code cache in the folder for temporary files under a predictable name.
 * Another user of the machine could create that file, and V8 would run its code. A start without the cache
 * takes about 30 ms longer.
 *
 * @see https://github.com/denoland/deno/blob/v2.9.5/cli/rt/binary.rs `root_path`
 * @see https://github.com/denoland/deno/blob/v2.9.5/cli/rt/run.rs `DenoCompileCodeCache::new`
 */
const NO_CODE_CACHE = "--no-code-cache";

/** The arguments of `deno compile`. */
export function compileArguments({ bundle, output, target, unstable }: CompileOptions): string[] {
  return [
    "compile",
    "--quiet",
    "--no-config",
    "--no-lock",
    "--no-check",
    NO_CODE_CACHE,
    ...unstableFlags(unstable),
    ...V8_FLAGS,
    ...PERMISSIONS,
    "--app-name=argocd-configurer",
    `--target=${target}`,
    `--output=${output}`,
    join(bundle, "main.js"),
  ];
}

/**
 * Compiles a bundle into an executable. Deno takes its runtime from `DENORT_BIN` or from its own folder, or
 * downloads it without comparing a checksum; the release workflow compares it.
 * @throws {Error} that says what to do, when there is no runtime
 */
export async function compile(options: CompileOptions): Promise<void> {
  await Deno.mkdir(dirname(options.output), { recursive: true });
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: compileArguments(options),
    env: options.env,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return;
  const said = new TextDecoder().decode(stderr).trim();
  if (/download|denort|error sending request|client error/i.test(said)) {
    const { deno } = Deno.version;
    throw new Error(
      `Cannot build for ${options.target}: its runtime, denort of Deno ${deno}, is not here and ` +
        "cannot be downloaded from dl.deno.land; set DENORT_BIN to it, or build with --offline",
    );
  }
  throw new Error(`Cannot compile: ${said}`);
}
