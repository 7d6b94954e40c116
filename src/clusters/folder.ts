const SUFFIX = ".kubeconfig";

/** The file in a folder of kubeconfigs that holds the clusters' labels. */
export const LABELS_FILE = "labels.yaml";

/** What a cluster's name is, for messages. */
export const CLUSTER_NAME_RULE =
  "a cluster name starts with a letter or digit and consists of letters, digits, '.', '_' and '-', at most 253";

/** Whether `name` can be a cluster's name; anything else never touches the file system. */
export function isClusterName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(name);
}

/**
 * What lies beside kubeconfigs and is not meant to be one: what is hidden, texts, copies of editors,
 * certificates and keys that kubeconfigs name.
 */
const OTHERS = /^\.|^(README|LICENSE|NOTICE)|\.(md|txt|bak|orig|old|tmp|crt|cer|pem|key|pub)$|~$/i;

/** The cluster whose kubeconfig it is; else why it is none, where that is worth a word. */
function judged({ name, isDirectory }: Deno.DirEntry): { cluster?: string; why?: string } {
  if (name === LABELS_FILE && !isDirectory) return {};
  const isKubeconfig = name.endsWith(SUFFIX);
  const cluster = isKubeconfig ? name.slice(0, -SUFFIX.length) : name.replace(/\.[^.]*$/, "");
  if (isDirectory) return isKubeconfig ? { why: "it is a folder" } : {};
  if (isKubeconfig && isClusterName(cluster)) return { cluster };
  if (OTHERS.test(name)) return {};
  return isClusterName(cluster)
    ? { why: `kubeconfigs end in ${SUFFIX}: rename it to ${cluster}${SUFFIX}` }
    : { why: CLUSTER_NAME_RULE };
}

/** A file of the folder, by its path as configured. */
export function inFolder(folder: string, name: string): string {
  return `${folder.replace(/(?<!\/)\/+$/, "")}/${name}`;
}

/** The folder of kubeconfigs, read at each call, so that a file dropped in shows at once. */
export type ClustersFolder = ReturnType<typeof clustersFolder>;

/**
 * Permissions: `--allow-read` of the folder.
 * @param path as configured, for messages, too
 */
export function clustersFolder(path: string) {
  return {
    path,
    /** Path of the cluster's kubeconfig as configured: `clusters/NAME.kubeconfig`. */
    fileOf: (name: string) => inFolder(path, `${name}${SUFFIX}`),
    /**
     * Names of the clusters, and files that are no cluster's kubeconfig and may be meant to be, with
     * what is wrong with their names and what to do; both sorted. `undefined` when it is missing.
     */
    async look() {
      const names: string[] = [];
      const passedOver: { file: string; why: string }[] = [];
      try {
        for await (const entry of Deno.readDir(path)) {
          const { cluster, why } = judged(entry);
          if (cluster !== undefined) names.push(cluster);
          if (why !== undefined) passedOver.push({ file: entry.name, why });
        }
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
      passedOver.sort((a, b) => a.file < b.file ? -1 : 1);
      return { names: names.sort(), passedOver };
    },
  };
}
