import { Buffer } from "node:buffer";
import { dirname } from "node:path";
import { openOwn } from "../files/open.ts";
import { ownTrust, type Trust } from "../files/trusted.ts";
import { type ChainHash, LINK_LENGTH, withLink } from "./chain.ts";
import { type Rename, rotateFiles } from "./files.ts";

/** The part of `Deno.FsFile` that is used here. */
export type AppendFile =
  & Pick<Deno.FsFile, "stat" | "read" | "seek" | "write" | "syncData" | "truncate">
  & Disposable;

export interface GroupCommitOptions {
  /** Returns the lines that a new file starts with, after one that is gone or full. */
  readonly carryOver?: () => readonly string[];
  /** Links each line to the one before. @default lines are not linked */
  readonly chain?: {
    readonly hash: ChainHash;
    /** Reads from the files what the next line is linked to. */
    readonly end: () => Promise<string>;
  };
  /**
   * The size in bytes at which the file is rotated, and the number of old files that are kept, at least
   * 1. Called each time. @default the file is not rotated
   */
  readonly rotation?: () => { readonly maxSize: number; readonly keep: number };
  /** Called when the file cannot be rotated and keeps growing; at most once an hour. */
  readonly onStuck?: (error: Error) => void;
  /** Who may own the file, and write to it. @default this process's user and root */
  readonly trust?: Trust;
  /** Opens the file for reading and appending. @default creates it with mode 0600 */
  readonly open?: (path: string, trust: Trust) => Promise<AppendFile>;
  /** @default Deno.rename */
  readonly rename?: Rename;
}

/** Milliseconds until the next attempt after a rotation failed. */
const ROTATE_AGAIN = 3_600_000;

/**
 * Appends lines to a file and flushes them to the disk. Lines that arrive during a write are then written
 * together: fifty concurrent calls take two writes, not fifty.
 *
 * The file is opened each time, so that one that was moved or deleted is created again. A full file is
 * rotated. A write that fails is truncated away.
 *
 * Permissions: `--allow-read --allow-write` of the file and its folder.
 */
export class GroupCommit {
  readonly #path: string;
  readonly #options: GroupCommitOptions;
  #waiting: { readonly lines: readonly string[]; readonly done: PromiseWithResolvers<void> }[] = [];
  #running = false;
  /** The file after the last write. */
  #left: { readonly dev: number; readonly ino: number | null; readonly size: number } | undefined;
  /** Bytes of the lines that the file started with; they do not count towards a rotation. */
  #carried = 0;
  /** What the next line is linked to; `undefined` when it has to be read from the file. */
  #link: string | undefined;
  #rotateAgain = 0;

  constructor(path: string, options: GroupCommitOptions = {}) {
    this.#path = path;
    this.#options = options;
  }

  /**
   * Resolves when the lines are on the disk.
   * @param lines without line breaks; they stay together
   * @throws {Error} with the reason, when the lines are not on the disk
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
      // Otherwise the lines that the caller takes for lost, or a part of them, could be there.
      await file.truncate(size).catch(() => this.#link = undefined);
      throw error;
    }
  }

  /** The lines with links and line breaks, and what the next line is linked to. */
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

  /** Opens the file, after a rotation if it has no room for these lines. */
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

  /** Rotates the file. A failure does not prevent the write. */
  async #rotate(): Promise<void> {
    const { rotation, rename, onStuck } = this.#options;
    try {
      await rotateFiles(this.#path, rotation!().keep, rename);
      this.#carried = 0;
    } catch (error) {
      this.#rotateAgain = Date.now() + ROTATE_AGAIN;
      onStuck?.(error as Error);
    }
  }
}

/** Whether the last line has no line break, because its writer was killed or the disk was full. */
async function isCut(file: AppendFile, size: number): Promise<boolean> {
  if (size === 0) return false;
  const last = new Uint8Array(1);
  await file.seek(size - 1, Deno.SeekMode.Start);
  return await file.read(last) === 1 && last[0] !== 10;
}

function openToAppend(path: string, trust: Trust): Promise<Deno.FsFile> {
  return Promise.try(() => openOwn(path, trust, { read: true, append: true }));
}

/** The name of a new file is on the disk only after its folder is flushed, too. */
async function syncFolder(path: string): Promise<void> {
  using folder = await Deno.open(path, { read: true });
  await folder.sync();
}
