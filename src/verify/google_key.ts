import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { seal, type Sealed } from "../log/sealed.ts";
import { decodeBase64Text } from "../text/bytes.ts";
import { endOfCertificate } from "../text/certificate_end.ts";
import { parsedObject } from "../text/json.ts";
import { NoAnswer } from "./no_answer.ts";
import type { Session } from "./session.ts";
import type { Finding, GoogleKeyCredential } from "./verdict.ts";

/** Largest answer that is read, in bytes: a service account has ten keys at most, and Google's own. */
const MAX_ANSWER = 256 * 1024;

/** What a key's file says of it, besides the private key. */
export interface GoogleKey {
  readonly clientEmail: string;
  readonly keyId: string;
}

/** `undefined` where the file lacks what Google is asked for; keys of other clouds than its own do. */
export function googleKeyIn(text: string): GoogleKey | undefined {
  const { client_email: clientEmail, private_key_id: keyId, universe_domain: universe } =
    parsedObject(text) ?? {};
  if (typeof clientEmail !== "string" || typeof keyId !== "string") return undefined;
  return universe === undefined || universe === "googleapis.com"
    ? { clientEmail, keyId }
    : undefined;
}

/**
 * The key that is the password of a login at one of Google's registries, of the user `_json_key` or, in base64,
 * `_json_key_base64`.
 * @see https://cloud.google.com/artifact-registry/docs/docker/authentication#json-key
 */
export function googleKeyOf(password: Sealed<string> | undefined): Sealed<string> | undefined {
  const text = password?.reveal() ?? "";
  return [text, /^[A-Za-z0-9+/=\s]+$/.test(text) ? decodeBase64Text(text) : ""]
    .filter((each) => googleKeyIn(each) !== undefined).map(seal)[0];
}

/** When a key ends, in ISO time; without an answer nobody knows. */
export async function endOfGoogleKey(
  key: Sealed<string>,
  url: URL,
  session: Session,
): Promise<string | undefined> {
  try {
    return (await verifyGoogleKey({ key }, url, session)).expires;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return undefined;
  }
}

/**
 * Asks for the certificates of the service account, which anybody may: that of the key is there until the key is
 * deleted or ends. Nothing secret is sent. Where the key's file says that they are is not asked, since that may be
 * anywhere. This was written by the documents, and tried against their examples only.
 * @see https://cloud.google.com/iam/docs/keys-list-get
 * @see https://developers.google.com/identity/protocols/oauth2/service-account
 */
export async function verifyGoogleKey(
  { key }: Pick<GoogleKeyCredential, "key">,
  url: URL,
  session: Session,
): Promise<Finding> {
  const { keyId } = googleKeyIn(key.reveal())!;
  const { status, body } = await session.ask({
    url,
    accept: "application/json",
    maxBody: MAX_ANSWER,
  });
  if (status === 404) {
    return { accepted: false, why: "Google knows no such service account, with 404" };
  }
  const certificates = parsedObject(body);
  if (status !== 200 || certificates === undefined) {
    return { accepted: undefined, why: `Google answers with ${status}` };
  }
  const text = Object.hasOwn(certificates, keyId) ? certificates[keyId] : undefined;
  if (text === undefined) {
    const why = "Google has no certificate of this key: it was deleted, or has expired";
    return { accepted: false, why };
  }
  const certificate = certificateIn(text);
  if (certificate === undefined) {
    return { accepted: undefined, why: "Google's certificate of this key cannot be read" };
  }
  if (!isOf(certificate, parsedObject(key.reveal())?.private_key)) {
    return { accepted: false, why: "The private key is not the one that Google has by this id" };
  }
  const end = endOfCertificate(certificate);
  return {
    accepted: true,
    ...(end === undefined ? {} : { expires: new Date(end).toISOString() }),
    why: "Google knows the key; what it may read was not tried",
  };
}

function certificateIn(text: unknown): X509Certificate | undefined {
  try {
    return new X509Certificate(String(text));
  } catch {
    return undefined;
  }
}

function isOf({ publicKey }: X509Certificate, privateKey: unknown): boolean {
  const spki = (key: KeyObject) => key.export({ type: "spki", format: "der" }).toString("hex");
  try {
    return spki(createPublicKey(createPrivateKey(String(privateKey)))) === spki(publicKey);
  } catch {
    return false; // the message may quote it
  }
}
