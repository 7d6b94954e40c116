/** The Go program of this folder with Argo CD's packages, built once for each state of its source. */
import { join } from "node:path";
import {
  cacheFolder,
  isExecutable,
  makeOnce,
  realWorld,
  type World,
} from "../control_plane/cache.ts";
import { goBuild, goIsAtHand } from "../control_plane/go.ts";

/** The version of Argo CD; a test compares it with go.mod. */
export const argocdVersion = "v3.5.6";

const folder = import.meta.dirname!;

/** The environment of the argocd reader: its messages start with its name. */
export const readersWorld: World = {
  ...realWorld,
  report: (line) => console.error(`argocd reader: ${line}`),
};

/** Whether it is built or can be built; otherwise tests that need it are ignored. */
export async function argocdReaderIsAtHand(world: World = readersWorld): Promise<boolean> {
  return await isExecutable(await cachedArgocdReader(world)) || await goIsAtHand(world);
}

/**
 * The path of the program: from the cache, or built, which takes minutes and needs the network.
 * @throws Error saying how to get it
 */
export async function findArgocdReader(world: World = readersWorld): Promise<string> {
  const cached = await cachedArgocdReader(world);
  if (await isExecutable(cached)) return cached;
  const what = `building it on Argo CD ${argocdVersion} with Go (2 to 6 minutes, only once)`;
  const made = makeOnce(cached, what, world, async (temporaryFolder) => {
    const output = join(temporaryFolder, "argocd-reader");
    await goBuild(buildArguments(output), { cwd: folder, what: "argocd reader", world });
    return output;
  });
  return await made.catch((cause: Error) => {
    const how = `install Go 1.21 or newer so that it can be built. Tried: ${cause.message}`;
    throw new Error(`Cannot find the argocd reader: ${how}`, { cause });
  });
}

/** Flags of `go build`: without the state of the repository, which Go would embed. */
function buildArguments(output: string): string[] {
  return ["-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", output, "."];
}

/** Its path in the cache, which depends on a hash of its source. */
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
