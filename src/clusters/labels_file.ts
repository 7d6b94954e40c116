import { readTrusted } from "../files/open.ts";
import { fileProblem, MAX_BYTES, NotTrusted, type Trust } from "../files/trusted.ts";
import { KubeError } from "../kube/errors.ts";
import { inFolder, LABELS_FILE } from "./folder.ts";
import { type LabelsByCluster, LabelsInvalid, parseLabels } from "./labels.ts";

const NONE: LabelsByCluster = new Map();

/** The labels file cannot be used. */
export class LabelsUnreadable extends KubeError {
  /** @param named the message with the names in the file, for those who may know all clusters */
  constructor(message: string, readonly named: string) {
    super("labels_unreadable", message);
  }
}

/**
 * The labels file of the clusters folder. Each read checks whether the file has changed, and parses it
 * again only then.
 */
export class LabelsFile {
  /** As configured: `clusters/labels.yaml`. */
  readonly path: string;
  #known: { readonly version: string; readonly labels: LabelsByCluster } | undefined;

  /**
   * @param folder the clusters folder, as configured
   * @param trust who may own and write to the file: the same as for kubeconfigs, since it decides how they
   * are used
   */
  constructor(folder: string, readonly trust: Trust) {
    this.path = inFolder(folder, LABELS_FILE);
  }

  /**
   * The labels by cluster; none when the file does not exist.
   *
   * Permissions: `--allow-read` of the file and of the folders on its path.
   * @throws {LabelsUnreadable} with the file, the line and the reason
   * @throws {KubeError} `busy`
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

  /** Why the file cannot be used, with the names in it; `undefined` when it can be used. */
  problem(): string | undefined {
    try {
      this.read();
      return undefined;
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      return error instanceof LabelsUnreadable ? error.named : error.message;
    }
  }

  /** A text that changes whenever the file does; `undefined` when there is no file. */
  #version(): string | undefined {
    let isLink = false;
    try {
      isLink = Deno.lstatSync(this.path).isSymlink;
      const problem = fileProblem(this.path, this.trust, MAX_BYTES);
      if (problem !== undefined) throw new NotTrusted(problem);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      if (!isLink) return undefined;
      // The labels are unknown, rather than none.
      throw new LabelsInvalid("it is a symbolic link to a file that does not exist");
    }
    const { dev, ino, mode, uid, size, mtime, ctime } = Deno.statSync(this.path);
    return [dev, ino, mode, uid, size, mtime?.getTime(), ctime?.getTime()].join(" ");
  }

  #unreadable(error: unknown): KubeError {
    const { message } = error as Error;
    if (message.includes("os error 24")) { // EMFILE
      const text = `Cannot read ${this.path}: too many open files on the server`;
      return new KubeError("busy", text, { retryAfter: 5 });
    }
    const line = error instanceof LabelsInvalid && error.line !== undefined ? `:${error.line}` : "";
    const about = error instanceof LabelsInvalid && error.about !== undefined
      ? `${error.about}: `
      : "";
    const [where, why] = [`Cannot read cluster labels in ${this.path}${line}: `, whyOf(error)];
    return new LabelsUnreadable(`${where}${why}`, `${where}${about}${why}`);
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

/** The reason for a message. @throws the error itself when it is a bug */
function whyOf(error: unknown): string {
  if (error instanceof LabelsInvalid) return error.why;
  if (error instanceof NotTrusted) return error.message;
  if (error instanceof Deno.errors.PermissionDenied) {
    return "permission denied for the server's user";
  }
  if (error instanceof TypeError) return "it is not UTF-8 text";
  if (error instanceof Deno.errors.NotFound) return "it was deleted while it was being read";
  if (typeof (error as { code?: unknown }).code === "string") return "it cannot be read";
  throw error;
}
