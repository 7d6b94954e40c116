import { X509Certificate } from "node:crypto";
import { dirname, resolve } from "node:path";
import { endOfToken } from "../../text/json_web_token.ts";
import { type Current, textOf } from "./judge.ts";
import { certificatesIn } from "./pem.ts";

/**
 * Until when the credential of a kubeconfig is good: the end of its client certificate or what its
 * token says, whichever is earlier. `undefined` where nothing says so: an opaque token, a password, a
 * plugin, a file that may not be read. Nothing is verified; who is to be told is the kubeconfig's
 * owner.
 *
 * Permissions: `--allow-read` of files that the kubeconfig names.
 * @param path of the kubeconfig, which its files are relative to
 */
export async function credentialExpiry(
  path: string,
  { user, isTls, serverUser }: Current,
): Promise<Date | undefined> {
  if (!isTls || serverUser !== undefined) return undefined; // a password, or nothing is said
  const read = async (file: string) =>
    file === "" ? "" : await Deno.readTextFile(resolve(dirname(path), file)).catch(() => "");
  const certificate = textOf(user["client-certificate-data"]) ||
    await read(user["client-certificate"]);
  const token = await read(user.tokenFile) || user.token;
  const ends = [endOfCertificate(certificate), endOfToken(token.trim())]
    .filter((end) => end !== undefined);
  return ends.length === 0 ? undefined : new Date(Math.min(...ends));
}

/** Of the first in the text, which is the client's own; in milliseconds since 1970. */
function endOfCertificate(pem: string): number | undefined {
  const [first] = certificatesIn(pem);
  if (first === undefined) return undefined;
  try {
    return timeOrNone(Date.parse(new X509Certificate(first).validTo));
  } catch {
    return undefined; // what this runtime does not read
  }
}

/** What a Date can hold. */
const timeOrNone = (time: number) => Math.abs(time) <= 8.64e15 ? time : undefined;
