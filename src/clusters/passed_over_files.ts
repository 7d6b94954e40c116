import { resolve } from "node:path";
import { observe } from "../observe/observe.ts";
import type { ClustersFolder } from "./folder.ts";
import { whyPassedOver } from "./further_contexts.ts";

/** Of how many files of a folder the log tells: it may be some other folder. */
const MOST = 20;

/** Says in the log, once of each file, which ones in a folder of kubeconfigs are not taken. */
export class PassedOverFiles {
  /** By folder. */
  readonly #told = new Map<string, Set<string>>();

  /** The clusters of a folder, sorted; the log says what is not taken, and when there is no folder. */
  async namesIn({ path: folder, look }: ClustersFolder): Promise<string[]> {
    const found = await look();
    if (found === undefined) observe("clusters.no_folder", { folder: resolve(folder) });
    const told = this.#told.get(folder) ?? new Set();
    this.#told.set(folder, told);
    for (const { file, why } of found?.passedOver ?? []) {
      if (told.size > MOST) break;
      if (told.has(file)) continue;
      told.add(file);
      if (told.size <= MOST) {
        const whole = whyPassedOver(folder, { file, why });
        observe("clusters.file_ignored", { folder, file, why: whole });
      } else observe("clusters.files_ignored", { folder });
    }
    return found?.names ?? [];
  }
}
