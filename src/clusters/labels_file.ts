import { readTrusted } from "../files/open.ts";
import { faultOf, MAX_BYTES, NotTrusted, type Trust } from "../files/trusted.ts";
import { KubeError } from "../kube/errors.ts";
import { inFolder, LABELS_FILE } from "./folder.ts";
import { type LabelsByCluster, LabelsInvalid, parseLabels } from "./labels.ts";

const NONE: LabelsByCluster = new Map();

/**
 * The labels of a folder's clusters. The file is looked at each time, so that a change counts at once,
 * and read again only when it has changed.
 */
export class LabelsFile {
  /** As configured: `clusters/labels.yaml`. */
  readonly path: string;
  #known: { readonly version: string; readonly labels: LabelsByCluster } | undefined;

  /**
   * @param folder of the kubeconfigs, as configured
   * @param trust who may own the file and write to it: as for kubeconfigs, since it decides where
   * they are used
   */
  constructor(folder: string, readonly trust: Trust) {
    this.path = inFolder(folder, LABELS_FILE);
  }

  /**
   * No labels where there is no file.
   *
   * Permissions: `--allow-read` of the file and of the way to it.
   * @throws {KubeError} `labels_unreadable` with the file, the line and the reason, or `busy`
   */
  read(): LabelsByCluster {
    try {
      const version = this.#version();
      if (version === undefined) return NONE;
      if (this.#known?.version === version) return this.#known.labels;
      const labels = parseLabels(readTrusted(this.path, this.trust));
      this.#known = { version, labels };
      return labels;
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  /** Of the file as it is; `undefined` when there is none. */
  #version(): string | undefined {
    try {
      const fault = faultOf(this.path, this.trust, MAX_BYTES);
      if (fault !== undefined) throw new NotTrusted(fault);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      if (!this.#isLink()) return undefined;
      throw new LabelsInvalid("it is a link to a file that does not exist");
    }
    const { dev, ino, mode, uid, size, mtime, ctime } = Deno.statSync(this.path);
    return [dev, ino, mode, uid, size, mtime?.getTime(), ctime?.getTime()].join(" ");
  }

  /** A link whose file is gone is no folder without labels: what they were is not known. */
  #isLink(): boolean {
    try {
      return Deno.lstatSync(this.path).isSymlink;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
  }

  #unreadable(error: unknown): KubeError {
    const { message } = error as Error;
    if (message.includes("os error 24")) { // EMFILE
      const text = `Cannot read ${this.path}: the server has too many files open`;
      return new KubeError("busy", text, { retryAfter: 5 });
    }
    const line = error instanceof LabelsInvalid && error.line !== undefined ? `:${error.line}` : "";
    return new KubeError(
      "labels_unreadable",
      `Cannot read the labels of clusters in ${this.path}${line}: ${whyOf(error)}`,
    );
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

/** @throws what is a bug */
function whyOf(error: unknown): string {
  if (error instanceof LabelsInvalid) return error.why;
  if (error instanceof NotTrusted) return error.message;
  if (error instanceof Deno.errors.PermissionDenied) return "the server's user may not read it";
  if (error instanceof TypeError) return "it is not UTF-8 text";
  if (error instanceof Deno.errors.NotFound) return "it was removed while it was read";
  if (typeof (error as { code?: unknown }).code === "string") return "it cannot be read";
  throw error;
}
