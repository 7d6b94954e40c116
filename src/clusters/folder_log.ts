import { resolve } from "node:path";
import { observe } from "../observe/observe.ts";
import type { ClustersFolder } from "./folder.ts";
import { importCommand, whyIgnored } from "./further_contexts.ts";

/** The most files that are logged per folder; with more, it may be the wrong folder. */
const MOST = 20;

const NO_FOLDER = "create it, or run 'argocd-configurer clusters import'";

/**
 * Logs what is wrong with the files of clusters folders, although they are read at each request: a problem
 * is logged once, again when the file has changed, and again after it was gone.
 */
export class FolderLog {
  /** Logged files by folder. */
  readonly #ignored = new Map<string, Set<string>>();
  /** The problem that was logged last, by what has it. */
  readonly #problems = new Map<string, string>();

  /** The names of the clusters in a folder, sorted. Logs ignored files, or that the folder is missing. */
  async namesIn({ path: folder, look }: ClustersFolder): Promise<string[]> {
    const found = await look();
    if (this.#isNew(`folder ${folder}`, found === undefined ? "missing" : undefined)) {
      observe("clusters.no_folder", { folder: resolve(folder), hint: NO_FOLDER });
    }
    const logged = this.#ignored.get(folder) ?? new Set();
    this.#ignored.set(folder, logged);
    for (const { file, why } of found?.ignored ?? []) {
      if (logged.size > MOST) break;
      if (logged.has(file)) continue;
      logged.add(file);
      if (logged.size <= MOST) {
        const reason = whyIgnored(folder, { file, why });
        observe("clusters.file_ignored", { folder: resolve(folder), file, reason });
      } else observe("clusters.files_ignored", { folder: resolve(folder) });
    }
    return found?.names ?? [];
  }

  /**
   * Logs that a cluster's kubeconfig is rejected.
   * @param reason `undefined` when it is accepted
   */
  kubeconfig(cluster: string, file: string, reason: string | undefined): void {
    const problem = reason === undefined ? undefined : `${versionOf(file)} ${reason}`;
    if (!this.#isNew(`kubeconfig ${file}`, problem)) return;
    observe("clusters.kubeconfig_refused", { cluster, reason: reason! });
  }

  /** Logs that only one of the contexts of a kubeconfig is used. */
  contexts(file: string, count: number): void {
    if (!this.#isNew(`contexts of ${file}`, count > 1 ? String(count) : undefined)) return;
    const command = importCommand(file);
    observe("clusters.further_contexts", { file, unused: count - 1, command });
  }

  /**
   * Logs that the labels of all clusters cannot be used.
   * @param reason `undefined` when they can
   */
  labelsFile(file: string, reason: string | undefined): void {
    if (!this.#isNew(`labels ${file}`, reason)) return;
    observe("clusters.labels_file_unusable", { reason: reason! });
  }

  /**
   * Logs that the labels of one cluster cannot be used.
   * @param reason `undefined` when they can
   */
  labels(cluster: string, file: string, reason: string | undefined): void {
    if (!this.#isNew(`labels ${file} ${cluster}`, reason)) return;
    observe("clusters.labels_unusable", { cluster, reason: reason! });
  }

  /** Whether this problem was not the last one that was logged of this. */
  #isNew(what: string, problem: string | undefined): boolean {
    if (this.#problems.get(what) === problem) return false;
    if (problem === undefined) this.#problems.delete(what);
    else this.#problems.set(what, problem);
    return problem !== undefined;
  }
}

/** A text that changes whenever the file does; empty when it cannot be seen. */
function versionOf(file: string): string {
  try {
    const { ino, size, mtime, ctime } = Deno.statSync(file);
    return [ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
  } catch {
    return "";
  }
}
