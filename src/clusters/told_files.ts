import { loggerOf } from "../log/logger.ts";
import type { PassedOver } from "./folder.ts";

/** Of how many files of a folder the log tells: it may be some other folder. */
const MOST = 20;

/** Says in the log, once of each file, which ones in a folder of kubeconfigs are not taken. */
export class ToldFiles {
  /** By folder. */
  readonly #told = new Map<string, Set<string>>();

  tell(folder: string, files: readonly PassedOver[]): void {
    const told = this.#told.get(folder) ?? new Set();
    this.#told.set(folder, told);
    const log = loggerOf("clusters");
    for (const { file, why } of files) {
      if (told.size > MOST) return;
      if (told.has(file)) continue;
      told.add(file);
      if (told.size <= MOST) log.warn("file is no cluster's kubeconfig", { folder, file, why });
      else log.warn("more files are no cluster's kubeconfig", { folder });
    }
  }
}
