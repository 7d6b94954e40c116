import { dirname, isAbsolute, resolve } from "node:path";

/** A file that a kubeconfig names: a certificate, a key or a token. */
export interface NamedFile {
  /** What names it, such as `client-key`, and of whom. */
  readonly entry: string;
  /** As it stands there. */
  readonly given: string;
  /** Where that is. */
  readonly path: string;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * The files that kubectl opens for a cluster and a user; those that it leaves alone are not told:
 * a key without a certificate, and a token's file beside a token or by plain HTTP.
 * @param kubeconfig path that relative ones are relative to
 * @see https://github.com/kubernetes/client-go/blob/v0.35.0/tools/clientcmd/validation.go
 */
export function namedFiles(kubeconfig: string, cluster: Fields, user: Fields): NamedFile[] {
  const has = (fields: Fields, key: string) => fields[key] !== undefined && fields[key] !== "";
  const hasCertificate = ["", "-data"].some((end) => has(user, `client-certificate${end}`));
  const isPlain = /^http:/i.test(String(cluster["server"]));
  const files: readonly (readonly [string, Fields, boolean])[] = [
    ["certificate-authority", cluster, true],
    ["client-certificate", user, true],
    ["client-key", user, hasCertificate],
    ["tokenFile", user, !isPlain && !has(user, "token")],
  ];
  return files.flatMap(([key, fields, isOpened]) => {
    const given = fields[key];
    if (!isOpened || typeof given !== "string" || given === "") return [];
    const entry = `the '${key}' of its current ${fields === cluster ? "cluster" : "user"}`;
    return [{ entry, given, path: resolve(dirname(kubeconfig), given) }];
  });
}

/**
 * Why one of these files is of no use, or `undefined`. What is in them is not looked at. Looked at
 * anew each time: files come and go without a change to the kubeconfig.
 *
 * Permissions: `--allow-read` of the files; one that this program may not look at is left to kubectl.
 */
export function whyUnreadable(files: readonly NamedFile[]): string | undefined {
  for (const file of files) {
    const why = problemOf(file.path);
    if (why !== undefined) return `${file.entry}${shown(file)} ${why}`;
  }
  return undefined;
}

function problemOf(path: string): string | undefined {
  try {
    const info = Deno.statSync(path);
    if (info.isDirectory) return "is a folder";
    // To open a FIFO would hang.
    if (info.isFile) Deno.openSync(path).close();
    return undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
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
