import { X509Certificate } from "node:crypto";
import { decodeBase64 } from "../../text/bytes.ts";
import { certificateExpiry } from "../../text/certificate_expiry.ts";
import { isObject, parsedJson } from "../../text/json.ts";
import { tokenExpiry } from "../../text/json_web_token.ts";
import { readPem } from "../material/pem.ts";
import { SshReader } from "../material/ssh_wire.ts";
import type { Expiry } from "./expiry.ts";

/** The expiry that a credential of any kind contains. Signatures are not verified. */
export function endIn(text: string): Expiry | undefined {
  const value = tokenExpiry(text.trim()) ?? endOfSshCertificate(text);
  if (value !== undefined) return expiryAt(value, "value");
  const hint = endOfEcrPassword(text.trim());
  return hint === undefined ? undefined : expiryAt(hint, "hint");
}

/**
 * When the first certificate in a PEM text expires, in ISO time: the client certificate or an intermediate. A
 * self-signed root at the end of the chain does not count, because the server uses its own copy.
 */
export function endOfCertificates(pem: string): string | undefined {
  const blocks = readPem(pem);
  if (!blocks.ok) return undefined;
  const ends = blocks.value.flatMap(({ label, bytes }, i) => {
    if (label !== "CERTIFICATE") return [];
    try {
      const certificate = new X509Certificate(bytes);
      const { subject, issuer } = certificate;
      return i > 0 && subject === issuer ? [] : certificateExpiry(certificate) ?? [];
    } catch {
      return []; // a certificate that Deno cannot parse
    }
  });
  return ends.length === 0 ? undefined : new Date(Math.min(...ends)).toISOString();
}

/** @param time milliseconds since 1970; a time outside the range of Date gives `undefined` */
function expiryAt(time: number, source: Expiry["source"]): Expiry | undefined {
  return Math.abs(time) <= 8.64e15 ? { at: new Date(time).toISOString(), source } : undefined;
}

/**
 * An Amazon ECR password is base64 of JSON with `expiration`, in seconds since 1970. That is undocumented, so it is
 * only a hint.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
 */
function endOfEcrPassword(text: string): number | undefined {
  // `{"` in base64: a cheap test first, because most values are not ECR passwords.
  if (!/^eyJ[A-Za-z0-9+/]+=*$/.test(text)) return undefined;
  const bytes = decodeBase64(text);
  const token = bytes && parsedJson(new TextDecoder().decode(bytes));
  if (!isObject(token) || typeof token.payload !== "string") return undefined;
  return typeof token.expiration === "number" ? token.expiration * 1000 : undefined;
}

const CERTIFICATE_LINE =
  /(?:ssh-rsa|ssh-dss|ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|sk-ssh-ed25519|sk-ecdsa-sha2-nistp256)-cert-v01@openssh\.com[ \t]+([A-Za-z0-9+/]+={0,2})/g;

/**
 * `valid before` of the SSH certificate that expires first, in milliseconds since 1970. A certificate is a line of
 * its own next to the key.
 */
function endOfSshCertificate(text: string): number | undefined {
  if (!text.includes("-cert-v01@openssh.com")) return undefined;
  const ends = [...text.matchAll(CERTIFICATE_LINE)]
    .flatMap(([, base64 = ""]) => validBefore(decodeBase64(base64)) ?? []);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** The number of public key fields between the nonce and the serial number, by kind of key. */
const KEY_FIELDS: Readonly<Record<string, number>> = {
  "ssh-rsa": 2,
  "ssh-dss": 4,
  "ssh-ed25519": 1,
  "sk-ssh-ed25519": 2,
  "sk-ecdsa-sha2-nistp256": 3,
};

/** Of an ECDSA key: curve and point. */
const ECDSA_FIELDS = 2;

/**
 * @returns `undefined` for a certificate that never expires, and for other data
 * @see https://github.com/openssh/openssh-portable/blob/V_9_9_P1/PROTOCOL.certkeys
 */
function validBefore(bytes: Uint8Array | undefined): number | undefined {
  if (bytes === undefined) return undefined;
  try {
    const reader = new SshReader(bytes);
    const kind = reader.text().replace("-cert-v01@openssh.com", "");
    const fields = KEY_FIELDS[kind] ?? ECDSA_FIELDS;
    for (let i = 0; i < 1 + fields; i++) reader.string(); // nonce and public key
    reader.uint64(); // serial number
    reader.uint32(); // user or host
    reader.string(); // key id
    reader.string(); // principals
    reader.uint64(); // valid after
    const seconds = reader.uint64();
    return seconds === FOREVER ? undefined : Number(seconds) * 1000;
  } catch {
    return undefined; // a length exceeds the data
  }
}

const FOREVER = 0xffff_ffff_ffff_ffffn;
