import { delay } from "../async/timed.ts";

/** Milliseconds for which somebody else may hold a folder: who does writes small files. */
const PATIENCE = 10_000;

/** Milliseconds until it is tried again. */
const PAUSE = 50;

/**
 * Locks a folder, so that programs change its files one after the other. The lock is held until what
 * this gives is closed. Whoever may read the folder may hold it, so it is not waited for without end.
 *
 * Permissions: `--allow-read` of the folder.
 * @throws {Deno.errors.TimedOut} when another program holds it all the time; what `Deno.open` does
 */
export async function lockFolder(path: string): Promise<Deno.FsFile> {
  const folder = await Deno.open(path, { read: true });
  try {
    const end = Date.now() + PATIENCE;
    while (!await folder.tryLock(true)) {
      if (Date.now() >= end) {
        throw new Deno.errors.TimedOut(
          `Another program has held the folder for ${PATIENCE / 1000} seconds; ` +
            `'fuser ${path}' names it`,
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

/** Whether anything is there, be it a link to nothing. @throws what `Deno.lstat` does otherwise */
export function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
