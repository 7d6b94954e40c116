import { dirname, isAbsolute, join, resolve } from "node:path";

export interface OwnerRules {
  /** User ids that may own a kubeconfig, besides root. */
  readonly owners: readonly number[];
  /** The group that may write to it, the server's own. */
  readonly group: number;
}

/** More links than the system follows. */
const MAX_LINKS = 40;

/**
 * Why somebody else could lead a path to another file: whoever may rename in its folder, or in that
 * of a link on its way, may put another file or link in the place of what is there.
 */
export function whyWayUnsafe(file: string, rules: OwnerRules): string | undefined {
  // Where a `..` follows a link, kubectl looks for files that it names in another folder.
  const named = resolve(dirname(file));
  const folders = new Set([dirname(file), ...(isThere(named) ? [named] : [])]);
  let at = "/";
  let links = 0;
  const names = (isAbsolute(file) ? file : `${Deno.cwd()}/${file}`).split("/");
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const next = join(at, name); // `at` is no link, so that `..` is the folder above it
    const info = Deno.lstatSync(next);
    if (!info.isSymlink) {
      at = next;
      continue;
    }
    if (++links > MAX_LINKS) return "it is a loop of links";
    if (isReplaceable(next, info, rules)) return `its link '${next}' is somebody else's`;
    folders.add(at);
    const target = Deno.readLinkSync(next);
    names.unshift(...target.split("/"));
    if (isAbsolute(target)) at = "/";
  }
  for (const folder of folders.add(dirname(at))) {
    const why = writableByOthers(Deno.statSync(folder), rules);
    if (why !== undefined) return `its folder '${folder}' is not safe: ${why}`;
  }
  return undefined;
}

function isThere(folder: string): boolean {
  try {
    return Deno.statSync(folder).isDirectory;
  } catch {
    return false;
  }
}

/** Whether a link is for somebody who is not trusted to replace, as their own in a sticky folder. */
function isReplaceable(link: string, { uid }: Deno.FileInfo, rules: OwnerRules): boolean {
  if (isTrusted(uid, rules)) return false;
  const mode = Deno.statSync(dirname(link)).mode ?? 0;
  return (mode & 0o1000) !== 0 && (mode & 0o022) !== 0;
}

function isTrusted(owner: number | null, { owners }: OwnerRules): boolean {
  return owner === null || owner === 0 || owners.includes(owner);
}

/** Why somebody else could change a file, or replace one in a folder that is not sticky. */
export function writableByOthers(info: Deno.FileInfo, rules: OwnerRules): string | undefined {
  const mode = info.mode ?? 0;
  const isSticky = info.isDirectory && (mode & 0o1000) !== 0;
  if (mode & 0o002 && !isSticky) return "everyone may write to it; run chmod go-w on it";
  if (mode & 0o020 && !isSticky && info.gid !== rules.group) {
    return "a group other than the server's may write to it; run chmod g-w on it";
  }
  if (!isTrusted(info.uid, rules)) {
    return "its owner is neither the server's user nor root nor one of trusted-owners";
  }
  return undefined;
}
