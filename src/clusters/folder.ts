const SUFFIX = ".kubeconfig";

/** The file in the clusters folder that contains the clusters' labels. */
export const LABELS_FILE = "labels.yaml";

/** The rule for cluster names, for messages. */
export const CLUSTER_NAME_RULE =
  "a cluster name starts with a letter or digit and consists of letters, digits, '.', '_' and '-', at most 253 characters";

/** Whether a name is a valid cluster name. Invalid names are never used in file paths. */
export function isClusterName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(name);
}

/**
 * Files that are expected next to kubeconfigs, and ignored silently: hidden files, texts, editors' backups,
 * and certificates and keys that kubeconfigs name.
 */
const OTHERS = /^\.|^(README|LICENSE|NOTICE)|\.(md|txt|bak|orig|old|tmp|crt|cer|pem|key|pub)$|~$/i;

/** The cluster whose kubeconfig a file is; otherwise why it is ignored, unless it is ignored silently. */
function judged({ name, isDirectory }: Deno.DirEntry): { cluster?: string; why?: string } {
  if (name === LABELS_FILE && !isDirectory) return {};
  const isKubeconfig = name.endsWith(SUFFIX);
  const cluster = isKubeconfig ? name.slice(0, -SUFFIX.length) : name.replace(/\.[^.]*$/, "");
  if (isDirectory) return isKubeconfig ? { why: "it is a folder" } : {};
  if (isKubeconfig && isClusterName(cluster)) return { cluster };
  if (OTHERS.test(name)) return {};
  return isClusterName(cluster)
    ? { why: `names of kubeconfigs end in ${SUFFIX}; rename it to ${cluster}${SUFFIX}` }
    : { why: CLUSTER_NAME_RULE };
}

/** The path of a file in the folder, relative if the folder is configured as a relative path. */
export function inFolder(folder: string, name: string): string {
  return `${folder.replace(/(?<!\/)\/+$/, "")}/${name}`;
}

/** The clusters folder. It is read at each call, so that a new file is used immediately. */
export type ClustersFolder = ReturnType<typeof clustersFolder>;

/**
 * Permissions: `--allow-read` of the folder.
 * @param path as configured; also used in messages
 */
export function clustersFolder(path: string) {
  return {
    path,
    /** The path of the cluster's kubeconfig: `clusters/NAME.kubeconfig`. */
    fileOf: (name: string) => inFolder(path, `${name}${SUFFIX}`),
    /**
     * The names of the clusters, and the ignored files that may be meant as kubeconfigs, with the reason
     * and what to do; both sorted. `undefined` when the folder is missing.
     */
    async look() {
      const names: string[] = [];
      const ignored: { file: string; why: string }[] = [];
      try {
        for await (const entry of Deno.readDir(path)) {
          const { cluster, why } = judged(entry);
          if (cluster !== undefined) names.push(cluster);
          if (why !== undefined) ignored.push({ file: entry.name, why });
        }
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
      ignored.sort((a, b) => a.file < b.file ? -1 : 1);
      return { names: names.sort(), ignored };
    },
  };
}
