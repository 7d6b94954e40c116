/** Finds the registry of the Debian package, and where it must fetches it, without installing it. */
import { join } from "node:path";
import {
  cacheFolder,
  isExecutable,
  makeOnce,
  onPath,
  realWorld,
  run,
  type World,
} from "../../scripts/control_plane/cache.ts";

const PACKAGE = "docker-registry";

/**
 * On PATH, in the cache, or as apt fetches it.
 * @returns its path; `undefined`, with the reason said, where none is to be had
 */
export async function findDockerRegistry(world: World = realWorld): Promise<string | undefined> {
  const cached = join(cacheFolder(world), PACKAGE, PACKAGE);
  if (await isExecutable(cached)) return cached;
  return await onPath(PACKAGE, world) ?? await fetchPackage(cached, world).catch((error: Error) => {
    console.error(`Cannot find ${PACKAGE}, of the package of that name: ${error.message}`);
    return undefined;
  });
}

function fetchPackage(target: string, world: World): Promise<string> {
  const what = `getting ${PACKAGE} with apt-get download`;
  return makeOnce(target, what, world, async (folder) => {
    const download = () => run("apt-get", ["download", PACKAGE], { cwd: folder });
    // Its lists may be old, or not there at all.
    await download().catch(async () => {
      await run("apt-get", ["update"]);
      await download();
    });
    const archive = [...Deno.readDirSync(folder)].find(({ name }) => name.endsWith(".deb"));
    if (!archive) throw new Error("apt-get download left no package");
    await run("dpkg-deb", ["-x", archive.name, "unpacked"], { cwd: folder });
    return join(folder, "unpacked", "usr", "bin", PACKAGE);
  });
}
