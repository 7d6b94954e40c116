/** The cache folder of test binaries, and how a binary is added safely. */
import { dirname, join } from "node:path";

export interface World {
  env: (name: string) => string | undefined;
  /** Prints a line for each step. @default standard error */
  report: (line: string) => void;
}

export const realWorld: World = {
  env: (name) => Deno.env.get(name),
  report: (line) => console.error(`control plane: ${line}`),
};

/** `$XDG_CACHE_HOME` or `~/.cache`, and below it this project's folder for the control plane. */
export function cacheFolder({ env }: World): string {
  const base = env("XDG_CACHE_HOME") || (env("HOME") && join(env("HOME")!, ".cache"));
  if (!base) throw new Error("Cannot find the cache folder: set HOME or XDG_CACHE_HOME");
  return join(base, "argocd-configurer", "control-plane");
}

export async function isExecutable(path: string): Promise<boolean> {
  const stat = await Deno.stat(path).catch(() => undefined);
  return stat !== undefined && stat.isFile && ((stat.mode ?? 0o111) & 0o111) !== 0;
}

/** The first executable file called `name` in the folders of PATH. */
export async function onPath(name: string, { env }: World): Promise<string | undefined> {
  for (const folder of (env("PATH") ?? "").split(":")) {
    if (folder && await isExecutable(join(folder, name))) return join(folder, name);
  }
  return undefined;
}

/**
 * Makes the executable `target` once, even with concurrent calls: under a file lock that is released with
 * its process, in a temporary folder beside it, and then renamed, so that it is never incomplete.
 * @param make writes a file below the temporary folder and returns its path
 * @param what name of the program, for progress messages
 */
export async function makeOnce(
  target: string,
  what: string,
  world: World,
  make: (temporaryFolder: string) => Promise<string>,
): Promise<string> {
  const folder = dirname(target);
  await Deno.mkdir(folder, { recursive: true });
  using lock = await Deno.open(`${target}.lock`, { create: true, write: true });
  await lock.lock(true);
  if (await isExecutable(target)) return target;
  for (const { name } of Deno.readDirSync(folder)) { // left by a process that was killed
    if (name.startsWith("making-")) await Deno.remove(join(folder, name), { recursive: true });
  }
  const temporaryFolder = await Deno.makeTempDir({ dir: folder, prefix: "making-" });
  try {
    world.report(`${what} …`);
    const start = performance.now();
    const made = await make(temporaryFolder);
    await Deno.chmod(made, 0o755);
    await Deno.rename(made, target);
    world.report(`${what}: done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
    return target;
  } finally {
    await Deno.remove(temporaryFolder, { recursive: true });
  }
}

/**
 * Runs a tool to its end.
 * @param options.onLine called with each line of standard error
 * @returns its standard output
 * @throws Error with the end of the tool's output, when it is missing or fails
 */
export async function run(
  command: string,
  args: string[],
  { onLine = () => {}, ...options }: {
    cwd?: string;
    env?: Record<string, string>;
    onLine?: (line: string) => void;
  } = {},
): Promise<string> {
  let child;
  try {
    child = new Deno.Command(command, {
      args,
      ...options,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "it is not on PATH" : String(cause);
    throw new Error(`Cannot run ${command}: ${why}`, { cause });
  }
  const [stdout, said, { success, code }] = await Promise.all([
    new Response(child.stdout).text(),
    lastLines(child.stderr, onLine),
    child.status,
  ]);
  if (!success) {
    throw new Error(`Cannot run ${command} ${args[0] ?? ""}: exit code ${code}: ${said}`);
  }
  return stdout.trim();
}

/** Passes on each line, and returns the last eight. */
async function lastLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void,
): Promise<string> {
  let last: string[] = [];
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(onLine);
    last = [...last, ...lines].slice(-8);
  }
  return [...last, rest].join("\n").trim();
}
