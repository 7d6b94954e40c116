import { basename, dirname, sep } from "node:path";
import { counts, type Place } from "./places.ts";

export interface EventOptions {
  /** Called when something may have changed in one of the places. */
  readonly onEvent: () => void;
  /** @default Deno.watchFs */
  readonly watchFs?: typeof Deno.watchFs;
}

export interface Events {
  /** Places that are not heard of themselves, and why; when they appear is. */
  readonly troubles: ReadonlyMap<string, "missing" | Error>;
  /** Resolves when the same places may be listened to again: before, that would share watchers. */
  close(): Promise<void>;
}

/**
 * Listens to the file system's events about places, of whatever they are: a place that is missing,
 * or removed later, is listened for in the nearest folder above it. After a place was removed and
 * made again, what happens below it is heard only by listening anew.
 *
 * Permissions: `--allow-read` of the places and the folders that they are in.
 */
export async function listen(places: readonly Place[], options: EventOptions): Promise<Events> {
  const { onEvent, watchFs = Deno.watchFs } = options;
  const troubles = new Map<string, "missing" | Error>();
  /** Folders to listen to, and whether also to those below. */
  const folders = new Map<string, boolean>();
  const add = (path: string, deep: boolean) => folders.set(path, deep || !!folders.get(path));
  const paths = new Set<string>();
  for (const { path, kind } of places) {
    // A folder behind a link is told of by its own name, and the link by its.
    const real = await realPath(path);
    for (const each of new Set([path, real ?? path])) {
      paths.add(each);
      add(await nearestFolder(each), false);
      if (real !== undefined && kind !== "file") add(each, kind === "tree");
    }
    if (real === undefined && kind !== "file") troubles.set(path, "missing");
  }
  const watchers: Deno.FsWatcher[] = [];
  const reading: Promise<void>[] = [];
  for (const [path, recursive] of folders) {
    try {
      const watcher = watchFs(path, { recursive });
      watchers.push(watcher);
      reading.push(read(watcher, (event) => concerns(event, paths) && onEvent()));
    } catch (error) {
      // One that has just been removed is missed, but not the event of it in its parent.
      if (!(error instanceof Deno.errors.NotFound)) troubles.set(path, error as Error);
    }
  }
  return {
    troubles,
    async close() {
      for (const watcher of watchers) watcher.close();
      await Promise.all(reading);
    },
  };
}

async function read(watcher: Deno.FsWatcher, onEvent: (event: Deno.FsEvent) => void) {
  for await (const event of watcher) onEvent(event);
}

/** Whether it can be about a change of one of the paths, which may stand for what is in them. */
function concerns({ kind, paths, flag }: Deno.FsEvent, places: ReadonlySet<string>): boolean {
  if (kind === "access") return false;
  if (flag === "rescan" || kind === "any" || kind === "other") return true;
  return paths.some((path) =>
    [...places].some((place) => {
      if (path === place) return true;
      // A log that is written all the time would put off the quiet for ever. But links and folders
      // of any name can bring other files.
      if (path.startsWith(place + sep)) return kind !== "modify" || counts(basename(path));
      return place.startsWith(path + sep) && kind !== "modify";
    })
  );
}

const realPath = (path: string) => Deno.realPath(path).catch(() => undefined);

/** The folder that `path` is in or, while that is missing, would be in. */
async function nearestFolder(path: string): Promise<string> {
  const folder = dirname(path);
  if (folder === path) return path;
  const isFolder = await Deno.stat(folder).then((info) => info.isDirectory, () => false);
  return isFolder ? folder : await nearestFolder(folder);
}
