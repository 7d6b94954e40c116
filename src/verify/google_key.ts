import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { seal, type Sealed } from "../log/sealed.ts";
import { decodeBase64Text } from "../text/bytes.ts";
import { certificateExpiry } from "../text/certificate_expiry.ts";
import { parsedObject } from "../text/json.ts";
import { NoAnswer } from "./no_answer.ts";
import type { Session } from "./session.ts";
import type { GoogleKeyCredential, ServerVerdict } from "./verdict.ts";

/** The largest response that is read, in bytes: a service account has at most ten keys and Google's own ones. */
const MAX_ANSWER = 256 * 1024;

/** The fields of a key file that identify the key. */
export interface GoogleKey {
  readonly clientEmail: string;
  readonly keyId: string;
}

/** Parses a key file; `undefined` where it lacks these fields, or is for another universe than Google's public cloud. */
export function googleKeyInfo(text: string): GoogleKey | undefined {
  const { client_email: clientEmail, private_key_id: keyId, universe_domain: universe } =
    parsedObject(text) ?? {};
  if (typeof clientEmail !== "string" || typeof keyId !== "string") return undefined;
  return universe === undefined || universe === "googleapis.com"
    ? { clientEmail, keyId }
    : undefined;
}

/**
 * The service account key in the password of a login at a Google registry: of user `_json_key` or, in base64, of user
 * `_json_key_base64`.
 * @see https://cloud.google.com/artifact-registry/docs/docker/authentication#json-key
 */
export function googleKeyOf(password: Sealed<string> | undefined): Sealed<string> | undefined {
  const text = password?.reveal() ?? "";
  return [text, /^[A-Za-z0-9+/=\s]+$/.test(text) ? decodeBase64Text(text) : ""]
    .filter((each) => googleKeyInfo(each) !== undefined).map(seal)[0];
}

/** When a key expires, in ISO time; `undefined` where Google does not answer. */
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
 * Gets the public certificates of the service account: the certificate of a key exists until the key is deleted or
 * expires. Nothing secret is sent. The URL in the key file is not used, because it may point anywhere. Implemented from
 * Google's documentation, and tested only against its examples.
 * @see https://cloud.google.com/iam/docs/keys-list-get
 * @see https://developers.google.com/identity/protocols/oauth2/service-account
 */
export async function verifyGoogleKey(
  { key }: Pick<GoogleKeyCredential, "key">,
  url: URL,
  session: Session,
): Promise<ServerVerdict> {
  const { keyId } = googleKeyInfo(key.reveal())!;
  const { status, body } = await session.request({
    url,
    accept: "application/json",
    maxBody: MAX_ANSWER,
  });
  if (status === 404) {
    return { accepted: false, why: "Google does not know the service account (404 Not Found)" };
  }
  const certificates = parsedObject(body);
  if (status !== 200 || certificates === undefined) {
    return { accepted: undefined, why: `Unexpected response from Google: HTTP ${status}` };
  }
  const text = Object.hasOwn(certificates, keyId) ? certificates[keyId] : undefined;
  if (text === undefined) {
    const why = "Google has no certificate for the key: the key was deleted or has expired";
    return { accepted: false, why };
  }
  const certificate = certificateIn(text);
  if (certificate === undefined) {
    return { accepted: undefined, why: "Google's certificate for the key cannot be parsed" };
  }
  if (!isOf(certificate, parsedObject(key.reveal())?.private_key)) {
    return {
      accepted: false,
      why: "The private key does not match the key that Google has under this ID",
    };
  }
  const end = certificateExpiry(certificate);
  return {
    accepted: true,
    ...(end === undefined ? {} : { expires: new Date(end).toISOString() }),
    why: "Google knows the key; its permissions were not tested",
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
