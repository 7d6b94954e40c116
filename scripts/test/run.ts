/** Runs the test files of a tier. */
import { join } from "node:path";
import { importing } from "./find.ts";
import { countResults, type Results } from "./report.ts";
import type { TestFile, Tier } from "./tiers.ts";

/** How a tier runs: the number of concurrent isolates, and of files in an isolate. */
interface Way {
  /** @default the number of cores */
  readonly jobs?: number;
  /** @default each file has an isolate of its own */
  readonly filesInOne?: number;
}

/**
 * Loading the program takes an isolate longer than most test files need to run, so that quick files share an
 * isolate. Tests that wait leave their core to others.
 */
const WAYS: Readonly<Record<Tier, Way>> = {
  fast: { jobs: navigator.hardwareConcurrency + 1, filesInOne: 16 },
  real: { jobs: navigator.hardwareConcurrency + 1 },
  crash: { jobs: navigator.hardwareConcurrency + 1 },
  built: {},
};

/**
 * Runs these files with `deno test`, and shows its output. `deno task check` checks types.
 * @param flags further ones of `deno test`
 * @param env variables by which tests find what they need
 */
export async function runTier(
  tier: Tier,
  files: readonly TestFile[],
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Results> {
  const folder = await Deno.makeTempDir({ prefix: "tests-" });
  const junit = join(folder, "junit.xml");
  const { jobs = navigator.hardwareConcurrency, filesInOne } = WAYS[tier];
  const { alone = [], together = [] } = Object.groupBy(
    files,
    ({ isAlone }) => isAlone || filesInOne === undefined ? "alone" : "together",
  );
  const modules = [
    ...alone.map(({ path }) => path),
    ...await joined(folder, together.map(({ path }) => path), filesInOne ?? 1),
  ];
  // Otherwise the lines would name the modules that join files.
  const dots = filesInOne && !flags.some((flag) => flag.startsWith("--reporter"))
    ? ["--reporter=dot"]
    : [];
  const usual = ["test", "-A", "--no-check", "--parallel", `--junit-path=${junit}`, ...dots];
  const child = new Deno.Command(Deno.execPath(), {
    args: [...usual, ...flags, ...modules],
    env: { ...env, DENO_JOBS: String(jobs) },
    stdin: "null",
  }).spawn();
  const signals = (["SIGINT", "SIGTERM"] as const).map((name) => {
    const listener = () => {
      try {
        child.kill(name);
      } catch { /* it has exited */ }
    };
    Deno.addSignalListener(name, listener);
    return () => Deno.removeSignalListener(name, listener);
  });
  try {
    const { success } = await child.status;
    return countResults(await Deno.readTextFile(junit).catch(() => ""), success);
  } finally {
    signals.forEach((remove) => remove());
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes modules that import some of the files each. @returns their paths */
async function joined(folder: string, paths: readonly string[], size: number): Promise<string[]> {
  const modules: string[] = [];
  for (let i = 0; i < paths.length; i += size) {
    const module = join(folder, `${i / size}_test.ts`);
    await Deno.writeTextFile(module, importing(paths.slice(i, i + size)));
    modules.push(module);
  }
  return modules;
}
