import { resolve } from "node:path";
import { DEFAULT } from "../config/load.ts";
import { configOf, type Configured, type SettingFlags } from "./setting_flags.ts";

/** Where clusters are put. */
export interface ClustersHome {
  /** Absolute. It need not be there. */
  readonly path: string;
  /**
   * Whether nothing was found and nothing is named: the folder is then one that later commands find
   * from anywhere.
   */
  readonly isNew: boolean;
  readonly config: Configured;
}

/**
 * The folder into which new clusters go: the clusters folder in effect; where there is none yet,
 * `$XDG_CONFIG_HOME/argocd-configurer/clusters`.
 * @throws {ConfigError}
 */
export async function clustersHome(
  flags: Pick<SettingFlags, "config" | "clustersFolder">,
): Promise<ClustersHome> {
  const config = await configOf(flags);
  const { settings, origins, home } = config;
  const isNew = home.kind === "none" && origins["clusters-folder"] === DEFAULT;
  const path = isNew ? home.clustersToMake : resolve(settings["clusters-folder"]);
  return { path, isNew, config };
}
