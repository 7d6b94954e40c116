import { basename, dirname, sep } from "node:path";
import { counts, type Place } from "./places.ts";

export interface EventOptions {
  /** Called when something in one of the places may have changed. */
  readonly onEvent: () => void;
  /** @default Deno.watchFs */
  readonly watchFs?: typeof Deno.watchFs;
}

export interface Events {
  /** Places that cannot be watched, and why; their creation is noticed. */
  readonly troubles: ReadonlyMap<string, "missing" | Error>;
  /** Resolves when the same places can be watched again. */
  close(): Promise<void>;
}

/**
 * Watches places in the file system. For a place that is missing or is removed later, the nearest existing
 * parent folder is watched. After a place was removed and created again, changes below it are noticed only
 * by a new watch.
 *
 * Permissions: `--allow-read` of the places and the folders that they are in.
 */
export async function listen(places: readonly Place[], options: EventOptions): Promise<Events> {
  const { onEvent, watchFs = Deno.watchFs } = options;
  const troubles = new Map<string, "missing" | Error>();
  /** Folders to watch, and whether to include subfolders. */
  const folders = new Map<string, boolean>();
  const add = (path: string, deep: boolean) => folders.set(path, deep || !!folders.get(path));
  const paths = new Set<string>();
  for (const { path, kind } of places) {
    // Events have the real name of a folder behind a link, and events of the link its own name.
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
      // If it has just been removed, the event in its parent is noticed.
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

/** Whether an event can be about one of the paths or about a file in it. */
function concerns({ kind, paths, flag }: Deno.FsEvent, places: ReadonlySet<string>): boolean {
  if (kind === "access") return false;
  if (flag === "rescan" || kind === "any" || kind === "other") return true;
  return paths.some((path) =>
    [...places].some((place) => {
      if (path === place) return true;
      // A log that is written all the time would delay the restart for ever. But links and folders of
      // any name can contain other files.
      if (path.startsWith(place + sep)) return kind !== "modify" || counts(basename(path));
      return place.startsWith(path + sep) && kind !== "modify";
    })
  );
}

const realPath = (path: string) => Deno.realPath(path).catch(() => undefined);

/** The nearest existing parent folder of `path`. */
async function nearestFolder(path: string): Promise<string> {
  const folder = dirname(path);
  if (folder === path) return path;
  const isFolder = await Deno.stat(folder).then((info) => info.isDirectory, () => false);
  return isFolder ? folder : await nearestFolder(folder);
}
