/**
 * The file by which a server in the background is found. While the server lives it holds a lock on
 * the file, which the system takes from it however it ends: a process id that is left over, or has
 * become another program's, is never mistaken for the server's. (Start times of processes would tell
 * as much, but Deno reads /proc only with all permissions.)
 *
 * Its first line is the process id alone, for `head -1`; the others say more.
 */

import { delay } from "../async/timed.ts";
import { openOwn, openOwnToRead } from "../files/open.ts";
import { NotTrusted, ownTrustWithoutGroup as trusted } from "../files/trusted.ts";
import { isObject } from "../text/json.ts";

/** What a server says of itself. */
export interface ServerRecord {
  readonly pid: number;
  /** Where it listens; `undefined` until it does. */
  readonly url?: string;
  readonly version: string;
  /** When it was started. */
  readonly started: Date;
  /** Its working directory and arguments, to start it again like this. */
  readonly cwd: string;
  readonly args: readonly string[];
  /**
   * Settings in effect, by key, and the configuration file as `config`. Like the next ones, it is not
   * in the file of an older version.
   */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether only who has a token may use it. */
  readonly asksForTokens?: boolean;
  /** Seconds within which it ends when it is asked to. */
  readonly stopSeconds?: number;
}

/** What a pid file tells. */
export type Looked =
  | { readonly state: "running"; readonly record: ServerRecord }
  /** A process holds it, but which one it is cannot be told, or not believed. */
  | { readonly state: "unclear" }
  /** `left`: there is a file of a server that has gone, and what it told if that is to be believed. */
  | { readonly state: "stopped"; readonly left: boolean; readonly record?: ServerRecord };

/** How long a lock of somebody who only looks may be in the way, in milliseconds. */
const PATIENCE = 1000;

/** Milliseconds until that is looked at again. */
const PAUSE = 20;

/**
 * Takes the pid file for this process, until it ends.
 *
 * Permissions: `--allow-read --allow-write` of the file.
 * @returns `undefined` when a living process holds it
 * @throws {NotTrusted} where it is a link, or others may put another file there; what `Deno.open` does
 */
export async function claim(path: string, record: ServerRecord) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const file = openOrReplace(path);
    if (file !== undefined && await lockEmpty(file)) {
      if (isAt(path, await file.stat())) {
        write(file, record);
        return {
          /** Says more, as of now. */
          publish: (record: ServerRecord) => write(file, record),
          /** Removes the file. */
          release() {
            if (isAt(path, file.statSync())) Deno.removeSync(path);
            file.close();
          },
        };
      }
      file.close(); // whoever had it has removed it in the meantime
      continue;
    }
    file?.close();
    if (Date.now() >= end) return undefined;
    await delay(PAUSE);
  }
}

/**
 * Takes the lock of a file with nothing in it: what a server that has gone left there would be taken
 * for this one's word by who looks before that is written. It goes under a lock that does not yet say
 * that somebody serves, and that nobody gets while another one does.
 * @returns whether it was to be had
 */
async function lockEmpty(file: Deno.FsFile): Promise<boolean> {
  if (!await file.tryLock(false)) return false;
  file.truncateSync(0);
  return await file.tryLock(true);
}

/**
 * Opens the file; one that others may write to is removed, when nobody holds it, and made anew, so
 * that who has that open has not ours.
 * @returns `undefined` when somebody holds what others may write to
 */
function openOrReplace(path: string): Deno.FsFile | undefined {
  try {
    return openOwn(path, trusted(), { read: true });
  } catch (error) {
    if (!(error instanceof NotTrusted) || error.fault.of !== "file") throw error;
    using there = Deno.openSync(path, { read: true });
    if (!there.tryLockSync(true)) return undefined;
    if (!isAt(path, there.statSync())) throw error;
    Deno.removeSync(path);
    return openOwn(path, trusted(), { read: true });
  }
}

/**
 * Looks whether a server runs.
 *
 * Permissions: `--allow-read` of the file and of the way to it, `--allow-sys=uid,gid`.
 * @throws {NotTrusted} where it is a link, or others may put another file there; what `Deno.open` does
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
    // Whoever else may write to it may hold it, too, and name any process in it.
    const isOurs = uid === Deno.uid() && ((mode ?? 0) & 0o022) === 0;
    if (!isLeft && !isOurs) return { state: "unclear" };
    const record = isOurs ? parse(await new Response(held.readable).text()) : undefined;
    if (isLeft) return { state: "stopped", left: true, ...(record ? { record } : {}) };
    if (record) return { state: "running", record };
    if (Date.now() >= end) return { state: "unclear" };
    await delay(PAUSE); // it may be about to write
  }
}

/** Also one that others may write to, which is not believed, but may be held. */
function openToLook(path: string): Deno.FsFile {
  try {
    return openOwnToRead(path, trusted());
  } catch (error) {
    if (!(error instanceof NotTrusted) || error.fault.of !== "file") throw error;
    return Deno.openSync(path, { read: true });
  }
}

/** Removes what a server that has gone left behind. */
export async function removeLeft(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  // Not while another one takes it.
  if (await file.tryLock(true) && isAt(path, await file.stat())) await Deno.remove(path);
}

function write(file: Deno.FsFile, { pid, ...more }: ServerRecord): void {
  const bytes = new TextEncoder().encode(`${pid}\n${JSON.stringify(more)}\n`);
  file.seekSync(0, Deno.SeekMode.Start);
  file.writeSync(bytes);
  file.truncateSync(bytes.length);
}

/** `undefined` for what is none of ours, or not whole. */
function parse(text: string): ServerRecord | undefined {
  const [first = "", second = ""] = text.split("\n");
  if (!/^[1-9][0-9]*$/.test(first)) return undefined;
  try {
    const { url, version, started, cwd, args, settings, asksForTokens, stopSeconds } = JSON.parse(
      second,
    );
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
