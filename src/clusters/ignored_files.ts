import { resolve } from "node:path";
import { observe } from "../observe/observe.ts";
import type { ClustersFolder } from "./folder.ts";
import { whyIgnored } from "./further_contexts.ts";

/** The most files that are logged per folder; with more, it may be the wrong folder. */
const MOST = 20;

const NO_FOLDER = "create it, or run 'argocd-configurer clusters import'";

/** Logs the ignored files in the clusters folder, each once. */
export class IgnoredFiles {
  /** Logged files by folder. */
  readonly #logged = new Map<string, Set<string>>();

  /** The names of the clusters in a folder, sorted. Logs ignored files, or that the folder is missing. */
  async namesIn({ path: folder, look }: ClustersFolder): Promise<string[]> {
    const found = await look();
    if (found === undefined) {
      observe("clusters.no_folder", { folder: resolve(folder), hint: NO_FOLDER });
    }
    const logged = this.#logged.get(folder) ?? new Set();
    this.#logged.set(folder, logged);
    for (const { file, why } of found?.ignored ?? []) {
      if (logged.size > MOST) break;
      if (logged.has(file)) continue;
      logged.add(file);
      if (logged.size <= MOST) {
        const reason = whyIgnored(folder, { file, why });
        observe("clusters.file_ignored", { folder, file, reason });
      } else observe("clusters.files_ignored", { folder });
    }
    return found?.names ?? [];
  }
}
