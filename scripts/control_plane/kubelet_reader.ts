/** The Go program with kubelet's packages, built once for each state of its source. */
import { join } from "node:path";
import { cacheFolder, isExecutable, makeOnce, realWorld, type World } from "./cache.ts";
import { goBuild, goIsAtHand } from "./go.ts";
import { kubernetesVersion } from "./kube_apiserver.ts";

const folder = join(import.meta.dirname!, "apiserver");

const readersWorld: World = {
  ...realWorld,
  report: (line) => console.error(`kubelet reader: ${line}`),
};

/** Whether it is built or can be built; otherwise tests that need it are ignored. */
export async function kubeletReaderIsAtHand(world: World = readersWorld): Promise<boolean> {
  return await isExecutable(await cachedKubeletReader(world)) || await goIsAtHand(world);
}

/** Its path in the cache, which depends on a hash of its source. */
export async function cachedKubeletReader(world: World): Promise<string> {
  const names = ["go.mod", "go.sum", "kubelet_reader/main.go"];
  const texts = await Promise.all(names.map((name) => Deno.readTextFile(join(folder, name))));
  const all = new TextEncoder().encode(JSON.stringify(texts));
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", all)).toHex().slice(0, 12);
  const state = `${kubernetesVersion}-${sum}`;
  return join(cacheFolder(world), "kubelet-reader", state, "kubelet-reader");
}

/**
 * The path of the program: from the cache, or built, which takes a minute and needs the network.
 * @throws Error saying how to get it
 */
export async function findKubeletReader(world: World = readersWorld): Promise<string> {
  const cached = await cachedKubeletReader(world);
  if (await isExecutable(cached)) return cached;
  const what =
    `building it on Kubernetes ${kubernetesVersion} with Go (a minute or two, only once)`;
  return await makeOnce(cached, what, world, async (temporaryFolder) => {
    const output = join(temporaryFolder, "kubelet-reader");
    const flags = ["-trimpath", "-buildvcs=false", "-ldflags", "-s -w"];
    const args = [...flags, "-o", output, "./kubelet_reader"];
    await goBuild(args, { cwd: folder, what: "kubelet reader", world });
    return output;
  }).catch((cause: Error) => {
    const how = `install Go 1.21 or newer so that it can be built. Tried: ${cause.message}`;
    throw new Error(`Cannot find the kubelet reader: ${how}`, { cause });
  });
}
