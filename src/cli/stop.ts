import { delay } from "../async/timed.ts";
import { childrenFile, endLeft } from "../daemon/children.ts";
import { look, removeLeft, type ServerRecord } from "../daemon/pid_file.ts";
import { Failure } from "./failure.ts";
import {
  lookIn,
  notRunning,
  type RunFlags,
  type RunFolder,
  runFolder,
  unclear,
} from "./run_folder.ts";
import { killAfter } from "../server/listen/graceful_stop.ts";
import { print } from "./terminal.ts";

export type StopFlags = RunFlags & {
  /** Seconds until it is killed. @default a little more than it says that it needs */
  readonly timeout?: number;
};

/** Ends the server in the background, after the requests that it has. */
export async function stop(flags: StopFlags): Promise<number> {
  const folder = runFolder(flags);
  const { killed, record } = await stopIn(folder, flags.timeout);
  if (record === undefined) print(notRunning(folder));
  else if (!killed) print(`Stopped (process ${record.pid}, run directory ${folder.path})\n`);
  return killed ? 1 : 0;
}

/**
 * SIGTERM, on which a server ends the writes that it has, and after the timeout SIGKILL. Each
 * signal goes only to the process that holds the pid file at that time.
 * @returns what ran, `undefined` when nothing did, and whether it did not end by itself in time
 * @throws {Failure} when it cannot be signalled, or lives on
 */
export async function stopIn(
  folder: RunFolder,
  given?: number,
): Promise<{ readonly record: ServerRecord | undefined; readonly killed: boolean }> {
  const looked = await lookIn(folder);
  if (looked.state === "unclear") return unclear(folder);
  if (looked.state === "stopped") {
    if (looked.left) await removeLeft(folder.pidFile).catch(() => {}); // said by a start
    return { record: undefined, killed: false };
  }
  const { record } = looked;
  const timeout = given ?? killAfter(record.stopSeconds);
  signal(record, "SIGTERM");
  if (await ended(folder, record, timeout)) return { record, killed: false };
  signal(record, "SIGKILL");
  if (!await ended(folder, record, 5)) {
    throw new Failure(`Cannot stop process ${record.pid}: it is still there after SIGKILL`);
  }
  await endLeft(childrenFile(folder.pidFile)).catch(() => {}); // else the next start ends it
  await removeLeft(folder.pidFile).catch(() => {});
  print(
    `Killed (process ${record.pid}): it did not end within ${timeout} seconds. ` +
      "See what its last writes left with GET /secrets\n",
  );
  return { record, killed: true };
}

function signal({ pid }: ServerRecord, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return; // it has just ended
    throw new Failure(`Cannot signal process ${pid}: ${(error as Error).message}`);
  }
}

/** Whether it ends within some seconds. */
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
