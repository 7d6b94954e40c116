import { join } from "node:path";
import { refuse } from "./refused.ts";
import type { ClusterFields, Config, UserFields } from "./shape.ts";

/** A kubeconfig that was read. */
export interface ReadConfig {
  readonly config: Config;
  /** Absolute path of its folder, which paths in it are relative to. */
  readonly folder: string;
}

/**
 * Several kubeconfigs as one, as kubectl merges the files of KUBECONFIG: of entries with one name the
 * first file's, whole; of other fields the first that is not empty. Paths become absolute.
 * @see https://github.com/kubernetes/client-go/blob/v0.35.4/tools/clientcmd/loader.go
 */
export function merged(files: readonly ReadConfig[]): Config {
  const configs = files.map(withWholePaths);
  const maps = <K extends "clusters" | "users" | "contexts" | "extensions">(key: K) =>
    // Later entries of a map take the place of earlier ones.
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

/** A plugin's command is a path when there is a slash in it, else it is looked for in PATH. */
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
 * A kubeconfig with one context alone, its cluster and its user, as `kubectl config view --minify`
 * gives it.
 * @throws {NotUsable}
 */
export function minified(config: Config, name: string): Config {
  const context = config.contexts.get(name) ?? refuse("its context is not there");
  const cluster = config.clusters.get(context.cluster) ??
    refuse("its context names a cluster that is not there");
  const user = config.users.get(context.user) ??
    refuse("its context names a user that is not there");
  return {
    ...config,
    clusters: new Map([[context.cluster, cluster]]),
    users: new Map([[context.user, user]]),
    contexts: new Map([[name, context]]),
    "current-context": name,
  };
}

/**
 * The same with certificates and keys in it that were in files of their own, as `--flatten` has them.
 * A token's file stays one, as whoever writes a new token there wants that to be read.
 * @param read gives what is in a file
 * @throws {NotUsable}; what `read` does
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
      refuse(`its ${of} has both '${name}' and '${name}-data'`);
    }
    changed[`${name}-data`] = read(path);
    changed[name] = "";
  }
  return changed as Fields;
}
