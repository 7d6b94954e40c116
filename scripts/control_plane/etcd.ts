/** etcd from the Debian or Ubuntu package, unpacked and not installed: no service starts. */
import { join } from "node:path";
import { cacheFolder, isExecutable, makeOnce, run, type World } from "./cache.ts";

const folderOf = (world: World) => join(cacheFolder(world), "etcd");

/** The cached etcd, of any version. */
export async function cachedEtcd(world: World): Promise<string | undefined> {
  try {
    for await (const { name } of Deno.readDir(folderOf(world))) {
      const path = join(folderOf(world), name, "etcd");
      if (await isExecutable(path)) return path;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return undefined;
}

/** If apt does not find the package, its lists are updated once. */
export async function makeEtcd(world: World): Promise<string> {
  const known = await candidate();
  let why = "apt knows no package etcd-server";
  if (known) {
    try {
      return await download(known, world);
    } catch (error) {
      why = (error as Error).message;
    }
  }
  world.report(`${why}: apt-get update …`);
  const start = performance.now();
  await run("apt-get", ["update"]).catch((error: Error) => why += `; ${error.message}`);
  world.report(`apt-get update: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  const found = await candidate();
  if (!found) throw new Error(why);
  return await download(found, world);
}

async function download(version: string, world: World): Promise<string> {
  const target = join(folderOf(world), version.replaceAll(/[^\w.+~-]/g, "_"), "etcd");
  const what = `getting etcd ${version} with apt-get download`;
  return await makeOnce(target, what, world, async (temporaryFolder) => {
    await run("apt-get", ["download", `etcd-server=${version}`], { cwd: temporaryFolder });
    const [archive] = [...Deno.readDirSync(temporaryFolder)].filter((f) => f.name.endsWith(".deb"));
    if (!archive) throw new Error("Cannot get etcd: apt-get download left no package");
    await run("dpkg-deb", ["-x", archive.name, "unpacked"], { cwd: temporaryFolder });
    return join(temporaryFolder, "unpacked", "usr", "bin", "etcd");
  });
}

/** The version that apt would download. */
async function candidate(): Promise<string | undefined> {
  const args = ["show", "--no-all-versions", "etcd-server"];
  const shown = await run("apt-cache", args).catch((error: Error) => {
    if (error.message.includes("not on PATH")) throw error;
    return "";
  });
  return /^Version: (\S+)$/m.exec(shown)?.[1];
}
