import { KubeError } from "../kube/errors.ts";
import { serverIdentity } from "../kube/kubeconfig/identity.ts";
import { loggerOf } from "../log/logger.ts";
import { clustersFolder } from "./folder.ts";
import type { ClusterEntry, ClusterSource } from "./source.ts";
import type { ToldFiles } from "./told_files.ts";
import { KubeconfigRefused, vetKubeconfig, type VetRules, type Vetted } from "./vet.ts";

/**
 * The clusters of a folder of kubeconfigs, `NAME.kubeconfig` each. It is looked at anew each time, so
 * that a file that is dropped in or changed counts at once.
 *
 * Permissions: `--allow-read` of the folder and of what kubeconfigs name.
 * @param path of the folder, as configured
 * @param rules which kubeconfigs are used
 * @param told by which the log says once of each file that it is not taken
 */
export function folderSource(path: string, rules: VetRules, told: ToldFiles): ClusterSource {
  const folder = clustersFolder(path);
  const log = loggerOf("clusters");
  const seen = new Map<string, Vetted>();
  return {
    async list() {
      const found = await folder.look();
      if (found !== undefined) told.tell(path, found.passedOver);
      else log.warn("no clusters folder", { folder: path });
      return { clusters: (found?.names ?? []).map((name) => ({ name, labels: {} })) };
    },
    async find(name) {
      const file = folder.fileOf(name);
      try {
        const vetted = await vetKubeconfig(file, rules, seen);
        for (const warning of vetted.warnings) log.debug(warning);
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
  loggerOf("clusters").warn("kubeconfig refused", { cluster, reason: error.message });
  return new KubeError("invalid_kubeconfig", error.message, { cluster });
}
