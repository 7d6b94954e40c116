import { isAbsolute, resolve } from "node:path";
import { faultOf, type Trust } from "../files/trusted.ts";
import { fitsHeader } from "../kube/kubeconfig/headers.ts";
import { type Current, textOf } from "../kube/kubeconfig/judge.ts";
import { certificatesIn, whyNoPair } from "../kube/kubeconfig/pem.ts";
import { seal, type Sealed } from "../log/sealed.ts";

/** What names a file, a certificate, a key or a token. */
type Field = "certificate-authority" | "client-certificate" | "client-key" | "tokenFile";

/** Of a larger file only that it can be read is looked at, in bytes. */
const MAX_BYTES = 1024 * 1024;

/** What was found of a kubeconfig's files, so that the same contents are not judged twice. */
const judgedBefore = new WeakMap<
  Current,
  { contents: Sealed<string>; why: string | undefined }
>();

/**
 * Why the files that a kubeconfig's current cluster and user name are of no use, or `undefined`.
 * Those that kubectl leaves alone are not looked at: a key without a certificate, and a token's file
 * beside a token that stands for it or by plain HTTP. Looked at anew each time: files come and go
 * without a change to the kubeconfig.
 *
 * Permissions: `--allow-read` of the files and the ways to them; one that this program may not look
 * at is left to kubectl.
 * @param folder the kubeconfig's, which relative paths are relative to
 * @param trust who may own them, and write to them
 * @see https://github.com/kubernetes/client-go/blob/v0.35.4/tools/clientcmd/validation.go
 */
export function whyFilesUseless(
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
  // An empty one stands for the system's.
  if (authority && authority.text !== "" && certificatesIn(authority.text).length === 0) {
    return `${authority.what} holds no certificate in PEM`;
  }
  const token = files.get("tokenFile");
  const trimmed = token?.text.trim();
  if (token && trimmed === "" && user.token === "") return `${token.what} is empty`;
  if (token && !fitsHeader(trimmed!)) return `${token.what} does not fit into a header`;
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

/** What is in a file, in so far as it is looked at, or why it is of no use. */
function contentOf(path: string, trust: Trust): { text?: string } | { why: string } {
  try {
    const fault = faultOf(path, trust, Infinity);
    if (fault !== undefined) {
      const isFolder = fault.why === "it is a folder";
      return { why: isFolder ? "is a folder" : `is not used: ${fault.why}` };
    }
    if (Deno.statSync(path).size <= MAX_BYTES) return { text: Deno.readTextFileSync(path) };
    Deno.openSync(path).close();
    return {};
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return {};
    if (error instanceof Deno.errors.PermissionDenied) {
      return { why: "may not be read by the server's user" };
    }
    const { code } = error as { code?: string };
    if (code === "ENOENT" || code === "ENOTDIR") return { why: "does not exist" };
    if (code === "ENAMETOOLONG") return { why: "is no file's name" };
    return { why: "cannot be read" };
  }
}

/**
 * The path, unless what stands there may be the key or the token itself, which belongs into another
 * entry: those are long and have no ending.
 */
function shown(given: string, path: string): string {
  const isSurelyPath = isAbsolute(given) || given.length <= 20 || /\.[a-z]{1,8}$/i.test(given);
  return isSurelyPath && given.split("/").every((name) => name.length <= 100) ? ` (${path})` : "";
}
