const SUFFIX = ".kubeconfig";

/** What a cluster's name is, for messages. */
export const CLUSTER_NAME_RULE =
  "a cluster name starts with a letter or digit and consists of letters, digits, '.', '_' and '-', at most 253";

/** Whether `name` can be a cluster's name; anything else never touches the file system. */
export function isClusterName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(name);
}

/** The folder of kubeconfigs, read at each call, so that a file dropped in shows at once. */
export interface ClustersFolder {
  /** As configured, for messages. */
  readonly path: string;
  /** Names of the clusters, sorted; `undefined` when the folder is missing. */
  names(): Promise<string[] | undefined>;
  /** The same, and what is not taken. */
  look(): Promise<Found | undefined>;
  /** Path of the cluster's kubeconfig as configured: `clusters/NAME.kubeconfig`. */
  fileOf(name: string): string;
}

export interface Found {
  /** Sorted. */
  readonly names: string[];
  /** Files that are no cluster's kubeconfig and may be meant to be, sorted. */
  readonly passedOver: PassedOver[];
}

/** A file that is not taken. */
export interface PassedOver {
  readonly file: string;
  /** What is wrong with its name, and what to do. */
  readonly why: string;
}

/**
 * What lies beside kubeconfigs and is not meant to be one: what is hidden, texts, copies of editors,
 * certificates and keys that kubeconfigs name.
 */
const OTHERS = /^\.|^(README|LICENSE|NOTICE)|\.(md|txt|bak|orig|old|tmp|crt|cer|pem|key|pub)$|~$/i;

/** The cluster whose kubeconfig it is; else why it is none, where that is worth a word. */
function judged({ name, isDirectory }: Deno.DirEntry): { cluster?: string; why?: string } {
  const isKubeconfig = name.endsWith(SUFFIX);
  const cluster = isKubeconfig ? name.slice(0, -SUFFIX.length) : name.replace(/\.[^.]*$/, "");
  if (isDirectory) return isKubeconfig ? { why: "it is a folder" } : {};
  if (isKubeconfig && isClusterName(cluster)) return { cluster };
  if (OTHERS.test(name)) return {};
  return isClusterName(cluster)
    ? { why: `kubeconfigs end in ${SUFFIX}: rename it to ${cluster}${SUFFIX}` }
    : { why: CLUSTER_NAME_RULE };
}

/** Permissions: `--allow-read` of the folder. */
export function clustersFolder(path: string): ClustersFolder {
  const look = async (): Promise<Found | undefined> => {
    const names: string[] = [];
    const passedOver: PassedOver[] = [];
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
    return {
      names: names.sort(),
      passedOver: passedOver.sort((a, b) => a.file < b.file ? -1 : 1),
    };
  };
  return {
    path,
    fileOf: (name: string) => `${path.replace(/(?<!\/)\/+$/, "")}/${name}${SUFFIX}`,
    names: async () => (await look())?.names,
    look,
  };
}
