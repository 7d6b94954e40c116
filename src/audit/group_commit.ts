import { Buffer } from "node:buffer";
import { dirname } from "node:path";
import { openOwn } from "../files/open.ts";
import { ownTrust, type Trust } from "../files/trusted.ts";

/** What of an open file is used here. */
export type AppendFile =
  & Pick<Deno.FsFile, "stat" | "read" | "seek" | "write" | "syncData" | "truncate">
  & Disposable;

export interface GroupCommitOptions {
  /** Gives the lines that a new file is to begin with, in the place of one that is gone. */
  readonly carryOver?: () => readonly string[];
  /** Who may own the file, and write to it. @default this process's user and root */
  readonly trust?: Trust;
  /** Opens the file for reading and appending. @default makes it with mode 0600 */
  readonly open?: (path: string, trust: Trust) => Promise<AppendFile>;
}

/**
 * Appends lines to a file and has them on the disk when it says so. Those that come while others
 * are being written wait, and are then written together: fifty at once cost two times, not fifty.
 *
 * The file is looked up each time, so that one that is moved or deleted is made anew. What could
 * not be written whole is taken back.
 *
 * Permissions: `--allow-read --allow-write` of the file and its folder.
 */
export class GroupCommit {
  readonly #path: string;
  readonly #options: GroupCommitOptions;
  #waiting: { readonly lines: readonly string[]; readonly done: PromiseWithResolvers<void> }[] = [];
  #running = false;
  /** The file as it was left. */
  #left: { readonly dev: number; readonly ino: number | null; readonly size: number } | undefined;

  constructor(path: string, options: GroupCommitOptions = {}) {
    this.#path = path;
    this.#options = options;
  }

  /**
   * Resolves when the lines are on the disk.
   * @param lines without their ends; what belongs together stays together
   * @throws {Error} when they are not there, with the reason
   */
  append(lines: readonly string[]): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ lines, done });
    if (!this.#running) void this.#run();
    return done.promise;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#commit(batch.flatMap(({ lines }) => lines));
        for (const { done } of batch) done.resolve();
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
    this.#running = false;
  }

  async #commit(lines: readonly string[]): Promise<void> {
    const { carryOver = () => [], trust = ownTrust(), open = openToAppend } = this.#options;
    using file = await open(this.#path, trust);
    const { dev, ino, size, isFile } = await file.stat();
    const left = this.#left;
    const isAnother = left !== undefined &&
      (left.dev !== dev || left.ino !== ino || size < left.size);
    const all = isAnother ? [...carryOver(), ...lines] : lines;
    const text = all.map((line) => line + "\n").join("");
    try {
      const bytes = Buffer.from((await isCut(file, size) ? "\n" : "") + text);
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      await file.syncData();
      if (isFile && size === 0) await syncFolder(dirname(this.#path));
      this.#left = { dev, ino, size: size + bytes.length };
    } catch (error) {
      // Else a line that was said not to be there may be there, or a piece of it.
      await file.truncate(size).catch(() => {});
      throw error;
    }
  }
}

/** Whether the last line has no end, because its writer was killed or had no room. */
async function isCut(file: AppendFile, size: number): Promise<boolean> {
  if (size === 0) return false;
  const last = new Uint8Array(1);
  await file.seek(size - 1, Deno.SeekMode.Start);
  return await file.read(last) === 1 && last[0] !== 10;
}

function openToAppend(path: string, trust: Trust): Promise<Deno.FsFile> {
  return Promise.try(() => openOwn(path, trust, { read: true, append: true }));
}

/** A new file's name is on the disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  using folder = await Deno.open(path, { read: true });
  await folder.sync();
}
