import { join } from "node:path";
import {
  cacheFolder,
  makeOnce,
  onPath,
  realWorld,
  run,
} from "../../scripts/control_plane/cache.ts";
import { goBuild, goIsAtHand } from "../../scripts/control_plane/go.ts";

/**
 * A program that may need libraries of its package's neighbours, so on a CI machine without it the
 * package is installed.
 * @returns `undefined` where it is missing and this is not CI
 * @throws Error when it is missing in CI and cannot be installed
 */
export async function findTool(name: string, packageName: string): Promise<string | undefined> {
  const found = await onPath(name, realWorld);
  if (found !== undefined || Deno.env.get("CI") !== "true") return found;
  if (Deno.uid() !== 0) throw new Error(`Cannot run ${name}: install the package ${packageName}`);
  realWorld.report(`installing ${packageName} for ${name} …`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const install = () =>
    run("apt-get", ["install", "--yes", "--no-install-recommends", packageName], { env });
  await install().catch(async () => {
    await run("apt-get", ["update"], { env });
    await install();
  });
  return await onPath(name, realWorld);
}

const ACTIONLINT = join(import.meta.dirname!, "actionlint");

/**
 * actionlint, built of its Go module once for each version.
 * @returns `undefined` where there is no go and this is not CI
 * @throws Error when it cannot be built
 */
export async function findActionlint(): Promise<string | undefined> {
  if (!await goIsAtHand(realWorld) && Deno.env.get("CI") !== "true") return undefined;
  const module = await Deno.readTextFile(join(ACTIONLINT, "go.mod"));
  const [, version] = /github\.com\/rhysd\/actionlint (v\S+)/.exec(module)!;
  const target = join(cacheFolder(realWorld), "actionlint", version!, "actionlint");
  return await makeOnce(target, `building actionlint ${version} with go`, realWorld, async (to) => {
    const made = join(to, "actionlint");
    const what = "github.com/rhysd/actionlint/cmd/actionlint";
    await goBuild(["-trimpath", "-buildvcs=false", "-o", made, what], {
      cwd: ACTIONLINT,
      what: "actionlint",
      world: realWorld,
    });
    return made;
  });
}
