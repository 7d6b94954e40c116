import { isThere } from "../files/lock.ts";
import { openOwnToRead } from "../files/open.ts";
import { ownTrust, type Trust } from "../files/trusted.ts";
import { linesFromEnd, TOO_LONG } from "../log/lines_from_end.ts";
import { MAX_LINE } from "./entry.ts";

/** The files of a log: `PATH`, which is written, and older ones: `PATH.1`, the newest, and so on. */
export interface LogFiles {
  readonly path: string;
  /** Older ones that are kept. @default none */
  readonly keep?: number;
  /** Who may own them, and write to them. @default this process's user and root */
  readonly trust?: Trust;
}

/** Without its end; {@link TOO_LONG} stands for what is no entry for its length. */
export type LogLine = string | typeof TOO_LONG;

/**
 * The lines of each file, from the newest file to the oldest and from the last line to the first, as
 * far as they are asked for. A file that is given another name meanwhile is read once; one that is
 * not there is an empty one, also between others: what gives them other names may have been killed.
 *
 * Permissions: `--allow-read` of the files and of their folder.
 * @throws {NotTrusted} of a file that somebody else could have changed
 */
export function* linesByFile(
  { path, keep = 0, trust = ownTrust() }: LogFiles,
): Generator<AsyncGenerator<LogLine>> {
  const seen = new Set<string>();
  for (let number = 0; number <= keep; number++) {
    const name = nameOf(path, number);
    let opened: Deno.FsFile;
    try {
      opened = openOwnToRead(name, trust);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      throw error;
    }
    const { dev, ino } = opened.statSync();
    const file = `${dev}:${ino}`;
    if (seen.has(file)) {
      opened.close();
      continue;
    }
    seen.add(file);
    yield linesFromEnd(name, { maxLine: MAX_LINE, open: () => opened });
  }
}

/** The lines of all files, as {@link linesByFile} has them. */
export async function* logLines(files: LogFiles): AsyncGenerator<LogLine> {
  for (const lines of linesByFile(files)) yield* lines;
}

/** Of one that is kept, counted from 1; of the one that is written. */
function nameOf(path: string, number: number): string {
  return number === 0 ? path : `${path}.${number}`;
}

export type Rename = (from: string, to: string) => Promise<void>;

/**
 * `PATH` becomes `PATH.1`, that `PATH.2`, up to the first number that is free; when none is, the last
 * one goes. Each step leaves every line in one file, and the files in their order.
 *
 * Permissions: `--allow-read --allow-write` of the files and of their folder.
 * @param keep at least 1
 * @throws what `Deno.rename` does
 */
export async function rotate(
  path: string,
  keep: number,
  rename: Rename = (from, to) => Deno.rename(from, to),
): Promise<void> {
  let free = 1;
  while (free < keep && isThere(nameOf(path, free))) free++;
  for (let number = free; number > 0; number--) {
    await rename(nameOf(path, number - 1), nameOf(path, number));
  }
}
