import { spawn } from "node:child_process";
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { openOwn } from "../files/open.ts";
import { ownTrust } from "../files/trusted.ts";

/** By which the file that unpacks itself says where it is; `scripts/build/launcher.sh` sets it. */
const OWN_FILE = "ARGOCD_CONFIGURER_FILE";

/**
 * The command that runs this program again. Compiled, it is the executable itself; unpacked from a
 * file, it is that file, so that a newer one in its place is used; else it is deno with the source.
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

/** A process that goes on when this one has ended. */
export interface Background {
  readonly pid: number;
  /** Its exit code, once it has ended; 1 when a signal ended it. */
  readonly ended: Promise<number>;
}

/**
 * Starts a process in a session of its own, with nothing of ours left open in it: it does not get
 * the terminal's signals, and nobody who waits for our output waits for it. It leaves no core file,
 * which would hold the credentials of its last requests; nor do the programs that it runs.
 *
 * Permissions: `--allow-run --allow-write` of the log.
 * @param log both of its outputs go to the end of this file, which only the owner may read
 * @throws when the log cannot be opened, or is not to be trusted, or the program cannot be run
 */
export async function startInBackground(
  { program, args }: ReturnType<typeof ownCommand>,
  { cwd, log }: { readonly cwd: string; readonly log: string },
): Promise<Background> {
  // Deno.Command knows no file as an output.
  const output = openLog(log);
  try {
    // Deno sets no limits; the shell becomes the program, with its process id.
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

/** Deno tells no number of a file; what is opened by one is the file that {@link openOwn} has. */
function openLog(path: string): number {
  using file = openOwn(path, ownTrust(), { append: true });
  const { dev, ino } = file.statSync();
  const number = openSync(path, constants.O_WRONLY | constants.O_APPEND);
  const opened = fstatSync(number);
  if (opened.dev === dev && opened.ino === ino) return number;
  closeSync(number);
  throw new Error("it has just become another file");
}
