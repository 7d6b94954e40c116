import { KubeError } from "../kube/errors.ts";
import { serverIdentity } from "../kube/kubeconfig/identity.ts";
import { observe } from "../observe/observe.ts";
import { clustersFolder } from "./folder.ts";
import type { ClusterEntry, ClusterSource } from "./source.ts";
import type { PassedOverFiles } from "./passed_over_files.ts";
import { KubeconfigRefused, vetKubeconfig, type VetRules, type Vetted } from "./vet.ts";

/**
 * The clusters of a folder of kubeconfigs, `NAME.kubeconfig` each. It is looked at anew each time, so
 * that a file that is dropped in or changed counts at once.
 *
 * Permissions: `--allow-read` of the folder and of what kubeconfigs name.
 * @param path of the folder, as configured
 * @param rules which kubeconfigs are used
 * @param passedOver by which the log says once of each file that it is not taken
 */
export function folderSource(
  path: string,
  rules: VetRules,
  passedOver: PassedOverFiles,
): ClusterSource {
  const folder = clustersFolder(path);
  const seen = new Map<string, Vetted>();
  return {
    async list() {
      const names = await passedOver.namesIn(folder);
      return { clusters: names.map((name) => ({ name, labels: {} })) };
    },
    async find(name) {
      const file = folder.fileOf(name);
      try {
        const vetted = await vetKubeconfig(file, rules, seen);
        for (const warning of vetted.warnings) observe("clusters.kubeconfig_warning", { warning });
        return entryOf(name, vetted);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        return { name, labels: {}, problem: problemOf(error, name, file) };
      }
    },
    placeOf: (name) => folder.fileOf(name),
  };
}

function entryOf(name: string, { path, content, current, version }: Vetted): ClusterEntry {
  const identity = serverIdentity(current.reveal());
  return { name, labels: {}, identity, version, kubeconfig: { path, content } };
}

/** @throws what is no problem of this cluster's */
function problemOf(error: unknown, cluster: string, file: string): KubeError {
  if (error instanceof Error && error.message.includes("os error 24")) { // EMFILE
    const message = `Cannot use kubeconfig '${file}': the server has too many files open`;
    return new KubeError("busy", message, { cluster, retryAfter: 5 });
  }
  if (!(error instanceof KubeconfigRefused)) throw error;
  observe("clusters.kubeconfig_refused", { cluster, reason: error.message });
  return new KubeError("invalid_kubeconfig", error.message, { cluster });
}
