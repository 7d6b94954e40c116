/**
 * Checks who can replace or write a file that argocd-configurer relies on: kubeconfigs, tokens, certificates,
 * the audit log. The same rules apply to all of them; the trusted users are a parameter.
 *
 * A user who can rename entries in a folder on the path, or in the folder of a link on it, can replace the
 * file. So each of these folders is checked like the file itself. In a folder with the sticky bit, such as
 * /tmp, only the owners of the folder and of an entry can rename it. Such a folder may be writable by others
 * when each entry on the path belongs to a trusted user.
 */
import { isAbsolute, join } from "node:path";

export interface Trust {
  /** User ids that may own a file, besides root. */
  readonly owners: readonly number[];
  /** The group that may write to it. @default none */
  readonly group?: number;
  /** The trusted owners, for messages. @default this process's user and root */
  readonly named?: string;
}

const OWN = "the current user or root";
const CONFIGURED = "the server's user, root or one of trusted-owners";

/** The end of a message about a wrong owner. */
export const RUN_CHOWN = "run chown on it";

/** The message about a folder in the place of a file. */
export const IS_FOLDER = "it is a folder";

/** Trusts this process's user and group, and root. Permissions: `--allow-sys=uid,gid`. */
export function ownTrust(): Trust {
  return { owners: [Deno.uid() ?? 0], group: Deno.gid() ?? 0 };
}

/**
 * Like {@link ownTrust}, but no group may write to the file: for files that decide who gets access, or which
 * process is signalled.
 */
export function ownTrustWithoutGroup(): Trust {
  return { ...ownTrust(), group: undefined };
}

/** Like {@link ownTrust}, and trusts the user ids of the setting `trusted-owners`. */
export function configuredTrust(
  trustedOwners: readonly number[],
  { owners, group }: Trust = ownTrust(),
): Trust {
  return { owners: [...owners, ...trustedOwners], group, named: CONFIGURED };
}

/** Why a file is not trusted. */
export interface FileProblem {
  /** `way`: a folder or link on the path; `file`: the file's owner or mode. */
  readonly of: "way" | "file" | "kind" | "size";
  /** The reason and what to do, for the end of a message. */
  readonly why: string;
}

/** A file is rejected because other users could change it, or because it is not a regular file. */
export class NotTrusted extends Error {
  override readonly name = "NotTrusted";

  /** The message is the reason, without the path. */
  constructor(readonly problem: FileProblem) {
    super(problem.why);
  }
}

/** Largest file that is read, in bytes. */
export const MAX_BYTES = 1024 * 1024;

/** The most symbolic links that are followed, as in Linux. */
const MAX_LINKS = 40;

/** The target of a path on which every folder is safe. */
export interface Reached {
  /** The path with all links resolved. */
  readonly path: string;
  /** Of the target; of a link only with `leaveLast`. */
  readonly info: Deno.FileInfo;
  /** Whether its folder has the sticky bit and is writable by others. */
  readonly inShared: boolean;
}

/**
 * Follows a path, and checks each folder and link on it.
 *
 * Permissions: `--allow-read` of the folders on the path.
 * @param leaveLast whether not to follow a link at the end of the path
 * @throws {NotTrusted}; what `Deno.lstat` throws
 */
export function reach(file: string, trust: Trust, { leaveLast = false } = {}): Reached {
  let at = "/";
  let info = Deno.lstatSync(at);
  let links = 0;
  const names = (isAbsolute(file) ? file : `${Deno.cwd()}/${file}`).split("/").filter(Boolean);
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (info.isDirectory) judgeFolder(at, info, trust);
    const next = join(at, name); // `at` is no link, so that `..` is the folder above it
    const found = Deno.lstatSync(next);
    const inShared = isShared(info);
    const isLast = names.length === 0;
    if (found.isSymlink && inShared && !isTrusted(found.uid, trust)) {
      throw new NotTrusted({
        of: "way",
        why: `the symbolic link '${next}' on its path belongs to another user`,
      });
    }
    if (!found.isSymlink || (isLast && leaveLast)) {
      if (isLast) return { path: next, info: found, inShared };
      at = next;
      info = found;
      continue;
    }
    if (++links > MAX_LINKS) {
      throw new NotTrusted({ of: "way", why: "it is a loop of symbolic links" });
    }
    const target = Deno.readLinkSync(next);
    names.unshift(...target.split("/").filter(Boolean));
    if (isAbsolute(target)) {
      at = "/";
      info = Deno.lstatSync(at);
    }
    if (names.length === 0) return { path: at, info, inShared: false }; // a link to a folder
  }
  return { path: at, info, inShared: false };
}

