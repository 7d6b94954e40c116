import { joined } from "../text/bytes.ts";

/** The size of a read, in bytes. */
const BLOCK = 64 * 1024;

export interface LinesFromEndOptions {
  /** Bytes at the start of the file that are not read. @default 0 */
  readonly from?: number;
  /** Longest line in bytes; longer ones are {@link TOO_LONG}. @default unlimited */
  readonly maxLine?: number;
  /** Opens the file for reading. @default Deno.open */
  readonly open?: (path: string) => Deno.FsFile;
}

/** Stands for a line that is too long. */
export const TOO_LONG = Symbol("too long");

/**
 * Yields the lines of a file from the last to the first, and reads only as much of the file as is
 * needed. A last line without a line break counts.
 *
 * Permissions: `--allow-read` of the file.
 * @throws {Deno.errors.NotFound} and other errors of `Deno.open`
 */
export function linesFromEnd(path: string, options?: { from?: number }): AsyncGenerator<string>;
export function linesFromEnd(
  path: string,
  options: LinesFromEndOptions,
): AsyncGenerator<string | typeof TOO_LONG>;
export async function* linesFromEnd(
  path: string,
  { from = 0, maxLine = Infinity, open }: LinesFromEndOptions = {},
): AsyncGenerator<string | typeof TOO_LONG> {
  using file = open?.(path) ?? await Deno.open(path, { read: true });
  const { size } = await file.stat();
  const decoder = new TextDecoder();
  /** Pieces of the line whose start is not read yet, the last one first. */
  let pieces: Uint8Array[] = [];
  let length = 0;
  const add = (piece: Uint8Array) => {
    length += piece.length;
    if (length > maxLine) pieces = [];
    else pieces.push(piece);
  };
  const take = () => {
    const line = length > maxLine ? TOO_LONG : decoder.decode(joined(pieces.reverse()));
    pieces = [];
    length = 0;
    return line;
  };

  for (let start = size; start > from;) {
    const block = new Uint8Array(Math.min(BLOCK, start - from));
    start -= block.length;
    await readAt(file, start, block);
    let end = block.length;
    for (
      let at = block.lastIndexOf(10);
      at !== -1;
      at = at === 0 ? -1 : block.lastIndexOf(10, at - 1)
    ) {
      add(block.subarray(at + 1, end));
      const isFilesEnd = start + at + 1 === size;
      if (isFilesEnd) length = 0;
      else yield take();
      end = at;
    }
    add(block.subarray(0, end));
  }
  if (size > from) yield take();
}

async function readAt(file: Deno.FsFile, position: number, block: Uint8Array): Promise<void> {
  await file.seek(position, Deno.SeekMode.Start);
  for (let read = 0; read < block.length;) {
    const got = await file.read(block.subarray(read));
    if (got === null) break; // the file was truncated meanwhile
    read += got;
  }
}
