import { spawn } from "node:child_process";
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { openOwn } from "../files/open.ts";
import { ownTrust } from "../files/trusted.ts";

/** The path of the self-unpacking executable; `scripts/build/launcher.sh` sets it. */
const OWN_FILE = "ARGOCD_CONFIGURER_FILE";

/**
 * The command that runs this program again: the compiled executable; the self-unpacking file, so that an
 * upgraded one is used; or deno with the source.
 *
 * Permissions: `--allow-env --allow-read`.
 */
export function ownCommand(): { readonly program: string; readonly args: readonly string[] } {
  if (Deno.build.standalone) return { program: Deno.execPath(), args: [] };
  const file = Deno.env.get(OWN_FILE);
  if (file) return { program: file, args: [] };
  const main = new URL(Deno.mainModule).pathname;
  return { program: Deno.execPath(), args: ["run", "-A", decodeURIComponent(main)] };
}

/** A process that outlives this one. */
export interface Background {
  readonly pid: number;
  /** Resolves with the exit code; 1 if a signal killed it. */
  readonly ended: Promise<number>;
}

/**
 * Starts a daemon: in its own session, so that it gets no signals from the terminal, and without our file
 * descriptors, so that readers of our output do not wait for it. Neither it nor its children write core
 * files, which would hold credentials.
 *
 * Permissions: `--allow-run --allow-write` of the log.
 * @param log its standard output and standard error are appended to this file, mode 0600
 * @throws when the log cannot be opened or is not trusted, or the program cannot be run
 */
export async function startInBackground(
  { program, args }: ReturnType<typeof ownCommand>,
  { cwd, log }: { readonly cwd: string; readonly log: string },
): Promise<Background> {
  // Deno.Command cannot redirect output to a file.
  const output = openLog(log);
  try {
    // Deno cannot set limits, so a shell does, and then execs the program with the same process id.
    const child = spawn("sh", ["-c", 'ulimit -c 0 && exec "$0" "$@"', program, ...args], {
      cwd,
      detached: true,
      stdio: ["ignore", output, output],
    });
    const ended = new Promise<number>((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
    await new Promise<void>((resolve, reject) => {
      child.on("spawn", () => resolve());
      child.on("error", reject);
    });
    child.unref();
    return { pid: child.pid!, ended };
  } finally {
    closeSync(output);
  }
}

/** Opens the file of {@link openOwn} with a file descriptor, which Deno does not expose. */
function openLog(path: string): number {
  using file = openOwn(path, ownTrust(), { append: true });
  const { dev, ino } = file.statSync();
  const number = openSync(path, constants.O_WRONLY | constants.O_APPEND);
  const opened = fstatSync(number);
  if (opened.dev === dev && opened.ino === ino) return number;
  closeSync(number);
  throw new Error("another file has just taken its place");
}
