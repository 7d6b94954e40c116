import { clustersFolder } from "../../clusters/folder.ts";
import { loadConfig } from "../../config/load.ts";
import { DEFAULT_CONFIG } from "../setting_flags.ts";

/**
 * The clusters that a command line may name, for its completion: those of the folder that it means.
 * None where that cannot be told, as no completion is worth a message.
 * @param words those of the command line so far
 */
export async function clusterNames(words: readonly string[]): Promise<readonly string[]> {
  const config = valueOf("--config", words);
  try {
    const { settings } = await loadConfig({
      flags: { "clusters-folder": valueOf("--clusters-folder", words) },
      env: Deno.env.toObject(),
      file: config ?? DEFAULT_CONFIG,
      fileRequired: config !== undefined,
    });
    return await clustersFolder(settings["clusters-folder"]).names() ?? [];
  } catch {
    return [];
  }
}

/** Of `--flag value` or `--flag=value`. */
function valueOf(flag: string, words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  if (at < 0) return undefined;
  return words[at] === flag ? words[at + 1] : words[at]!.slice(flag.length + 1);
}
