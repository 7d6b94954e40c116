/** The real control plane of a soak, if this machine has one: nothing is downloaded or built. */
import { cachedKubeApiserver } from "../control_plane/kube_apiserver.ts";
import { isExecutable, onPath, realWorld } from "../control_plane/cache.ts";
import { type ControlPlaneClient, controlPlaneFromEnv } from "../control_plane/connect.ts";
import { startControlPlane } from "../control_plane/control_plane.ts";
import { cachedEtcd } from "../control_plane/etcd.ts";
import { cachedKubectl } from "../control_plane/kubectl.ts";
import type { ApiSecret } from "./values.ts";

export interface RealCluster {
  kubeconfig(): Promise<string>;
  secrets(): Promise<ApiSecret[]>;
  /** Deletes what the soak wrote, or stops the control plane if it was started here. */
  stop(): Promise<void>;
}

/** @param namespaces unique names to create in it */
export async function startReal(namespaces: readonly string[]): Promise<RealCluster | undefined> {
  const shared = controlPlaneFromEnv();
  if (shared === undefined && !await isAtHand()) return undefined;
  const own = shared === undefined ? await startControlPlane() : undefined;
  const plane: ControlPlaneClient = shared ?? own!;
  for (const name of namespaces) {
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
    const { status } = await plane.request("POST", "/api/v1/namespaces", body);
    if (status !== 201) throw new Error(`Cannot create namespace '${name}': status ${status}`);
  }
  const path = (namespace: string) => `/api/v1/namespaces/${namespace}/secrets`;
  return {
    kubeconfig: () => Deno.readTextFile(plane.kubeconfigs.administrator),
    async secrets() {
      const all: ApiSecret[] = [];
      for (const namespace of namespaces) {
        const { status, body } = await plane.request("GET", path(namespace));
        if (status !== 200) throw new Error(`Cannot read '${namespace}': status ${status}`);
        all.push(...body.items);
      }
      return all;
    },
    async stop() {
      if (own) return await own.stop();
      for (const namespace of namespaces) await plane.request("DELETE", path(namespace));
    },
  };
}

async function isAtHand(): Promise<boolean> {
  const kubectl = await onPath("kubectl", realWorld) !== undefined ||
    await isExecutable(cachedKubectl(realWorld));
  if (!kubectl) return false;
  if (realWorld.env("KUBEBUILDER_ASSETS")) return true;
  const etcd = await cachedEtcd(realWorld) ?? await onPath("etcd", realWorld);
  return etcd !== undefined && await isExecutable(cachedKubeApiserver(realWorld));
}
