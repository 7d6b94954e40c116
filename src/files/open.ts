/**
 * Opens files that are to be trusted.
 *
 * Deno has no O_NOFOLLOW. What is made is made with O_EXCL, which goes through no link. What is there
 * is looked at by lstat, opened without being made or cut, and used only when fstat tells that it is
 * the same file: one that was put there in between is closed again, nothing written. To put one there
 * takes the right to rename in a folder on the way, which nobody has who is not trusted.
 */
import { dirname } from "node:path";
import { judge, judgeFolderOf, MAX_BYTES, NotTrusted, reach, type Trust } from "./trusted.ts";

/** How often a file may be another one than was looked at. */
const TURNS = 5;

/** What an act opens or reads, which gives nothing while the file becomes another one. */
function untilSame<T>(act: () => T | undefined): T {
  for (let turn = 0; turn < TURNS; turn++) {
    const done = act();
    if (done !== undefined) return done;
  }
  throw new Error("it becomes another file again and again");
}

/**
 * Opens a file that this program writes, made with mode 0600 where there is none. It is no link, but
 * for one to a character device (`/dev/stderr`): nothing there could be overwritten.
 *
 * Permissions: `--allow-read` of the way, `--allow-read --allow-write` of the file.
 * @param use `append` writes at its end; it is read, too, with `read`
 * @throws {NotTrusted}; what `Deno.open` does
 */
export function openOwn(
  path: string,
  trust: Trust,
  { read = false, append = false }: { readonly read?: boolean; readonly append?: boolean } = {},
): Deno.FsFile {
  const how = { read, ...(append ? { append } : { write: true }) };
  return untilSame(() => {
    const there = lookAt(path, trust);
    if (there !== undefined) return openSame(path, there, how);
    judgeFolderOf(dirname(path), trust);
    try {
      return Deno.openSync(path, { ...how, createNew: true, mode: 0o600 });
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) return undefined;
      throw error;
    }
  });
}

/** @throws {NotTrusted} */
function lookAt(path: string, trust: Trust): Deno.FileInfo | undefined {
  try {
    const reached = reach(path, trust, { leaveLast: true });
    const device = Deno.statSync(path);
    if (device.isCharDevice) return device;
    if (reached.info.isSymlink) throw new NotTrusted({ of: "kind", why: IS_LINK });
    judge(reached, trust);
    return reached.info;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    if (isLink(path)) throw new NotTrusted({ of: "kind", why: IS_LINK });
    return undefined;
  }
}

const IS_LINK =
  "it is a link, through which nothing is written; remove it, or name the file itself";

function isLink(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSymlink;
  } catch {
    return false;
  }
}

/** `undefined` when it is no longer the same. */
function openSame(
  path: string,
  { dev, ino }: Deno.FileInfo,
  how: Deno.OpenOptions,
): Deno.FsFile | undefined {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, how);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const opened = file.statSync();
  if (opened.dev === dev && opened.ino === ino) return file;
  file.close();
  return undefined;
}

/**
 * Opens for reading what {@link openOwn} opens for writing.
 *
 * @throws {NotTrusted}; {@link Deno.errors.NotFound} and others of `Deno.open`
 */
export function openOwnToRead(path: string, trust: Trust): Deno.FsFile {
  Deno.lstatSync(path); // of one that is not there the way does not matter
  return untilSame(() => {
    const there = lookAt(path, trust);
    if (there === undefined) throw new Deno.errors.NotFound(`no file ${path}`);
    return openSame(path, there, { read: true });
  });
}

/**
 * What is in a file that is to be trusted. Links are followed where each is.
 *
 * Permissions: `--allow-read` of the file and of the way to it.
 * @param may looks at it before it is read, and throws where it may not be used
 * @throws {NotTrusted}; {@link TypeError} when it is not UTF-8; what `Deno.open` does
 */
export function readTrusted(
  path: string,
  trust: Trust,
  may: (info: Deno.FileInfo) => void = () => {},
): string {
  Deno.statSync(path); // of one that is not there the way does not matter
  return untilSame(() => {
    const reached = reach(path, trust);
    judge(reached, trust, MAX_BYTES);
    may(reached.info);
    using file = openSame(reached.path, reached.info, { read: true });
    return file &&
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(readAll(file));
  });
}

function readAll(file: Deno.FsFile): Uint8Array {
  const bytes = new Uint8Array(MAX_BYTES + 1);
  let length = 0;
  for (let got; (got = file.readSync(bytes.subarray(length))) !== null && got > 0;) length += got;
  if (length <= MAX_BYTES) return bytes.subarray(0, length);
  throw new NotTrusted({ of: "size", why: `it is larger than ${MAX_BYTES} bytes` });
}
