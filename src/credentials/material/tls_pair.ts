import { type KeyObject, X509Certificate } from "node:crypto";
import { seal, type Sealed } from "../../log/sealed.ts";
import { endOfCertificates } from "../expiry/in_value.ts";
import { type Checked, no, yes } from "./checked.ts";
import { type PemBlock, readPem } from "./pem.ts";
import { readPemKey, readPrivateKeyBlock, UNREADABLE } from "./private_key.ts";

export interface TlsPair {
  /** The certificates alone, in their order, LF behind each line. */
  readonly cert: string;
  readonly key: Sealed<string>;
  /** When the first of the certificates ends, ISO 8601; absent where none does. */
  readonly notAfter?: string;
  /** `CN=…, O=…` of the first certificate. */
  readonly subject: string;
  /** Sentences about what may not work. */
  readonly warnings: readonly string[];
}

/** `why` is about the field of that text. */
export type CheckedTlsPair =
  | { readonly ok: true; readonly value: TlsPair }
  | { readonly ok: false; readonly of: "cert" | "key"; readonly why: string };

/** A certificate has some thousand characters, a chain a few of them. */
const MAX_LENGTH = 128 * 1024;

const SWAPPED = "is the private key: certificate and key are swapped";

/**
 * Checks a client certificate, with those between it and its authority if need be, and its private key,
 * for `tlsClientCertData` and `tlsClientCertKey`. The conditions are Go's, with which Argo CD reads
 * them; one that it only logs, and goes on without, is refused here.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.7/util/git/client.go GetRepoHTTPClient
 * @see https://github.com/golang/go/blob/go1.26.3/src/crypto/tls/tls.go X509KeyPair
 */
export function checkTlsPair(cert: string, key: string, now = new Date()): CheckedTlsPair {
  const chain = readChain(cert, key);
  if (!chain.ok) return { ...chain, of: "cert" };
  const block = readPrivateKeyBlock(key);
  if (!block.ok) return { ...block, of: "key" };
  const privateKey = readTlsKey(block.value);
  if (!privateKey.ok) return { ...privateKey, of: "key" };
  const { certificates, text } = chain.value;
  const [leaf] = certificates;
  const owner = certificates.findIndex((one) => belongs(one, privateKey.value));
  if (owner < 0) return { ...no("is not the private key of the certificate"), of: "key" };
  if (owner > 0) {
    const place = `number ${owner + 1} of ${certificates.length}`;
    return { ...no(`must begin with the certificate of the key, which is ${place}`), of: "cert" };
  }
  const notAfter = endOfCertificates(text);
  const value = {
    cert: text,
    key: seal(block.value.text),
    ...(notAfter === undefined ? {} : { notAfter }),
    subject: shownSubject(leaf!),
    warnings: certificates.flatMap((one, index) => warnings(one, index + 1, now)),
  };
  return { ok: true, value };
}

type Chain = Pick<PemBlock, "text"> & { readonly certificates: readonly X509Certificate[] };

function readChain(cert: string, key: string): Checked<Chain> {
  if (cert.length > MAX_LENGTH) return no(`must be at most ${MAX_LENGTH} characters long`);
  const blocks = readPem(cert);
  if (!blocks.ok) return blocks;
  const labels = new Set(blocks.value.map(({ label }) => label));
  if (labels.size === 0) {
    return no("must be a certificate in PEM: a text that begins with -----BEGIN CERTIFICATE-----");
  }
  if ([...labels].some((label) => label.endsWith("PRIVATE KEY"))) {
    if (labels.has("CERTIFICATE")) {
      return no("must not hold the private key, which has its own field");
    }
    return no(/-----BEGIN CERTIFICATE-----/.test(key) ? SWAPPED : "is a private key");
  }
  if (labels.has("CERTIFICATE REQUEST") || labels.has("NEW CERTIFICATE REQUEST")) {
    return no("is the request for a certificate; what the authority made of it is needed");
  }
  if (labels.size > 1 || !labels.has("CERTIFICATE")) return no("must hold certificates only");
  const certificates = blocks.value.map(readCertificate);
  const damaged = certificates.indexOf(undefined);
  if (damaged >= 0) {
    const place = `${damaged + 1} of ${certificates.length}`;
    return no(`holds a certificate that cannot be read, number ${place}: it is damaged`);
  }
  return yes({
    certificates: certificates.filter((one) => one !== undefined),
    text: blocks.value.map(({ text }) => text).join(""),
  });
}

function readCertificate(block: PemBlock): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(block.bytes);
    // These are read later than the rest.
    certificate.validToDate.toISOString();
    certificate.validFromDate.toISOString();
    return certificate;
  } catch {
    return undefined;
  }
}

/** Curves that Go signs with in TLS, by OpenSSL's names. */
const CURVES = new Set(["prime256v1", "secp384r1", "secp521r1"]);

function readTlsKey(block: PemBlock): Checked<KeyObject> {
  if (block.label === "OPENSSH PRIVATE KEY") {
    return no("is in OpenSSH's format, and must be in PKCS#8, PKCS#1 or SEC1");
  }
  const key = readPemKey(block);
  if (key === undefined) return no(UNREADABLE);
  const { asymmetricKeyType: type = "", asymmetricKeyDetails: details } = key;
  const isUsable = type === "ec"
    ? CURVES.has(details?.namedCurve ?? "")
    : ["rsa", "ed25519"].includes(type);
  return isUsable ? yes(key) : no("must be an RSA, ECDSA or Ed25519 key");
}

function belongs(certificate: X509Certificate, key: KeyObject): boolean {
  try {
    return certificate.checkPrivateKey(key);
  } catch {
    // Its key is of a kind that Deno does not know, so not of this one.
    return false;
  }
}

function shownSubject({ subject }: X509Certificate): string {
  return (subject ?? "").split("\n").join(", ").replaceAll(/\p{Cc}/gu, " ");
}

/** @param number counted from 1 */
function warnings(certificate: X509Certificate, number: number, now: Date): string[] {
  const { validFromDate: from, validToDate: to } = certificate;
  const which = number === 1 ? "The certificate" : `Certificate ${number} of the chain`;
  if (to < now) return [`${which} expired on ${to.toISOString()}`];
  if (from > now) return [`${which} is not valid before ${from.toISOString()}`];
  return [];
}
