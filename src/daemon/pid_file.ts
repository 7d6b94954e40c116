/**
 * The pid file of a background server. The running server holds a lock on the file, which the system
 * releases however the process exits, so that a stale or reused process id is never mistaken for the
 * server. (Start times of processes would do as well, but Deno reads /proc only with all permissions.)
 *
 * The first line is the process id, for `head -1`; the second line is JSON.
 */

import { delay } from "../async/timed.ts";
import { openOwn, openOwnToRead } from "../files/open.ts";
import { NotTrusted, ownTrustWithoutGroup as trusted } from "../files/trusted.ts";
import { isObject } from "../text/json.ts";

/** What a server records about itself. */
export interface ServerRecord {
  readonly pid: number;
  /** `undefined` until it listens. */
  readonly url?: string;
  readonly version: string;
  readonly started: Date;
  /** Its working directory and arguments, for a restart. */
  readonly cwd: string;
  readonly args: readonly string[];
  /**
   * Settings in effect, by key, and the configuration file as `config`. Older versions record neither
   * this nor the next two.
   */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether requests need a token. */
  readonly asksForTokens?: boolean;
  /** The longest time that a stop can take. */
  readonly stopSeconds?: number;
  /** Whether the log has the clusters that cannot be used at the start. */
  readonly sawClusters?: boolean;
}

/** The state of a server, from its pid file. */
export type Looked =
  | { readonly state: "running"; readonly record: ServerRecord }
  /** A process holds the file, but its content does not name it, or is not trusted. */
  | { readonly state: "unclear" }
  /** `left`: the server left its pid file, with its record if the file is trusted. */
  | { readonly state: "stopped"; readonly left: boolean; readonly record?: ServerRecord };

/** Milliseconds to wait for a lock that a reader holds briefly. */
const PATIENCE = 1000;

/** Milliseconds between attempts. */
const PAUSE = 20;

/**
 * Claims the pid file for this process, until it exits.
 *
 * Permissions: `--allow-read --allow-write` of the file.
 * @returns `undefined` when a running process holds it
 * @throws {NotTrusted} when it is a link, or other users could replace it; what `Deno.open` throws
 */
export async function claim(path: string, record: ServerRecord) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const file = openOrReplace(path);
    if (file !== undefined && await lockEmpty(file)) {
      if (isAt(path, await file.stat())) {
        write(file, record);
        return {
          /** Replaces the record. */
          publish: (record: ServerRecord) => write(file, record),
          /** Removes the file. */
          release() {
            if (isAt(path, file.statSync())) Deno.removeSync(path);
            file.close();
          },
        };
      }
      file.close(); // its previous holder has removed it meanwhile
      continue;
    }
    file?.close();
    if (Date.now() >= end) return undefined;
    await delay(PAUSE);
  }
}

/**
 * Empties the file and locks it: a reader must not take the record of a stopped server for this one's.
 * The file is emptied under a shared lock, which does not yet mean "running", and which cannot be taken
 * while another server runs.
 * @returns whether the lock was free
 */
async function lockEmpty(file: Deno.FsFile): Promise<boolean> {
  if (!await file.tryLock(false)) return false;
  file.truncateSync(0);
  return await file.tryLock(true);
}

/**
 * Opens the file. A file that other users can write to is replaced if nobody holds it, so that a process
 * that has it open cannot change ours.
 * @returns `undefined` when such a file is held
 */
function openOrReplace(path: string): Deno.FsFile | undefined {
  try {
    return openOwn(path, trusted(), { read: true });
  } catch (error) {
    if (!(error instanceof NotTrusted) || error.problem.of !== "file") throw error;
    using there = Deno.openSync(path, { read: true });
    if (!there.tryLockSync(true)) return undefined;
    if (!isAt(path, there.statSync())) throw error;
    Deno.removeSync(path);
    return openOwn(path, trusted(), { read: true });
  }
}

/**
 * Reads the state of the server.
 *
 * Permissions: `--allow-read` of the file and its parent folders, `--allow-sys=uid,gid`.
 * @throws {NotTrusted} when it is a link, or other users could replace it; what `Deno.open` throws
 */
export async function look(path: string): Promise<Looked> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    let file: Deno.FsFile;
    try {
      file = openToLook(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return { state: "stopped", left: false };
      throw error;
    }
    using held = file;
    const isLeft = await held.tryLock(false);
    const { uid, mode } = await held.stat();
    // Other users who can write to the file could hold it, and name any process in it.
    const isOurs = uid === Deno.uid() && ((mode ?? 0) & 0o022) === 0;
    if (!isLeft && !isOurs) return { state: "unclear" };
    const record = isOurs ? parse(await new Response(held.readable).text()) : undefined;
    if (isLeft) return { state: "stopped", left: true, ...(record ? { record } : {}) };
    if (record) return { state: "running", record };
    if (Date.now() >= end) return { state: "unclear" };
    await delay(PAUSE); // it may be about to write
  }
}

/** Opens the file for reading, also an untrusted one, because it may be held. */
function openToLook(path: string): Deno.FsFile {
  try {
    return openOwnToRead(path, trusted());
  } catch (error) {
    if (!(error instanceof NotTrusted) || error.problem.of !== "file") throw error;
    return Deno.openSync(path, { read: true });
  }
}

/** Removes the pid file of a stopped server. */
export async function removeLeft(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  // Not while another server claims it.
  if (await file.tryLock(true) && isAt(path, await file.stat())) await Deno.remove(path);
}

function write(file: Deno.FsFile, { pid, ...more }: ServerRecord): void {
  const bytes = new TextEncoder().encode(`${pid}\n${JSON.stringify(more)}\n`);
  file.seekSync(0, Deno.SeekMode.Start);
  file.writeSync(bytes);
  file.truncateSync(bytes.length);
}

/** `undefined` if the content is not a complete record. */
function parse(text: string): ServerRecord | undefined {
  const [first = "", second = ""] = text.split("\n");
  if (!/^[1-9][0-9]*$/.test(first)) return undefined;
  try {
    const { url, version, started, cwd, args, settings, asksForTokens, stopSeconds, sawClusters } =
      JSON.parse(second);
    if (typeof version !== "string" || typeof cwd !== "string" || !isTexts(args)) return undefined;
    return {
      pid: Number(first),
      url,
      version,
      started: new Date(started),
      cwd,
      args,
      ...(isObject(settings) ? { settings } : {}),
      ...(typeof asksForTokens === "boolean" ? { asksForTokens } : {}),
      ...(Number.isFinite(stopSeconds) ? { stopSeconds } : {}),
      ...(sawClusters === true ? { sawClusters } : {}),
    };
  } catch {
    return undefined;
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");

function isAt(path: string, { dev, ino }: Deno.FileInfo): boolean {
  try {
    const there = Deno.statSync(path);
    return there.dev === dev && there.ino === ino;
  } catch {
    return false;
  }
}
