import { createHash } from "node:crypto";
import { join } from "node:path";
import { counts, type Place } from "./places.ts";

/** Hashes of file contents, by place and path. Only hashes, since some files are kubeconfigs. */
export type Snapshot = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Takes a snapshot. It records unreadable files as such, and no missing ones.
 *
 * Permissions: `--allow-read` of the places.
 */
export async function snapshot(places: readonly Place[]): Promise<Snapshot> {
  return new Map(
    await Promise.all(places.map(async (place) => {
      const files = new Map<string, string>();
      if (place.kind === "file") await addFile(files, place.path);
      else await addFolder(files, place.path, place.kind === "tree");
      return [place.path, files] as const;
    })),
  );
}

async function addFolder(files: Map<string, string>, folder: string, deep: boolean) {
  const added: Promise<void>[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = join(folder, name);
      if (isDirectory && deep) added.push(addFolder(files, path, deep));
      else if (!isDirectory && counts(name)) added.push(addFile(files, path));
    }
  } catch {
    // Missing, just removed, or unreadable: no files.
  }
  await Promise.all(added);
}

async function addFile(files: Map<string, string>, path: string) {
  try {
    // Reading a pipe would block.
    if (!(await Deno.stat(path)).isFile) return;
    files.set(path, createHash("sha256").update(await Deno.readFile(path)).digest("base64"));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) files.set(path, String(error));
  }
}

/**
 * Paths of files that were added, removed or changed, sorted. A place that is in only one of the snapshots
 * has not changed.
 */
export function changed(before: Snapshot, after: Snapshot): string[] {
  const paths = new Set<string>();
  for (const [place, now] of after) {
    const then = before.get(place);
    if (!then) continue;
    for (const path of new Set([...then.keys(), ...now.keys()])) {
      if (then.get(path) !== now.get(path)) paths.add(path);
    }
  }
  return [...paths].sort();
}
