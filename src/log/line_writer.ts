import { openOwn } from "../files/open.ts";
import { ownTrust } from "../files/trusted.ts";

/** Writes finished lines. It never throws. */
export interface LineWriter {
  /** @param now whether the line is written when this returns; otherwise it may be buffered briefly */
  (line: string, now?: boolean): void;
  /** Writes buffered lines. */
  flush(): void;
}

/** The longest time that a line is buffered, in milliseconds. */
const MAX_BUFFERED = 5;

/**
 * Writes single lines immediately. Lines that follow one another within a millisecond are buffered
 * for some milliseconds and written together.
 * @param writeAll writes lines, and must not throw
 */
function buffered(writeAll: (lines: string) => void): LineWriter {
  let waiting = "";
  let written = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    if (timer !== undefined) clearTimeout(timer); // the first use of a timer takes some milliseconds
    timer = undefined;
    if (waiting === "") return;
    const lines = waiting;
    waiting = "";
    writeAll(lines);
    written = performance.now();
  };
  const write = (line: string, now = false) => {
    waiting += line;
    if (now || (timer === undefined && performance.now() - written >= 1)) flush();
    else timer ??= setTimeout(flush, MAX_BUFFERED); // keeps the process alive until it is written
  };
  return Object.assign(write, { flush });
}

/** Writes to standard error. */
export function stderrWriter(): LineWriter {
  return buffered((lines) => {
    try {
      writeWhole(Deno.stderr, lines);
    } catch {
      // Closed, or the disk is full: there is nowhere to report it.
    }
  });
}

function writeWhole(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(to.writeSync(bytes));
}

export interface LogFileOptions {
  /** Size in bytes at which the file is rotated. @default 10 MiB */
  readonly maxBytes?: number;
  /** Number of old files that are kept: `server.log.1` is the newest. @default 5 */
  readonly keep?: number;
  /** Called after lines were lost, when lines can be written again. */
  readonly onLost?: (lines: number, why: string) => void;
  /** Called when the file cannot be rotated and keeps growing; at most once an hour. */
  readonly onStuck?: (why: string) => void;
  /** Milliseconds between checks that the file still exists. @default 1000 */
  readonly lookEvery?: number;
}

/** Milliseconds until the next attempt after a rotation failed. */
const ROTATE_AGAIN = 3_600_000;

/** A {@link LineWriter} with an open file. */
export interface LogFile extends LineWriter {
  close(): void;
}

/**
 * Appends to a file that only its owner may read. The file is rotated when it is too large, and
 * created again when it was deleted or moved. When the disk is full, lines are lost and counted until
 * there is room again. None of this stops the program.
 *
 * Permissions: `--allow-read --allow-write` of the file and its folder, `--allow-sys=uid,gid`.
 * @throws {NotTrusted}, {@link Deno.errors.NotFound} and other errors of `Deno.open`, when the file
 * cannot be opened at first
 */
export function logFile(path: string, options: LogFileOptions = {}): LogFile {
  const { maxBytes = 10 * 1024 * 1024, keep = 5, lookEvery = 1000, onLost } = options;
  let file: Opened | undefined = open(path);
  let looked = Date.now();
  let rotateAgain = 0;
  let lost = { lines: 0, why: "" };

  function present(): Opened {
    if (Date.now() - looked >= lookEvery) {
      looked = Date.now();
      if (file !== undefined && !isStill(file, path)) {
        file.close();
        file = undefined;
      }
    }
    return file ??= open(path);
  }

  function writeLines(lines: string): void {
    try {
      let to = present();
      const isFull = to.canRotate && to.size > 0 && to.size + lines.length > maxBytes;
      if (isFull && Date.now() >= rotateAgain) {
        const why = rotate(path, keep);
        if (why === undefined) {
          to.close();
          file = undefined;
          to = present();
        } else {
          rotateAgain = Date.now() + ROTATE_AGAIN;
          options.onStuck?.(why);
        }
      }
      to.write(lines);
      if (lost.lines === 0) return;
      const before = lost;
      lost = { lines: 0, why: "" };
      onLost?.(before.lines, before.why);
    } catch (error) {
      lost = { lines: lost.lines + lines.split("\n").length - 1, why: (error as Error).message };
    }
  }

  const writer = buffered(writeLines);
  return Object.assign(writer, {
    close() {
      writer.flush();
      file?.close();
      file = undefined;
    },
  });
}

type Opened = ReturnType<typeof open>;

/** Opens a file to append to it. */
function open(path: string) {
  const file = openOwn(path, ownTrust(), { append: true });
  const info = file.statSync();
  let size = info.size;
  let isBroken = false;
  return {
    ino: info.ino,
    /** A pipe or a device has no size and cannot be renamed. */
    canRotate: info.isFile,
    get size() {
      return size;
    },
    write(lines: string) {
      const whole = isBroken ? "\n" + lines : lines;
      isBroken = true; // until the write succeeds, the file may end in a part of a line
      writeWhole(file, whole);
      isBroken = false;
      size += whole.length;
    },
    close: () => file.close(),
  };
}

function isStill({ ino }: Opened, path: string): boolean {
  try {
    return Deno.statSync(path).ino === ino;
  } catch {
    return false;
  }
}

/**
 * Renames `server.log` to `server.log.1`, `server.log.1` to `server.log.2`, and so on; the oldest file
 * is overwritten.
 * @returns why the files cannot be renamed, or `undefined`
 */
function rotate(path: string, keep: number): string | undefined {
  const names = [path, ...Array.from({ length: keep }, (_, i) => `${path}.${i + 1}`)];
  for (let i = names.length - 1; i > 0; i--) {
    try {
      Deno.renameSync(names[i - 1]!, names[i]!);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) return (error as Error).message;
    }
  }
  return undefined;
}
