import { resolve } from "node:path";
import { DEFAULT } from "../config/load.ts";
import { configOf, type Configured, type SettingFlags } from "./setting_flags.ts";

/** The folder for new clusters. */
export interface ClustersHome {
  /** Absolute. The folder may not exist. */
  readonly path: string;
  /** Whether no clusters folder was found or named, so that the user's own folder is used. */
  readonly isNew: boolean;
  readonly config: Configured;
}

/**
 * The folder for new clusters: the clusters folder in effect, or
 * `$XDG_CONFIG_HOME/argocd-configurer/clusters`, which later commands find from any directory.
 * @throws {ConfigError}
 */
export async function clustersHome(
  flags: Pick<SettingFlags, "config" | "clustersFolder">,
): Promise<ClustersHome> {
  return clustersHomeOf(await configOf(flags));
}

export function clustersHomeOf(config: Configured): ClustersHome {
  const { settings, origins, home } = config;
  const isNew = home.kind === "none" && origins["clusters-folder"] === DEFAULT;
  const path = isNew ? home.clustersToMake : resolve(settings["clusters-folder"]);
  return { path, isNew, config };
}
