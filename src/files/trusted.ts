/**
 * Who may replace or write a file that decides something: what the program runs, whom it lets in,
 * whom it believes. One rule for all of them; who is trusted is its parameter.
 *
 * Whoever may rename in a folder on the way, or in that of a link on the way, may put another file in
 * the place of what is there, so that each of these folders is judged like the file. In a folder with
 * the sticky bit, such as /tmp, only its owner and that of an entry may, so that others may write to
 * it when each entry on the way belongs to somebody who is trusted.
 */
import { isAbsolute, join } from "node:path";

export interface Trust {
  /** User ids that may own a file, besides root. */
  readonly owners: readonly number[];
  /** The group that may write to it. @default none */
  readonly group?: number;
  /** What the owners are, for messages: `neither NAMED`. @default this program's user and root */
  readonly named?: string;
}

const OWN = "this program's user nor root";
const CONFIGURED = "the server's user nor root nor one of trusted-owners";

/** This process's own user and group, and root. Permissions: `--allow-sys=uid,gid`. */
export function ownTrust(): Trust {
  return { owners: [Deno.uid() ?? 0], group: Deno.gid() ?? 0 };
}

/** The same for what decides whom to let in or which process is signalled: no group may write to it. */
export function ownTrustWithoutGroup(): Trust {
  return { ...ownTrust(), group: undefined };
}

/** Of {@link ownTrust}, with the user ids of the setting `trusted-owners`. */
export function configuredTrust(
  trustedOwners: readonly number[],
  { owners, group }: Trust = ownTrust(),
): Trust {
  return { owners: [...owners, ...trustedOwners], group, named: CONFIGURED };
}

/** What is wrong with a file. */
export interface Fault {
  /** `way`: with a folder or link on the way; `file`: with its owner or mode. */
  readonly of: "way" | "file" | "kind" | "size";
  /** For the end of a message, with what to do. */
  readonly why: string;
}

/** A file that is not used because somebody else could change it, or that is none. */
export class NotTrusted extends Error {
  override readonly name = "NotTrusted";

  /** The message is why, without the path. */
  constructor(readonly fault: Fault) {
    super(fault.why);
  }
}

/** Largest file that is read, in bytes. */
export const MAX_BYTES = 1024 * 1024;

/** More links than the system follows. */
const MAX_LINKS = 40;

/** What a path leads to, all of its way being safe. */
export interface Reached {
  /** Links followed. */
  readonly path: string;
  /** Not of a link, unless the last one is left. */
  readonly info: Deno.FileInfo;
  /** Whether others may write to its folder, which is sticky. */
  readonly inShared: boolean;
}

/**
 * Follows a path, and judges each folder and link on the way.
 *
 * Permissions: `--allow-read` of the way.
 * @param leaveLast whether a link at its end is not followed
 * @throws {NotTrusted}; what `Deno.lstat` does
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
      throw new NotTrusted({ of: "way", why: `its link '${next}' is somebody else's` });
    }
    if (!found.isSymlink || (isLast && leaveLast)) {
      if (isLast) return { path: next, info: found, inShared };
      at = next;
      info = found;
      continue;
    }
    if (++links > MAX_LINKS) throw new NotTrusted({ of: "way", why: "it is a loop of links" });
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
 * What is wrong with a folder in which files are looked for, if it is there.
 * @throws what `Deno.lstat` does
 */
export function faultOfFolder(folder: string, trust: Trust): Fault | undefined {
  try {
    judgeFolderOf(folder, trust);
    return undefined;
  } catch (error) {
    if (error instanceof NotTrusted) return error.fault;
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Judges a folder in which something is to be made, and its way. @throws as {@link reach} does */
export function judgeFolderOf(folder: string, trust: Trust): void {
  const { path, info } = reach(folder, trust);
  if (!info.isDirectory) throw new NotTrusted({ of: "kind", why: "its folder is none" });
  judgeFolder(path, info, trust);
}

function judgeFolder(path: string, info: Deno.FileInfo, trust: Trust): void {
  const why = writableByOthers(info, trust);
  if (why === undefined) return;
  throw new NotTrusted({ of: "way", why: `its folder '${path}' is not safe: ${why}` });
}

/** Whether others may write to a folder, but replace only what is their own. */
function isShared({ mode, isDirectory }: Deno.FileInfo): boolean {
  return isDirectory && ((mode ?? 0) & 0o1000) !== 0 && ((mode ?? 0) & 0o022) !== 0;
}

function isTrusted(owner: number | null, { owners }: Trust): boolean {
  return owner === null || owner === 0 || owners.includes(owner);
}

/** Why somebody else could change a file, or replace one in a folder that is not sticky. */
function writableByOthers(info: Deno.FileInfo, trust: Trust): string | undefined {
  const mode = info.mode ?? 0;
  if (!isTrusted(info.uid, trust)) {
    return `its owner (user ${info.uid}) is neither ${trust.named ?? OWN}; chown it`;
  }
  if (isShared(info)) return undefined;
  if (mode & 0o002) return "everyone may write to it; run chmod go-w on it";
  if (mode & 0o020 && trust.group === undefined) {
    return "a group may write to it; run chmod go-w on it";
  }
  if (mode & 0o020 && info.gid !== trust.group) {
    return "a group other than the server's may write to it; run chmod g-w on it";
  }
  return undefined;
}

/**
 * Judges a file itself, which has to be a regular one.
 * @param maxBytes that it may be long. @default as long as it likes
 * @throws {NotTrusted}
 */
export function judge({ info, inShared }: Reached, trust: Trust, maxBytes = Infinity): void {
  const fault = (of: Fault["of"], why: string) => new NotTrusted({ of, why });
  if (info.isDirectory) throw fault("kind", "it is a folder");
  if (!info.isFile) throw fault("kind", "it is not a regular file");
  if (info.size > maxBytes) throw fault("size", `it is larger than ${maxBytes} bytes`);
  const why = writableByOthers(info, trust);
  if (why !== undefined) throw fault("file", why);
  // There everyone may give a file of ours another name.
  if (inShared && (info.nlink ?? 1) > 1) {
    throw fault("file", "it has a second name (a hard link), and is where everyone may make one");
  }
}

/**
 * What is wrong with a file that is to be read; `undefined` when it is to be trusted.
 *
 * Permissions: `--allow-read` of the file and of the way to it.
 * @throws what `Deno.lstat` does
 */
export function faultOf(file: string, trust: Trust, maxBytes = MAX_BYTES): Fault | undefined {
  Deno.statSync(file); // of one that is not there the way does not matter
  try {
    judge(reach(file, trust), trust, maxBytes);
    return undefined;
  } catch (error) {
    if (error instanceof NotTrusted) return error.fault;
    throw error;
  }
}
