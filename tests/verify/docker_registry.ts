import { realWorld, type World } from "../../scripts/control_plane/cache.ts";
import { debianProgram } from "../../scripts/control_plane/debian.ts";

/**
 * The registry of the Debian package, on PATH, in the cache, or as apt fetches it.
 * @returns its path; `undefined`, with the reason printed, if none is available
 */
export async function findDockerRegistry(world: World = realWorld): Promise<string | undefined> {
  return await debianProgram("docker-registry", "docker-registry", world).catch((error: Error) => {
    console.error(error.message);
    return undefined;
  });
}
