import { resolve } from "node:path";
import type { FolderLog } from "../clusters/folder_log.ts";
import { clustersFolder } from "../clusters/folder.ts";
import { LabelsFile } from "../clusters/labels_file.ts";
import type { ServerMachine } from "../clusters/vet.ts";
import type { Settings } from "../config/schema.ts";
import { configuredTrust } from "../files/trusted.ts";
import { observe } from "../observe/observe.ts";
import { reasonOf } from "./reason.ts";

/**
 * Logs, before any request, that there is no clusters folder, which of its files are ignored, and that the
 * labels file makes all clusters unusable.
 */
export async function logClustersFolder(settings: Settings, log: FolderLog): Promise<void> {
  const folder = clustersFolder(settings["clusters-folder"]);
  try {
    await log.namesIn(folder);
  } catch (error) {
    const at = resolve(folder.path);
    observe("clusters.folder_unreadable", { folder: at, reason: reasonOf(error) });
  }
  const trust = configuredTrust(settings["trusted-owners"], {
    owners: [Deno.uid() ?? 0],
    group: Deno.gid() ?? 0,
  });
  const labels = new LabelsFile(settings["clusters-folder"], trust);
  log.labelsFile(labels.path, labels.problem());
}

/** The most rejected kubeconfigs that are looked for; more are logged when they are used. */
const MOST = 20;

/**
 * Logs which kubeconfigs are rejected, before a request uses them. Reads one file at a time, so that
 * requests are answered meanwhile. Never rejects: what fails here is reported by the first request.
 */
export async function logRejectedKubeconfigs(
  settings: Settings,
  machine: ServerMachine,
  log: FolderLog,
): Promise<void> {
  try {
    const [{ folderSource }, { vetRules }] = await Promise.all([
      import("../clusters/folder_source.ts"),
      import("../clusters/vet.ts"),
    ]);
    const source = folderSource(settings["clusters-folder"], vetRules(settings, machine), log);
    let rejected = 0;
    for (const { name } of (await source.list()).clusters) {
      if (rejected === MOST) break;
      if ((await source.find(name))?.problem?.kind === "invalid_kubeconfig") rejected++;
    }
  } catch {
    // such as a folder that cannot be read
  }
}
