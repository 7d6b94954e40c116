import { delay } from "../async/timed.ts";
import { childrenFile, terminateLeft } from "../daemon/children.ts";
import { look, removeLeft, type ServerRecord } from "../daemon/pid_file.ts";
import { Failure } from "./failure.ts";
import {
  lookIn,
  type RunFlags,
  type RunFolder,
  runFolder,
  stoppedIn,
  unclear,
} from "./run_folder.ts";
import { killAfter } from "../server/listen/graceful_stop.ts";
import { print } from "./terminal.ts";

export type StopFlags = RunFlags & {
  /** Seconds until it is killed. @default a little more than the server's own limit */
  readonly timeout?: number;
};

/** Stops the background server, after its requests in progress. */
export async function stop(flags: StopFlags): Promise<number> {
  const folder = runFolder(flags);
  const { killed, record } = await stopIn(folder, flags.timeout);
  if (record === undefined) print(stoppedIn(folder));
  else if (!killed) {
    print(`argocd-configurer stopped (pid ${record.pid}, run directory ${folder.path})\n`);
  }
  return killed ? 1 : 0;
}

/**
 * Sends SIGTERM, on which the server finishes its writes, and after the timeout SIGKILL. Only the
 * process that holds the pid file at that time is signalled.
 * @returns the server's record, `undefined` if none was running, and whether it had to be killed
 * @throws {Failure} when the process cannot be signalled, or survives SIGKILL
 */
export async function stopIn(
  folder: RunFolder,
  given?: number,
): Promise<{ readonly record: ServerRecord | undefined; readonly killed: boolean }> {
  const looked = await lookIn(folder);
  if (looked.state === "unclear") return unclear(folder);
  if (looked.state === "stopped") {
    if (looked.left) await removeLeft(folder.pidFile).catch(() => {}); // a start reports it
    return { record: undefined, killed: false };
  }
  const { record } = looked;
  const timeout = given ?? killAfter(record.stopSeconds);
  signal(record, "SIGTERM");
  if (await ended(folder, record, timeout)) return { record, killed: false };
  signal(record, "SIGKILL");
  if (!await ended(folder, record, 5)) {
    throw new Failure(`Cannot stop the server (pid ${record.pid}): it survived SIGKILL`);
  }
  await terminateLeft(childrenFile(folder.pidFile)).catch(() => {}); // or the next start does it
  await removeLeft(folder.pidFile).catch(() => {});
  print(
    `argocd-configurer killed (pid ${record.pid}): it did not stop within ${timeout} s. Its last ` +
      "writes may be incomplete: check them with 'argocd-configurer secrets'\n",
  );
  return { record, killed: true };
}

function signal({ pid }: ServerRecord, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return; // it has just exited
    throw new Failure(`Cannot signal the server (pid ${pid}): ${(error as Error).message}`);
  }
}

/** Whether the server exits within some seconds. */
async function ended(
  { pidFile }: RunFolder,
  { pid }: ServerRecord,
  seconds: number,
): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  do {
    const now = await look(pidFile);
    if (now.state === "stopped" || (now.state === "running" && now.record.pid !== pid)) return true;
    await delay(50);
  } while (Date.now() < end);
  return false;
}
