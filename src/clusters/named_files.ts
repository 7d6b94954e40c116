import { dirname, isAbsolute, resolve } from "node:path";
import { faultOf, type Trust } from "../files/trusted.ts";

/** A file that a kubeconfig names: a certificate, a key, a token or a program. */
export interface NamedFile {
  /** What names it, such as `client-key`, and of whom. */
  readonly entry: string;
  /** As it stands there. */
  readonly given: string;
  /** Where that is. */
  readonly path: string;
  /** Whether it is run, not read. */
  readonly isProgram?: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * The files that kubectl opens for a cluster and a user; those that it leaves alone are not told:
 * a key without a certificate, and a token's file beside a token or by plain HTTP.
 * @param kubeconfig path that relative ones are relative to
 * @param searchPath folders, by colons, of a program that is named without one
 * @see https://github.com/kubernetes/client-go/blob/v0.35.0/tools/clientcmd/validation.go
 */
export function namedFiles(
  kubeconfig: string,
  cluster: Fields,
  user: Fields,
  searchPath = "",
): NamedFile[] {
  const has = (fields: Fields, key: string) => fields[key] !== undefined && fields[key] !== "";
  const hasCertificate = ["", "-data"].some((end) => has(user, `client-certificate${end}`));
  const isPlain = /^http:/i.test(String(cluster["server"]));
  const files: readonly (readonly [string, Fields, boolean])[] = [
    ["certificate-authority", cluster, true],
    ["client-certificate", user, true],
    ["client-key", user, hasCertificate],
    ["tokenFile", user, !isPlain && !has(user, "token")],
  ];
  const read = files.flatMap(([key, fields, isOpened]): NamedFile[] => {
    const given = fields[key];
    if (!isOpened || typeof given !== "string" || given === "") return [];
    const entry = `the '${key}' of its current ${fields === cluster ? "cluster" : "user"}`;
    return [{ entry, given, path: resolve(dirname(kubeconfig), given) }];
  });
  return [...read, ...programOf(kubeconfig, user, searchPath)];
}

/**
 * The program of a user's `exec`: one with a slash is the kubeconfig's neighbour, another the first
 * of its name in the folders of `searchPath`. One that is not there kubectl misses by itself.
 * @see https://github.com/kubernetes/client-go/blob/v0.35.0/tools/clientcmd/loader.go
 * GetAuthInfoFileReferences
 */
function programOf(kubeconfig: string, user: Fields, searchPath: string): NamedFile[] {
  const given = (user["exec"] as Fields | null | undefined)?.["command"];
  if (typeof given !== "string" || given === "") return [];
  const path = given.includes("/")
    ? resolve(dirname(kubeconfig), given)
    : searchPath.split(":").filter(isAbsolute).map((folder) => resolve(folder, given))
      .find(isExecutable);
  const entry = "the program of the 'exec' of its current user";
  return path === undefined ? [] : [{ entry, given, path, isProgram: true }];
}

function isExecutable(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

/**
 * Why one of these files is of no use, or `undefined`. What is in them is not looked at. Looked at
 * anew each time: files come and go without a change to the kubeconfig.
 *
 * Permissions: `--allow-read` of the files and the ways to them; one that this program may not look
 * at is left to kubectl.
 * @param trust who may own them, and write to them
 */
export function whyUnusable(files: readonly NamedFile[], trust: Trust): string | undefined {
  for (const file of files) {
    const why = problemOf(file, trust);
    if (why !== undefined) return `${file.entry}${shown(file)} ${why}`;
  }
  return undefined;
}

function problemOf({ path, isProgram }: NamedFile, trust: Trust): string | undefined {
  try {
    const fault = faultOf(path, trust, isProgram ? Infinity : undefined);
    if (fault !== undefined) {
      return fault.why === "it is a folder" ? "is a folder" : `is not used: ${fault.why}`;
    }
    if (!isProgram) Deno.openSync(path).close();
    return undefined;
  } catch (error) {
    if (isProgram || error instanceof Deno.errors.NotCapable) return undefined;
    if (error instanceof Deno.errors.PermissionDenied) {
      return "may not be read by the server's user";
    }
    const { code } = error as { code?: string };
    if (code === "ENOENT" || code === "ENOTDIR") return "does not exist";
    if (code === "ENAMETOOLONG") return "is no file's name";
    return "cannot be read";
  }
}

/**
 * The path, unless what stands there may be the key or the token itself, which belongs into another
 * entry: those are long and have no ending.
 */
function shown({ given, path }: NamedFile): string {
  const isSurelyPath = isAbsolute(given) || given.length <= 20 || /\.[a-z]{1,8}$/i.test(given);
  return isSurelyPath && given.split("/").every((name) => name.length <= 100) ? ` (${path})` : "";
}
