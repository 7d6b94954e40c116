/**
 * Opens files that have to be trusted.
 *
 * Deno has no O_NOFOLLOW. A new file is created with O_EXCL, which follows no link. An existing file is
 * checked by lstat, opened without creating or truncating it, and used only when fstat shows the same inode.
 * A file that was swapped in between is closed again, without a write. To swap it takes write permission in a
 * folder on the path, which only trusted users have.
 */
import { dirname } from "node:path";
import { judgeFile, judgeFolderOf, MAX_BYTES, NotTrusted, reach, type Trust } from "./trusted.ts";

/** How often a file may have been replaced between check and open. */
const ATTEMPTS = 5;

/** Retries an action that returns `undefined` when the file was replaced meanwhile. */
function untilSame<T>(act: () => T | undefined): T {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const done = act();
    if (done !== undefined) return done;
  }
  throw new Error("the file is being replaced again and again");
}

/**
 * Opens a file that argocd-configurer writes; creates it with mode 0600 if it is missing. Links are rejected,
 * except to a character device (`/dev/stderr`), where nothing can be overwritten.
 *
 * Permissions: `--allow-read` of the folders on the path, `--allow-read --allow-write` of the file.
 * @param use `append` writes at the end; `read` also allows reading
 * @throws {NotTrusted}; what `Deno.open` throws
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
    judgeFile(reached, trust);
    return reached.info;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    if (isLink(path)) throw new NotTrusted({ of: "kind", why: IS_LINK });
    return undefined;
  }
}

const IS_LINK =
  "it is a symbolic link, which is not followed for writing; remove it, or use the path of its target";

function isLink(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSymlink;
  } catch {
    return false;
  }
}

/** Opens a file; `undefined` when it is no longer the same one. */
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
 * Opens a file that {@link openOwn} wrote for reading.
 *
 * @throws {NotTrusted}; {@link Deno.errors.NotFound} and what else `Deno.open` throws
 */
export function openOwnToRead(path: string, trust: Trust): Deno.FsFile {
  Deno.lstatSync(path); // throws NotFound first: the folders of a missing file do not matter
  return untilSame(() => {
    const there = lookAt(path, trust);
    if (there === undefined) throw new Deno.errors.NotFound(`no file ${path}`);
    return openSame(path, there, { read: true });
  });
}

/**
 * Reads a file that has to be trusted. Links are followed, and their folders are checked, too.
 *
 * Permissions: `--allow-read` of the file and of the folders on its path.
 * @param may an additional check before the file is read; throws when the file may not be used
 * @throws {NotTrusted}; {@link TypeError} when it is not UTF-8; what `Deno.open` throws
 */
export function readTrusted(
  path: string,
  trust: Trust,
  may: (info: Deno.FileInfo) => void = () => {},
): string {
  Deno.statSync(path); // throws NotFound first: the folders of a missing file do not matter
  return untilSame(() => {
    const reached = reach(path, trust);
    judgeFile(reached, trust, MAX_BYTES);
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
