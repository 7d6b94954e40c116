import { join } from "node:path";
import { cacheFolder, makeOnce, realWorld } from "../../scripts/control_plane/cache.ts";
import { goBuild, goIsAtHand } from "../../scripts/control_plane/go.ts";

const ACTIONLINT = join(import.meta.dirname!, "actionlint");

/**
 * actionlint, built from its Go module once for each version.
 * @returns `undefined` without go, except in CI
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
