/** Programs of Debian packages. */
import { join } from "node:path";
import { cacheFolder, isExecutable, makeOnce, onPath, run, type World } from "./cache.ts";

/** Seconds that apt waits for another apt process. */
const WAIT = ["-o", "DPkg::Lock::Timeout=300"];

/**
 * Finds a program without installing it: on PATH, in the cache, or downloaded by apt and unpacked.
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
    // The package lists may be outdated or missing.
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

/**
 * Finds a program that may need libraries of other packages: on PATH; in CI its package is installed.
 * @returns `undefined` if it is missing and this is not CI
 * @throws Error when it is missing in CI and cannot be installed
 */
export async function installedProgram(
  program: string,
  packageName: string,
  world: World,
): Promise<string | undefined> {
  const found = await onPath(program, world);
  if (found !== undefined || world.env("CI") !== "true") return found;
  if (Deno.uid() !== 0) {
    throw new Error(`Cannot run ${program}: install the package ${packageName}`);
  }
  const folder = cacheFolder(world);
  await Deno.mkdir(folder, { recursive: true });
  using lock = await Deno.open(join(folder, "apt.lock"), { create: true, write: true });
  await lock.lock(true); // two updates of apt's lists at once fail
  world.report(`installing ${packageName} for ${program} …`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const args = ["install", "--yes", "--no-install-recommends", ...WAIT, packageName];
  await run("apt-get", args, { env }).catch(async () => {
    await run("apt-get", ["update"], { env });
    await run("apt-get", args, { env });
  });
  return await onPath(program, world);
}
