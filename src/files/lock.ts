import { delay } from "../async/timed.ts";

/** Milliseconds to wait for a lock; its holders only write small files. */
const PATIENCE = 10_000;

/** Milliseconds between two attempts. */
const PAUSE = 50;

/**
 * Locks a folder, so that processes change its files one after the other. The lock is held until the
 * returned file is closed. Everyone who may read the folder can hold the lock, so the wait has a timeout.
 *
 * Permissions: `--allow-read` of the folder.
 * @throws {Deno.errors.TimedOut} when another process holds the lock; what `Deno.open` throws
 */
export async function lockFolder(path: string): Promise<Deno.FsFile> {
  const folder = await Deno.open(path, { read: true });
  try {
    const end = Date.now() + PATIENCE;
    while (!await folder.tryLock(true)) {
      if (Date.now() >= end) {
        throw new Deno.errors.TimedOut(
          `Another process has locked the folder for ${PATIENCE / 1000} seconds. ` +
            `'fuser ${path}' shows its PID`,
        );
      }
      await delay(PAUSE);
    }
    return folder;
  } catch (error) {
    folder.close();
    throw error;
  }
}

/** Whether a path exists, even as a dangling link. @throws what else `Deno.lstat` throws */
export function pathExists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
