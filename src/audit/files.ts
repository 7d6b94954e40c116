import { pathExists } from "../files/lock.ts";
import { openOwnToRead } from "../files/open.ts";
import { ownTrust, type Trust } from "../files/trusted.ts";
import { linesFromEnd, TOO_LONG } from "../log/lines_from_end.ts";
import { MAX_LINE } from "./entry.ts";

/** The files of a log: `PATH`, which is written, and older ones: `PATH.1`, the newest, and so on. */
export interface LogFiles {
  readonly path: string;
  /** Number of old files that are kept. @default 0 */
  readonly keep?: number;
  /** Who may own them, and write to them. @default this process's user and root */
  readonly trust?: Trust;
}

/** A line without its line break, or {@link TOO_LONG}. */
export type LogLine = string | typeof TOO_LONG;

/**
 * Yields the lines of each file, from the newest file to the oldest and from the last line to the first.
 * A file that is renamed meanwhile is read once. A missing file counts as empty, also between others,
 * since a rotation may have been killed.
 *
 * Permissions: `--allow-read` of the files and of their folder.
 * @throws {NotTrusted} for a file that somebody else could have changed
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

/** Yields the lines of all files, in the order of {@link linesByFile}. */
export async function* logLines(files: LogFiles): AsyncGenerator<LogLine> {
  for (const lines of linesByFile(files)) yield* lines;
}

/** @param number 0 for the file that is written, 1 for the newest old one */
function nameOf(path: string, number: number): string {
  return number === 0 ? path : `${path}.${number}`;
}

export type Rename = (from: string, to: string) => Promise<void>;

/**
 * Renames `PATH` to `PATH.1`, `PATH.1` to `PATH.2`, and so on up to the first free number. When no number
 * is free, the oldest file is overwritten. After each step, every line is in one file, and the files are
 * in order.
 *
 * Permissions: `--allow-read --allow-write` of the files and of their folder.
 * @param keep at least 1
 * @throws errors of `Deno.rename`
 */
export async function rotateFiles(
  path: string,
  keep: number,
  rename: Rename = (from, to) => Deno.rename(from, to),
): Promise<void> {
  let free = 1;
  while (free < keep && pathExists(nameOf(path, free))) free++;
  for (let number = free; number > 0; number--) {
    await rename(nameOf(path, number - 1), nameOf(path, number));
  }
}

/** Why a file of the audit log or a key file cannot be used, in a few words. */
export function fileErrorReason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "its folder does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "the server's user may not write it";
  if (error instanceof Deno.errors.NotCapable) return "Deno runs without --allow-write for it";
  const { message } = error as Error;
  return message.split(" (os error ")[0]!;
}
