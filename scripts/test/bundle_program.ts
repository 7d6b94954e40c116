/** Bundles the program for the tests that run it as a process: a bundle starts in half the CPU time. */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { runBundler } from "../build/bundle.ts";
import { cacheFolder, realWorld, type World } from "../control_plane/cache.ts";

/** Milliseconds after which no concurrent run uses a file of an earlier bundle. */
const UNUSED = 24 * 3_600_000;

/**
 * Bundles main.ts as for a release. The folder is always the same, since V8 caches the code of a module by its
 * path. Concurrent runs may share it, since the names of chunks contain hashes.
 * @returns the path of the main module
 */
export async function bundleProgram(root: string, world: World = realWorld): Promise<string> {
  const programs = join(dirname(cacheFolder(world)), "test-program");
  const folder = join(programs, createHash("sha256").update(root).digest("hex").slice(0, 16));
  await Deno.mkdir(folder, { recursive: true });
  const made = await Deno.makeTempDir({ dir: programs, prefix: "making-" });
  try {
    await runBundler(root, made);
    await Deno.writeTextFile(join(made, "deno.json"), await configOf(root));
    await replace(folder, made);
  } finally {
    await Deno.remove(made, { recursive: true });
  }
  return join(folder, MAIN);
}

const MAIN = "main.js";

/** The part of deno.json that a bundle needs. */
async function configOf(root: string): Promise<string> {
  const { unstable } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  return JSON.stringify({ unstable });
}

/** Moves the changed files of `made` to `folder`, the main module last, and removes old files. */
export async function replace(folder: string, made: string): Promise<void> {
  const names = [...Deno.readDirSync(made)].map(({ name }) => name);
  for (const name of names.toSorted((a, b) => Number(a === MAIN) - Number(b === MAIN))) {
    const [from, to] = [join(made, name), join(folder, name)];
    const [is, was] = await Promise.all([from, to].map(textOf));
    if (is !== was) await Deno.rename(from, to);
  }
  for (const { name } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    const changed = (await Deno.stat(path).catch(() => undefined))?.mtime?.getTime() ?? Date.now();
    if (changed < Date.now() - UNUSED && !names.includes(name)) await Deno.remove(path);
  }
}

const textOf = (path: string): Promise<string | undefined> =>
  Deno.readTextFile(path).catch(() => undefined);
