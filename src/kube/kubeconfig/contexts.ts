import { join } from "node:path";
import { reject } from "./not_usable.ts";
import type { ClusterFields, Config, UserFields } from "./shape.ts";

/** A kubeconfig with the folder of its file. */
export interface ReadConfig {
  readonly config: Config;
  /** Absolute path of the folder, for relative paths in the kubeconfig. */
  readonly folder: string;
}

/**
 * Merges kubeconfigs like kubectl merges the files of KUBECONFIG. Of entries with the same name the first
 * file's wins as a whole; of other fields the first non-empty one wins. Paths become absolute.
 * @see https://github.com/kubernetes/client-go/blob/v0.35.4/tools/clientcmd/loader.go
 */
export function merged(files: readonly ReadConfig[]): Config {
  const configs = files.map(withWholePaths);
  const maps = <K extends "clusters" | "users" | "contexts" | "extensions">(key: K) =>
    // Reversed, since later entries of a map override earlier ones.
    new Map(
      configs.toReversed().flatMap((each) => [...each[key] as Map<string, unknown>]),
    ) as unknown as Config[K];
  const preferences = configs.map((each) => each.preferences);
  return {
    apiVersion: "v1",
    kind: "Config",
    preferences: {
      colors: preferences.some(({ colors }) => colors),
      extensions: new Map(preferences.toReversed().flatMap(({ extensions }) => [...extensions])),
    },
    clusters: maps("clusters"),
    users: maps("users"),
    contexts: maps("contexts"),
    "current-context": configs.map((each) => each["current-context"]).find(Boolean) ?? "",
    extensions: maps("extensions"),
  };
}

function withWholePaths({ config, folder }: ReadConfig): Config {
  const clusters = [...config.clusters].map(([name, cluster]) =>
    [name, clusterWithWholePaths(cluster, folder)] as const
  );
  const users = [...config.users].map(([name, user]) =>
    [name, userWithWholePaths(user, folder)] as const
  );
  return { ...config, clusters: new Map(clusters), users: new Map(users) };
}

function clusterWithWholePaths(cluster: ClusterFields, folder: string): ClusterFields {
  return {
    ...cluster,
    "certificate-authority": whole(cluster["certificate-authority"], folder),
  };
}

/** A plugin's command with a slash is a path; otherwise it is looked up in PATH and stays as it is. */
function userWithWholePaths(user: UserFields, folder: string): UserFields {
  const { exec } = user;
  return {
    ...user,
    "client-certificate": whole(user["client-certificate"], folder),
    "client-key": whole(user["client-key"], folder),
    tokenFile: whole(user.tokenFile, folder),
    exec: exec?.command.includes("/") ? { ...exec, command: whole(exec.command, folder) } : exec,
  };
}

const whole = (path: string, folder: string) =>
  path === "" || path.startsWith("/") ? path : join(folder, path);

/**
 * A kubeconfig with only one context, its cluster and its user, like `kubectl config view --minify`.
 * @throws {NotUsable}
 */
export function minified(config: Config, name: string): Config {
  const context = config.contexts.get(name) ?? reject("its context does not exist");
  const cluster = config.clusters.get(context.cluster) ??
    reject("its context names a cluster that does not exist");
  const user = config.users.get(context.user) ??
    reject("its context names a user that does not exist");
  return {
    ...config,
    clusters: new Map([[context.cluster, cluster]]),
    users: new Map([[context.user, user]]),
    contexts: new Map([[name, context]]),
    "current-context": name,
  };
}

/**
 * Embeds the certificates and keys that a kubeconfig names as files, like `--flatten`. `tokenFile` stays a
 * path, because the token in the file is replaced from time to time.
 * @param read returns the content of a file
 * @throws {NotUsable}; what `read` throws
 */
export function flattened(config: Config, read: (path: string) => Uint8Array): Config {
  const clusters = [...config.clusters].map(([name, cluster]) =>
    [name, embedded(cluster, "cluster", ["certificate-authority"], read)] as const
  );
  const users = [...config.users].map(([name, user]) =>
    [name, embedded(user, "user", ["client-certificate", "client-key"], read)] as const
  );
  return { ...config, clusters: new Map(clusters), users: new Map(users) };
}

function embedded<Fields extends ClusterFields | UserFields>(
  fields: Fields,
  of: string,
  names: readonly string[],
  read: (path: string) => Uint8Array,
): Fields {
  const changed: Record<string, unknown> = { ...fields };
  for (const name of names) {
    const path = changed[name] as string;
    if (path === "") continue;
    if ((changed[`${name}-data`] as Uint8Array).length > 0) {
      reject(`its ${of} has both '${name}' and '${name}-data'`);
    }
    changed[`${name}-data`] = read(path);
    changed[name] = "";
  }
  return changed as Fields;
}
