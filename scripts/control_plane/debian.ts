/** A program of a Debian package, without installing it. */
import { join } from "node:path";
import { cacheFolder, isExecutable, makeOnce, onPath, run, type World } from "./cache.ts";

/**
 * On PATH, in the cache, or fetched by apt and taken out of its package.
 * @returns its path
 * @throws Error saying which package has it
 */
export async function debianProgram(
  program: string,
  packageName: string,
  world: World,
): Promise<string> {
  const cached = join(cacheFolder(world), packageName, program);
  const found = await onPath(program, world) ?? (await isExecutable(cached) ? cached : undefined);
  if (found !== undefined) return found;
  const what = `getting ${program} with apt-get download`;
  return await makeOnce(cached, what, world, async (folder) => {
    const download = () => run("apt-get", ["download", packageName], { cwd: folder });
    // Its lists may be old, or not there at all.
    await download().catch(async () => {
      await run("apt-get", ["update"]);
      await download();
    });
    const archive = [...Deno.readDirSync(folder)].find(({ name }) => name.endsWith(".deb"));
    if (!archive) throw new Error("apt-get download left no package");
    await run("dpkg-deb", ["-x", archive.name, "unpacked"], { cwd: folder });
    return join(folder, "unpacked", "usr", "bin", program);
  }).catch((cause: Error) => {
    const how = `install it (Debian and Ubuntu: the package ${packageName})`;
    throw new Error(`Cannot find ${program}: ${how}. Tried: ${cause.message}`, { cause });
  });
}