/**
 * Why a folder from which files are read is not trusted; `undefined` when it is, or does not exist.
 * @throws what `Deno.lstat` throws
 */
export function folderProblem(folder: string, trust: Trust): FileProblem | undefined {
  try {
    judgeFolderOf(folder, trust);
    return undefined;
  } catch (error) {
    if (error instanceof NotTrusted) return error.problem;
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Checks a folder in which a file is created, and its path. @throws what {@link reach} throws */
export function judgeFolderOf(folder: string, trust: Trust): void {
  const { path, info } = reach(folder, trust);
  if (!info.isDirectory) throw new NotTrusted({ of: "kind", why: "its parent is not a folder" });
  judgeFolder(path, info, trust);
}

function judgeFolder(path: string, info: Deno.FileInfo, trust: Trust): void {
  const why = writableByOthers(info, trust);
  if (why === undefined) return;
  throw new NotTrusted({ of: "way", why: `its folder '${path}' is not safe: ${why}` });
}

/** Whether a folder is writable by others and has the sticky bit, so that they can replace only their own files. */
function isShared({ mode, isDirectory }: Deno.FileInfo): boolean {
  return isDirectory && ((mode ?? 0) & 0o1000) !== 0 && ((mode ?? 0) & 0o022) !== 0;
}

function isTrusted(owner: number | null, { owners }: Trust): boolean {
  return owner === null || owner === 0 || owners.includes(owner);
}

/** Why another user could change a file, or replace files in a folder without the sticky bit. */
function writableByOthers(info: Deno.FileInfo, trust: Trust): string | undefined {
  const mode = info.mode ?? 0;
  if (!isTrusted(info.uid, trust)) {
    return `it is owned by uid ${info.uid}, not by ${trust.named ?? OWN}; ${RUN_CHOWN}`;
  }
  if (isShared(info)) return undefined;
  if (mode & 0o002) return "it is world-writable; run chmod go-w on it";
  if (mode & 0o020 && trust.group === undefined) {
    return "it is group-writable; run chmod go-w on it";
  }
  if (mode & 0o020 && info.gid !== trust.group) {
    return "it is writable by a group other than the server's; run chmod g-w on it";
  }
  return undefined;
}

/**
 * Checks a file itself, which has to be a regular file.
 * @param maxBytes the maximum size. @default unlimited
 * @throws {NotTrusted}
 */
export function judgeFile({ info, inShared }: Reached, trust: Trust, maxBytes = Infinity): void {
  const problem = (of: FileProblem["of"], why: string) => new NotTrusted({ of, why });
  if (info.isDirectory) throw problem("kind", IS_FOLDER);
  if (!info.isFile) throw problem("kind", "it is not a regular file");
  if (info.size > maxBytes) throw problem("size", `it is larger than ${maxBytes} bytes`);
  const why = writableByOthers(info, trust);
  if (why !== undefined) throw problem("file", why);
  // In a shared folder any user can create a hard link to a file of ours.
  if (inShared && (info.nlink ?? 1) > 1) {
    throw problem("file", "it has several hard links, in a folder where any user can create one");
  }
}

/**
 * Why a file that is to be read is not trusted; `undefined` when it is.
 *
 * Permissions: `--allow-read` of the file and of the folders on its path.
 * @throws what `Deno.lstat` throws
 */
export function fileProblem(
  file: string,
  trust: Trust,
  maxBytes = MAX_BYTES,
): FileProblem | undefined {
  Deno.statSync(file); // throws NotFound first: the folders of a missing file do not matter
  try {
    judgeFile(reach(file, trust), trust, maxBytes);
    return undefined;
  } catch (error) {
    if (error instanceof NotTrusted) return error.problem;
    throw error;
  }
}
