import { delay } from "../async/timed.ts";
import { openOwnToRead } from "../files/open.ts";
import { NotTrusted, ownTrustWithoutGroup } from "../files/trusted.ts";
import { bootId, isThere, justStarted, type Started } from "./proc.ts";

/**
 * The processes that a server has started and that have not ended, in a file beside its pid file: a
 * server that is killed leaves them behind, and those that hang would hang for ever. Who takes its
 * place ends them. An entry holds the process group and when it was started, so that a number that
 * has become another process's since is left alone.
 */
export type Children = NonNullable<Awaited<ReturnType<typeof takeChildren>>>;

/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 1000;

/** No more than a server may have started; a larger file is none of its. */
const MAX_SIZE = 65_536;

/** The file for the server of a pid file. */
export function childrenFile(pidFile: string): string {
  return `${pidFile.replace(/\.pid$/, "")}.children`;
}

/**
 * Ends what a server that was killed has left, with its children. Only for who holds the pid file,
 * or has killed who held it: else they are a living server's.
 *
 * Permissions: `--allow-read` of the file, `--allow-sys=uid`, `--allow-run`.
 * @returns groups that were ended, and why the file was not believed
 */
export async function endLeft(
  path: string,
): Promise<{ readonly ended: readonly number[]; readonly refused?: string }> {
  let text: string;
  try {
    // As of a pid file: whoever else may write to it may name any process in it.
    using file = openOwnToRead(path, ownTrustWithoutGroup());
    if (file.statSync().size > MAX_SIZE) return { ended: [], refused: "it is too large" };
    text = await new Response(file.readable).text();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { ended: [] };
    if (error instanceof NotTrusted) return { ended: [], refused: error.message };
    throw error;
  }
  const [boot, ...lines] = text.split("\n");
  if (boot !== await bootId()) return { ended: [] }; // of before the machine was started
  const ended = await Promise.all(lines.map(async (line) => {
    const started = parse(line);
    return started !== undefined && await endGroup(started) ? [started.pid] : [];
  }));
  return { ended: ended.flat() };
}

/**
 * Begins a new file, in the place of one that is there.
 *
 * Permissions: `--allow-read --allow-write` of the folder.
 * @returns `undefined` where it cannot be told when processes were started
 * @throws what `Deno.open` and `Deno.rename` do
 */
export async function takeChildren(
  path: string,
  onLost: (error: unknown) => void = () => {},
) {
  const boot = await bootId();
  if (boot === undefined || justStarted(Deno.pid) === undefined) return undefined;
  // Made anew under a name that nobody knows: nothing is written through a link.
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
    } catch (error) { // a full disk, say
      if (!isLost) onLost(error);
      isLost = true;
    }
  }

  write();
  return {
    /** Notes a process that has just been started; the function that it gives crosses it out. */
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
    /** The server ends by itself; removes the file, unless something is left all the same. */
    release() {
      file.close();
      if (alive.size > 0) return;
      try {
        Deno.removeSync(path);
      } catch {
        // somebody else has removed it
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

/** @returns whether there was something to end */
async function endGroup(started: Started): Promise<boolean> {
  if (!await isThere(started)) return false;
  if (!signal(started, "SIGTERM")) return false;
  const end = performance.now() + GRACE;
  while (performance.now() < end) {
    await delay(20);
    // While one of a group is there, nobody else gets its number.
    if (!signal(started, ALIVE)) return true;
  }
  signal(started, "SIGKILL");
  return true;
}

/** Only asks whether somebody is there. */
const ALIVE = 0 as unknown as Deno.Signal;

/** @returns whether there was a group to signal */
function signal({ pid }: Started, name: Deno.Signal): boolean {
  try {
    Deno.kill(-pid, name);
    return true;
  } catch {
    return false; // it has gone
  }
}
