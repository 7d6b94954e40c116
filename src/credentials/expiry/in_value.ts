import { X509Certificate } from "node:crypto";
import { decodeBase64 } from "../../text/bytes.ts";
import { endOfCertificate } from "../../text/certificate_end.ts";
import { isObject, parsedJson } from "../../text/json.ts";
import { endOfToken } from "../../text/json_web_token.ts";
import { readPem } from "../material/pem.ts";
import { SshReader } from "../material/ssh_wire.ts";
import type { Expiry } from "./expiry.ts";

/** What a credential tells of its own end, whichever kind it is; nothing is verified. */
export function endIn(text: string): Expiry | undefined {
  const value = endOfToken(text.trim()) ?? endOfSshCertificate(text);
  if (value !== undefined) return expiryAt(value, "value");
  const hint = endOfEcrPassword(text.trim());
  return hint === undefined ? undefined : expiryAt(hint, "hint");
}

/**
 * When the first of the certificates in a PEM text ends, in ISO time: the client's own, or one between it and
 * its authority. An authority at the end of the chain, which signed itself, is the server's to judge.
 */
export function endOfCertificates(pem: string): string | undefined {
  const blocks = readPem(pem);
  if (!blocks.ok) return undefined;
  const ends = blocks.value.flatMap(({ label, bytes }, i) => {
    if (label !== "CERTIFICATE") return [];
    try {
      const certificate = new X509Certificate(bytes);
      const { subject, issuer } = certificate;
      return i > 0 && subject === issuer ? [] : endOfCertificate(certificate) ?? [];
    } catch {
      return []; // what this runtime does not read
    }
  });
  return ends.length === 0 ? undefined : new Date(Math.min(...ends)).toISOString();
}

/** @param time milliseconds since 1970; one that no Date can hold is none */
function expiryAt(time: number, source: Expiry["source"]): Expiry | undefined {
  return Math.abs(time) <= 8.64e15 ? { at: new Date(time).toISOString(), source } : undefined;
}

/**
 * A password of Amazon ECR is base64 of JSON with `expiration`, in seconds since 1970. Nothing documents
 * that, so that it is a hint.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
 */
function endOfEcrPassword(text: string): number | undefined {
  // As most are none; `{"` in base64.
  if (!/^eyJ[A-Za-z0-9+/]+=*$/.test(text)) return undefined;
  const bytes = decodeBase64(text);
  const token = bytes && parsedJson(new TextDecoder().decode(bytes));
  if (!isObject(token) || typeof token.payload !== "string") return undefined;
  return typeof token.expiration === "number" ? token.expiration * 1000 : undefined;
}

const CERTIFICATE_LINE =
  /(?:ssh-rsa|ssh-dss|ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|sk-ssh-ed25519|sk-ecdsa-sha2-nistp256)-cert-v01@openssh\.com[ \t]+([A-Za-z0-9+/]+={0,2})/g;

/**
 * Of the first SSH certificate to end: `valid before`, in milliseconds since 1970. It stands beside a key as a
 * line of its own.
 */
function endOfSshCertificate(text: string): number | undefined {
  if (!text.includes("-cert-v01@openssh.com")) return undefined;
  const ends = [...text.matchAll(CERTIFICATE_LINE)]
    .flatMap(([, base64 = ""]) => validBefore(decodeBase64(base64)) ?? []);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** How many fields the public key of each kind has, between the nonce and the serial number. */
const KEY_FIELDS: Readonly<Record<string, number>> = {
  "ssh-rsa": 2,
  "ssh-dss": 4,
  "ssh-ed25519": 1,
  "sk-ssh-ed25519": 2,
  "sk-ecdsa-sha2-nistp256": 3,
};

/** An ECDSA key: its curve and its point. */
const ECDSA_FIELDS = 2;

/**
 * @returns `undefined` for one without an end, and for what is no certificate
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
    return undefined; // a length that points behind the end
  }
}

const FOREVER = 0xffff_ffff_ffff_ffffn;
