/** The Go program of this folder: built on Argo CD's own packages, once for each state of its source. */
import { join } from "node:path";
import {
  cacheFolder,
  isExecutable,
  makeOnce,
  onPath,
  realWorld,
  run,
  type World,
} from "../control_plane/cache.ts";

/** Whose code judges; go.mod has it too, which a test compares. */
export const argocdVersion = "v3.5.6";

const folder = import.meta.dirname!;

/** The argocd reader's world: what it says begins with its own name. */
export const readersWorld: World = {
  ...realWorld,
  report: (line) => console.error(`argocd reader: ${line}`),
};

/** Whether it is built or can be: a test that needs it is ignored where it cannot. */
export async function argocdReaderIsAtHand(world: World = readersWorld): Promise<boolean> {
  return await isExecutable(await cachedArgocdReader(world)) ||
    await onPath("go", world) !== undefined;
}

/**
 * The path of the program: from the cache, else built, which takes minutes and the network.
 * @throws Error saying how to get it
 */
export async function findArgocdReader(world: World = readersWorld): Promise<string> {
  const cached = await cachedArgocdReader(world);
  if (await isExecutable(cached)) return cached;
  const what = `building it on Argo CD ${argocdVersion} with go (minutes, only once)`;
  const made = makeOnce(cached, what, world, async (temporaryFolder) => {
    const output = join(temporaryFolder, "argocd-reader");
    await run("go", buildArguments(output), {
      cwd: folder,
      env: { CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "" },
    });
    return output;
  });
  return await made.catch((cause: Error) => {
    const how = `install Go 1.26.3 or newer so that it can be built. Tried: ${cause.message}`;
    throw new Error(`Cannot find the argocd reader: ${how}`, { cause });
  });
}

/** Without the state of the repository, which go would ask git for and bake in. */
function buildArguments(output: string): string[] {
  return ["build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", output, "."];
}

/** Its place in the cache, which is another one as soon as a byte of its source is. */
export async function cachedArgocdReader(world: World): Promise<string> {
  const state = `${argocdVersion}-${(await sourceSum()).slice(0, 12)}`;
  return join(cacheFolder(world), "argocd-reader", state, "argocd-reader");
}

async function sourceSum(): Promise<string> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => /\.go$|^go\.(mod|sum)$/.test(name)).sort();
  const texts = await Promise.all(names.map((name) => Deno.readTextFile(join(folder, name))));
  const all = new TextEncoder().encode(JSON.stringify([names, texts]));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all)).toHex();
}
