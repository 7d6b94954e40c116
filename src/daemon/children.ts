import { delay } from "../async/timed.ts";
import { openOwnToRead } from "../files/open.ts";
import { NotTrusted, ownTrustWithoutGroup } from "../files/trusted.ts";
import { bootId, isThere, justStarted, type Started } from "./proc.ts";

/**
 * The running child processes of a server, in a file beside its pid file. A killed server leaves them
 * behind, and hanging ones would hang forever: the next server terminates them. An entry holds the
 * process group and its start time, so that a reused process id is not signalled.
 */
export type Children = NonNullable<Awaited<ReturnType<typeof takeChildren>>>;

/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 1000;

/** A larger file was not written by a server. */
const MAX_SIZE = 65_536;

/** The file for the server of a pid file. */
export function childrenFile(pidFile: string): string {
  return `${pidFile.replace(/\.pid$/, "")}.children`;
}

/**
 * Terminates the process groups that a killed server has left. The caller must hold the pid file, or
 * have killed its holder: otherwise they may belong to a running server.
 *
 * Permissions: `--allow-read` of the file, `--allow-sys=uid`, `--allow-run`.
 * @returns the terminated groups, and why the file was ignored
 */
export async function terminateLeft(
  path: string,
): Promise<{ readonly terminated: readonly number[]; readonly refused?: string }> {
  let text: string;
  try {
    // Other users who can write to the file could name any process in it.
    using file = openOwnToRead(path, ownTrustWithoutGroup());
    if (file.statSync().size > MAX_SIZE) return { terminated: [], refused: "it is too large" };
    text = await new Response(file.readable).text();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { terminated: [] };
    if (error instanceof NotTrusted) return { terminated: [], refused: error.message };
    throw error;
  }
  const [boot, ...lines] = text.split("\n");
  if (boot !== await bootId()) return { terminated: [] }; // written before a reboot
  const terminated = await Promise.all(lines.map(async (line) => {
    const started = parse(line);
    return started !== undefined && await terminateGroup(started) ? [started.pid] : [];
  }));
  return { terminated: terminated.flat() };
}

/**
 * Starts a new file, and replaces an existing one.
 *
 * Permissions: `--allow-read --allow-write` of the folder.
 * @param onLost called once when the file cannot be written, until it can be again
 * @returns `undefined` if start times of processes are not available
 * @throws what `Deno.open` and `Deno.rename` throw
 */
export async function takeChildren(
  path: string,
  onLost: (error: unknown) => void = () => {},
) {
  const boot = await bootId();
  if (boot === undefined || justStarted(Deno.pid) === undefined) return undefined;
  // A new file with a random name, then renamed: nothing is written through a link.
  const fresh = `${path}.${crypto.randomUUID()}`;
  const file = await Deno.open(fresh, { write: true, createNew: true, mode: 0o600 });
  try {
    await Deno.rename(fresh, path);
  } catch (error) {
    file.close();
    await Deno.remove(fresh).catch(() => {});
    throw error;
  }
  const alive = new Set<Started>();
  let isLost = false;

  function write(): void {
    const lines = [...alive].map(({ pid, from, to }) => `${pid} ${from} ${to}`);
    const bytes = new TextEncoder().encode([boot, ...lines, ""].join("\n"));
    try {
      file.seekSync(0, Deno.SeekMode.Start);
      file.writeSync(bytes);
      file.truncateSync(bytes.length);
      isLost = false;
    } catch (error) { // such as a full disk
      if (!isLost) onLost(error);
      isLost = true;
    }
  }

  write();
  return {
    /** Records a process that has just been started; the returned function removes it. */
    add(pid: number): () => void {
      const started = justStarted(pid);
      if (started === undefined) return () => {};
      alive.add(started);
      write();
      return () => {
        alive.delete(started);
        write();
      };
    },
    /** Removes the file at a normal stop, unless processes are left. */
    release() {
      file.close();
      if (alive.size > 0) return;
      try {
        Deno.removeSync(path);
      } catch {
        // already removed
      }
    },
  };
}

function parse(line: string): Started | undefined {
  const [, pid, from, to] = /^([1-9]\d{0,9}) (\d{1,15}) (\d{1,15})$/.exec(line) ?? [];
  return pid === undefined || pid === "1"
    ? undefined
    : { pid: Number(pid), from: Number(from), to: Number(to) };
}

/** @returns whether there was a group to terminate */
async function terminateGroup(started: Started): Promise<boolean> {
  if (!await isThere(started)) return false;
  if (!signal(started, "SIGTERM")) return false;
  const end = performance.now() + GRACE;
  while (performance.now() < end) {
    await delay(20);
    // While the group has a process, its id is not reused.
    if (!signal(started, ALIVE)) return true;
  }
  signal(started, "SIGKILL");
  return true;
}

/** Signal 0, which only tests whether the group exists. */
const ALIVE = 0 as unknown as Deno.Signal;

/** @returns whether there was a group to signal */
function signal({ pid }: Started, name: Deno.Signal): boolean {
  try {
    Deno.kill(-pid, name);
    return true;
  } catch {
    return false; // it has exited
  }
}
