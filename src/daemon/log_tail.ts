import { delay } from "../async/timed.ts";
import { linesFromEnd } from "../log/lines_from_end.ts";

/** Bytes per read. */
const BLOCK = 64 * 1024;

/**
 * The last lines of a file; reads only its end.
 *
 * Permissions: `--allow-read` of the file.
 * @param from offset in bytes: lines before it are left out
 * @throws {Deno.errors.NotFound}
 */
export async function lastLines(path: string, count: number, from = 0): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesFromEnd(path, { from })) {
    if (lines.length === count) break;
    lines.push(line);
  }
  return lines.reverse();
}

/**
 * Follows a file from its end, also across rotation and deletion, until the signal aborts.
 *
 * Permissions: `--allow-read` of the file.
 * @param every milliseconds between reads
 */
export async function follow(
  path: string,
  onBytes: (bytes: Uint8Array) => void,
  signal: AbortSignal,
  every = 200,
): Promise<void> {
  let file = await openAtEnd(path);
  while (!signal.aborted) {
    await readOn(file, onBytes);
    const there = await Deno.stat(path).catch(() => undefined);
    const held = await file?.stat();
    if (there && there.ino !== held?.ino) {
      await readOn(file, onBytes); // the rest of the rotated file
      file?.close();
      file = await Deno.open(path, { read: true }).catch(() => undefined);
      continue; // its present content is new, too
    }
    if (file && held && held.size < await file.seek(0, Deno.SeekMode.Current)) {
      await file.seek(0, Deno.SeekMode.Start); // it was truncated
      continue;
    }
    await delay(every, signal);
  }
  file?.close();
}

async function readOn(
  file: Deno.FsFile | undefined,
  onBytes: (bytes: Uint8Array) => void,
): Promise<void> {
  const block = new Uint8Array(BLOCK);
  for (let got = await file?.read(block); got; got = await file?.read(block)) {
    onBytes(block.slice(0, got));
  }
}

async function openAtEnd(path: string): Promise<Deno.FsFile | undefined> {
  try {
    const file = await Deno.open(path, { read: true });
    await file.seek(0, Deno.SeekMode.End);
    return file;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
