import { X509Certificate } from "node:crypto";
import { dirname, resolve } from "node:path";
import { tokenExpiry } from "../../text/json_web_token.ts";
import { type Current, textOf } from "./judge.ts";
import { certificatesIn } from "./pem.ts";

/**
 * When the credential of a kubeconfig expires: its client certificate or its JSON Web Token, whichever
 * expires first. `undefined` when that is unknown: an opaque token, a password, a plugin, an unreadable
 * file. Signatures are not verified, since the result is only information for the kubeconfig's owner.
 *
 * Permissions: `--allow-read` of files that the kubeconfig names.
 * @param path of the kubeconfig, for relative paths in it
 */
export async function credentialExpiry(
  path: string,
  { user, isTls, serverUser }: Current,
): Promise<Date | undefined> {
  if (!isTls || serverUser !== undefined) return undefined; // no credential, or a password
  const read = async (file: string) =>
    file === "" ? "" : await Deno.readTextFile(resolve(dirname(path), file)).catch(() => "");
  const certificate = textOf(user["client-certificate-data"]) ||
    await read(user["client-certificate"]);
  const token = await read(user.tokenFile) || user.token;
  const ends = [endOfCertificate(certificate), tokenExpiry(token.trim())]
    .filter((end) => end !== undefined);
  return ends.length === 0 ? undefined : new Date(Math.min(...ends));
}

/** The expiry of the first certificate, which is the client's own, in milliseconds since 1970. */
function endOfCertificate(pem: string): number | undefined {
  const [first] = certificatesIn(pem);
  if (first === undefined) return undefined;
  try {
    return timeOrNone(Date.parse(new X509Certificate(first).validTo));
  } catch {
    return undefined; // a certificate that this runtime cannot parse
  }
}

/** `undefined` for a time outside of the range of Date. */
const timeOrNone = (time: number) => Math.abs(time) <= 8.64e15 ? time : undefined;
