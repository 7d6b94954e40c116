import { clustersFolder } from "../../clusters/folder.ts";
import { loadConfig } from "../../config/load.ts";
import { DEFAULT_CONFIG, settingsGiven } from "../setting_flags.ts";
import { printError } from "../terminal.ts";
import type { ProgramFlags } from "./open_api.ts";
import { plain } from "./table.ts";

/**
 * Says which files in the folder of kubeconfigs are no cluster's: who looks for one of them would
 * not know why it is not there.
 * @throws {ConfigError}
 */
export async function sayPassedOver(flags: ProgramFlags): Promise<void> {
  const { settings } = await loadConfig({
    flags: settingsGiven(flags),
    env: Deno.env.toObject(),
    file: flags.config ?? DEFAULT_CONFIG,
    fileRequired: flags.config !== undefined,
  });
  const folder = clustersFolder(settings["clusters-folder"]);
  const { passedOver = [] } = await folder.look() ?? {};
  for (const { file, why } of passedOver) {
    printError(`warning: ${plain(`${folder.path}/${file}`)} is no cluster's kubeconfig: ${why}\n`);
  }
}
