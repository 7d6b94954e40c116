import { Buffer } from "node:buffer";
import { dirname } from "node:path";
import { openOwn } from "../files/open.ts";
import { ownTrust, type Trust } from "../files/trusted.ts";
import { type ChainHash, LINK_LENGTH, withLink } from "./chain.ts";
import { type Rename, rotate } from "./files.ts";

/** What of an open file is used here. */
export type AppendFile =
  & Pick<Deno.FsFile, "stat" | "read" | "seek" | "write" | "syncData" | "truncate">
  & Disposable;

export interface GroupCommitOptions {
  /** Gives the lines that a new file is to begin with, in the place of one that is gone or full. */
  readonly carryOver?: () => readonly string[];
  /** Links each line to the one before. @default they are not linked */
  readonly chain?: {
    readonly hash: ChainHash;
    /** What the next line is to be linked to, by what is in the files. */
    readonly end: () => Promise<string>;
  };
  /**
   * Bytes beyond which a new file is begun, and older ones that are kept, at least 1; looked up each
   * time. @default there is one file
   */
  readonly rotation?: () => { readonly maxSize: number; readonly keep: number };
  /** Told why none can be begun, so that the one there grows; at most once an hour. */
  readonly onStuck?: (error: Error) => void;
  /** Who may own the file, and write to it. @default this process's user and root */
  readonly trust?: Trust;
  /** Opens the file for reading and appending. @default makes it with mode 0600 */
  readonly open?: (path: string, trust: Trust) => Promise<AppendFile>;
  /** @default Deno.rename */
  readonly rename?: Rename;
}

/** Milliseconds until a new file is tried again after that failed. */
const ROTATE_AGAIN = 3_600_000;

/**
 * Appends lines to a file and has them on the disk when it says so. Those that come while others
 * are being written wait, and are then written together: fifty at once cost two times, not fifty.
 *
 * The file is looked up each time, so that one that is moved or deleted is made anew; one that is
 * full is given another name. What could not be written whole is taken back.
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
  /** Bytes that it began with: were they all that fits, each line would begin another one. */
  #carried = 0;
  /** What the next line is linked to; `undefined` when only the file tells. */
  #link: string | undefined;
  #rotateAgain = 0;

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
    const { carryOver = () => [], chain } = this.#options;
    this.#link ??= await chain?.end();
    using file = await this.#openFor(lines);
    const { dev, ino, size, isFile } = await file.stat();
    const left = this.#left;
    const isAnother = left !== undefined &&
      (left.dev !== dev || left.ino !== ino || size < left.size);
    const { texts: carried, link: between } = this.#linked(
      isAnother ? carryOver() : [],
      this.#link,
    );
    const { texts, link } = this.#linked(lines, between);
    try {
      const bytes = Buffer.from((await isCut(file, size) ? "\n" : "") + carried + texts);
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      await file.syncData();
      if (isFile && size === 0) await syncFolder(dirname(this.#path));
      this.#left = { dev, ino, size: size + bytes.length };
      this.#link = link;
      if (isAnother) this.#carried = Buffer.byteLength(carried);
    } catch (error) {
      // Else a line that was said not to be there may be there, or a piece of it.
      await file.truncate(size).catch(() => this.#link = undefined);
      throw error;
    }
  }

  /** The lines with their ends, and what the next one is linked to. */
  #linked(lines: readonly string[], before: string | undefined) {
    const { chain } = this.#options;
    let link = before;
    let texts = "";
    for (const each of lines) {
      const linked = chain ? withLink(each, link!, chain.hash) : { line: each, link };
      texts += linked.line + "\n";
      link = linked.link;
    }
    return { texts, link };
  }

  /** The file, or a new one where that has no room for these lines. */
  async #openFor(lines: readonly string[]): Promise<AppendFile> {
    const { trust = ownTrust(), open = openToAppend } = this.#options;
    const file = await open(this.#path, trust);
    if (!await this.#isFull(file, lines)) return file;
    file[Symbol.dispose]();
    await this.#rotate();
    return await open(this.#path, trust);
  }

  async #isFull(file: AppendFile, lines: readonly string[]): Promise<boolean> {
    const rotation = this.#options.rotation?.();
    if (rotation === undefined || Date.now() < this.#rotateAgain) return false;
    const { size, isFile } = await file.stat();
    if (!isFile || size <= this.#carried) return false;
    const more = lines.reduce((sum, each) => sum + Buffer.byteLength(each) + LINK_LENGTH + 1, 0);
    return size + more > Math.max(rotation.maxSize, 2 * this.#carried);
  }

  /** That none can be begun hinders no line. */
  async #rotate(): Promise<void> {
    const { rotation, rename, onStuck } = this.#options;
    try {
      await rotate(this.#path, rotation!().keep, rename);
      this.#carried = 0;
    } catch (error) {
      this.#rotateAgain = Date.now() + ROTATE_AGAIN;
      onStuck?.(error as Error);
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
