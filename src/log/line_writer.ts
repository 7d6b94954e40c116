import { openOwn } from "../files/open.ts";
import { ownTrust } from "../files/trusted.ts";

/** Takes finished lines. It never throws. */
export interface LineWriter {
  /** @param now whether it must be written when this returns; else it may wait for a moment */
  (line: string, now?: boolean): void;
  /** Writes what waits. */
  flush(): void;
}

/** How long a line may wait for others, in milliseconds. */
const GATHERING = 5;

/**
 * Writes lines at once as long as they come one by one. When one comes within a millisecond of the
 * one before, it waits, and those of some milliseconds are written together.
 * @param writeAll gets lines to write; what it throws is its own to handle
 */
function gathering(writeAll: (lines: string) => void): LineWriter {
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
    else timer ??= setTimeout(flush, GATHERING); // keeps the process alive until it is written
  };
  return Object.assign(write, { flush });
}

/** Writes to standard error. */
export function stderrWriter(): LineWriter {
  return gathering((lines) => {
    try {
      writeWhole(Deno.stderr, lines);
    } catch {
      // Closed, or the disk is full: there is nowhere to say it.
    }
  });
}

function writeWhole(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(to.writeSync(bytes));
}

export interface LogFileOptions {
  /** Size in bytes from which a new file is begun. @default 10 MiB */
  readonly maxBytes?: number;
  /** Files before the present one that are kept: `server.log.1`, the newest, to this. @default 5 */
  readonly keep?: number;
  /** Told when lines are written again after some could not be. */
  readonly onLost?: (lines: number, why: string) => void;
  /** Told when no new file can be begun, so that the one there grows; at most once an hour. */
  readonly onStuck?: (why: string) => void;
  /** Milliseconds between looks at whether the file is still there. @default 1000 */
  readonly lookEvery?: number;
}

/** Milliseconds until a new file is tried again after that failed. */
const ROTATE_AGAIN = 3_600_000;

/** A {@link LineWriter} that holds a file open. */
export interface LogFile extends LineWriter {
  close(): void;
}

/**
 * Writes to the end of a file that only its owner may read. When the file is too large, another one
 * is begun; when it was deleted or moved, it is made again; when the disk is full, lines are lost
 * and counted until there is room again. The program goes on in each case.
 *
 * Permissions: `--allow-read --allow-write` of the file and its folder, `--allow-sys=uid,gid`.
 * @throws {NotTrusted}, {@link Deno.errors.NotFound} and others of `Deno.open`, when it cannot be
 * opened at first
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

  const writer = gathering(writeLines);
  return Object.assign(writer, {
    close() {
      writer.flush();
      file?.close();
      file = undefined;
    },
  });
}

type Opened = ReturnType<typeof open>;

/** A file that is written at its end. */
function open(path: string) {
  const file = openOwn(path, ownTrust(), { append: true });
  const info = file.statSync();
  let size = info.size;
  let isBroken = false;
  return {
    ino: info.ino,
    /** Another kind of file, a pipe or a device, has no size and cannot be moved away. */
    canRotate: info.isFile,
    get size() {
      return size;
    },
    write(lines: string) {
      const whole = isBroken ? "\n" + lines : lines;
      isBroken = true; // unless it ends well, a piece of a line may be there
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
 * `server.log` becomes `server.log.1`, that `server.log.2`; the last one goes.
 * @returns why it cannot be done, as where the file may be written and its folder not
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
