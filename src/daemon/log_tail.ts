/** Bytes that are read at once, from the end backwards. */
const BLOCK = 64 * 1024;

/**
 * The last lines of a file, without reading the rest of it.
 *
 * Permissions: `--allow-read` of the file.
 * @param from bytes at its beginning that are left out
 * @throws {Deno.errors.NotFound}
 */
export async function lastLines(path: string, count: number, from = 0): Promise<string[]> {
  using file = await Deno.open(path, { read: true });
  const { size } = await file.stat();
  let start = size;
  let bytes = new Uint8Array();
  // One line end more than lines: that of the line before the first.
  while (start > from && lineEnds(bytes) <= count) {
    const length = Math.min(BLOCK, start - from);
    start -= length;
    const block = new Uint8Array(length);
    await file.seek(start, Deno.SeekMode.Start);
    let read = 0;
    while (read < length) {
      const got = await file.read(block.subarray(read));
      if (got === null) break;
      read += got;
    }
    const longer = new Uint8Array(read + bytes.length);
    longer.set(block.subarray(0, read));
    longer.set(bytes, read);
    bytes = longer;
  }
  const lines = new TextDecoder().decode(bytes).split("\n");
  if (lines.at(-1) === "") lines.pop();
  return count === 0 ? [] : lines.slice(-count);
}

function lineEnds(bytes: Uint8Array): number {
  return bytes.reduce((count, byte) => byte === 10 ? count + 1 : count, 0);
}

/**
 * Gives what is written to a file from now on, also to the one that takes its place when it is
 * rotated or deleted, until the signal aborts.
 *
 * Permissions: `--allow-read` of the file.
 * @param every milliseconds between looks
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
      await readOn(file, onBytes); // what was written before it was moved away
      file?.close();
      file = await Deno.open(path, { read: true }).catch(() => undefined);
      continue; // what is in it already is new, too
    }
    if (file && held && held.size < await file.seek(0, Deno.SeekMode.Current)) {
      await file.seek(0, Deno.SeekMode.Start); // it was emptied
      continue;
    }
    await pause(every, signal);
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

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
