import { join } from "node:path";

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
  /** Path of the cluster's kubeconfig as configured: `clusters/NAME.kubeconfig`. */
  fileOf(name: string): string;
}

/** Permissions: `--allow-read` of the folder. */
export function clustersFolder(path: string): ClustersFolder {
  const fileOf = (name: string) => join(path, name + SUFFIX);
  return {
    path,
    fileOf,
    async names() {
      const names: string[] = [];
      try {
        for await (const entry of Deno.readDir(path)) {
          const name = entry.name.slice(0, -SUFFIX.length);
          if (entry.name.endsWith(SUFFIX) && isClusterName(name) && !entry.isDirectory) {
            names.push(name);
          }
        }
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
      return names.sort();
    },
  };
}
