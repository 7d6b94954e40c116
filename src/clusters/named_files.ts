import { isAbsolute, resolve } from "node:path";
import { fileProblem, IS_FOLDER, type Trust } from "../files/trusted.ts";
import { fitsHeader } from "../kube/kubeconfig/headers.ts";
import { type Current, textOf } from "../kube/kubeconfig/judge.ts";
import { certificatesIn, whyNoPair } from "../kube/kubeconfig/pem.ts";
import { seal, type Sealed } from "../log/sealed.ts";

/** Fields of a kubeconfig that name a file. */
type Field = "certificate-authority" | "client-certificate" | "client-key" | "tokenFile";

/** Largest file whose content is checked, in bytes; a larger one only has to be readable. */
const MAX_BYTES = 1024 * 1024;

/** The last result per kubeconfig, so that unchanged contents are not checked again. */
const judgedBefore = new WeakMap<
  Current,
  { contents: Sealed<string>; why: string | undefined }
>();

/**
 * Why the files that the current cluster and user of a kubeconfig name cannot be used; `undefined` when
 * they can. Files that kubectl ignores are not checked: a key without a certificate, and a `tokenFile` that
 * a token replaces, or with plain HTTP. The files are read each time, since they change independently of
 * the kubeconfig.
 *
 * Permissions: `--allow-read` of the files and the folders on their paths. Files that Deno's permissions
 * exclude are left to kubectl.
 * @param folder of the kubeconfig, for relative paths
 * @param trust who may own and write to the files
 * @see https://github.com/kubernetes/client-go/blob/v0.35.4/tools/clientcmd/validation.go
 */
export function whyFilesUnusable(
  folder: string,
  current: Current,
  trust: Trust,
): string | undefined {
  const contents = new Map<Field, { text: string; what: string }>();
  for (const { field, given, of } of filesOf(current)) {
    const path = resolve(folder, given);
    const what = `the '${field}' of its current ${of}${shown(given, path)}`;
    const read = contentOf(path, trust);
    if ("why" in read) {
      const hasToken = field === "tokenFile" && current.user.token !== "";
      if (!hasToken) return `${what} ${read.why}`;
    } else if (read.text !== undefined) contents.set(field, { text: read.text, what });
  }
  if (contents.size === 0) return undefined;
  const all = JSON.stringify([...contents]);
  const known = judgedBefore.get(current);
  if (known?.contents.reveal() === all) return known.why;
  const why = whyContentsUseless(current, contents);
  judgedBefore.set(current, { contents: seal(all), why });
  return why;
}

/** In the order in which kubectl opens them. */
function filesOf({ cluster, user, isTls, serverUser }: Current) {
  const hasCertificate = user["client-certificate"] !== "" ||
    user["client-certificate-data"].length > 0;
  const files: readonly (readonly [Field, string, boolean, string])[] = [
    ["certificate-authority", cluster["certificate-authority"], true, "cluster"],
    ["client-certificate", user["client-certificate"], true, "user"],
    ["client-key", user["client-key"], hasCertificate, "user"],
    ["tokenFile", user.tokenFile, isTls && serverUser === undefined, "user"],
  ];
  return files.map(([field, given, isOpened, of]) => ({ field, given, isOpened, of }))
    .filter(({ given, isOpened }) => isOpened && given !== "");
}

function whyContentsUseless(
  { user, isTls }: Current,
  files: ReadonlyMap<Field, { text: string; what: string }>,
): string | undefined {
  if (!isTls) return undefined;
  const authority = files.get("certificate-authority");
  // An empty file means the system's CAs.
  if (authority && authority.text !== "" && certificatesIn(authority.text).length === 0) {
    return `${authority.what} contains no PEM certificate`;
  }
  const token = files.get("tokenFile");
  const trimmed = token?.text.trim();
  if (token && trimmed === "" && user.token === "") return `${token.what} is empty`;
  if (token && !fitsHeader(trimmed!)) return `${token.what} is not allowed in an HTTP header`;
  const certificate = files.get("client-certificate");
  const key = files.get("client-key");
  if (certificate === undefined && key === undefined) return undefined;
  const why = whyNoPair(
    certificate?.text ?? textOf(user["client-certificate-data"]),
    key?.text ?? textOf(user["client-key-data"]),
  );
  const what = certificate?.what ?? "the 'client-certificate-data' of its current user";
  return why === undefined ? undefined : `${what} ${why}`;
}

/** The content of a file, absent when it is not checked, or why the file cannot be used. */
function contentOf(path: string, trust: Trust): { text?: string } | { why: string } {
  try {
    const problem = fileProblem(path, trust, Infinity);
    if (problem !== undefined) {
      const isFolder = problem.why === IS_FOLDER;
      return { why: isFolder ? "is a folder" : `cannot be trusted: ${problem.why}` };
    }
    if (Deno.statSync(path).size <= MAX_BYTES) return { text: Deno.readTextFileSync(path) };
    Deno.openSync(path).close();
    return {};
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return {};
    if (error instanceof Deno.errors.PermissionDenied) {
      return { why: "cannot be read by the server's user (permission denied)" };
    }
    const { code } = error as { code?: string };
    if (code === "ENOENT" || code === "ENOTDIR") return { why: "does not exist" };
    if (code === "ENAMETOOLONG") return { why: "is not a file name" };
    return { why: "cannot be read" };
  }
}

/**
 * The path, for messages. It is left out when the field may contain the key or token itself by mistake: a
 * long text without a file extension.
 */
function shown(given: string, path: string): string {
  const isSurelyPath = isAbsolute(given) || given.length <= 20 || /\.[a-z]{1,8}$/i.test(given);
  return isSurelyPath && given.split("/").every((name) => name.length <= 100) ? ` (${path})` : "";
}
