import { type KeyObject, X509Certificate } from "node:crypto";
import { seal, type Sealed } from "../../log/sealed.ts";
import { endOfCertificates } from "../expiry/in_value.ts";
import { no, type Validated, yes } from "./validated.ts";
import { type PemBlock, readPem } from "./pem.ts";
import { readPemKey, readPrivateKeyBlock, UNREADABLE } from "./private_key.ts";

export interface TlsPair {
  /** The PEM blocks of the certificates, in order, with LF after every line. */
  readonly cert: string;
  readonly key: Sealed<string>;
  /** When the first of the certificates expires, in ISO 8601; absent when none does. */
  readonly notAfter?: string;
  /** The subject of the first certificate: `CN=…, O=…`. */
  readonly subject: string;
  /** Hints about certificates that are not valid now. */
  readonly warnings: readonly string[];
}

/** `of` names the text that `why` is about. */
export type CheckedTlsPair =
  | { readonly ok: true; readonly value: TlsPair }
  | { readonly ok: false; readonly of: "cert" | "key"; readonly why: string };

/** The most characters of a chain; a certificate has a few thousand. */
const MAX_LENGTH = 128 * 1024;

const SWAPPED = "is the private key: certificate and key are swapped";

/**
 * Checks a client certificate, optionally with intermediate certificates, and its private key, for
 * `tlsClientCertData` and `tlsClientCertKey`. It applies the conditions of Go, with which Argo CD loads
 * them; Argo CD only logs a bad pair and goes on without it, while this rejects it.
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
    return { ...no(`must start with the certificate of the key, which is ${place}`), of: "cert" };
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

function readChain(cert: string, key: string): Validated<Chain> {
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
    return no("is a certificate signing request; the signed certificate is needed");
  }
  if (labels.size > 1 || !labels.has("CERTIFICATE")) return no("must hold certificates only");
  const certificates = blocks.value.map(readCertificate);
  const damaged = certificates.indexOf(undefined);
  if (damaged >= 0) {
    const place = `${damaged + 1} of ${certificates.length}`;
    return no(`has a damaged certificate, number ${place}`);
  }
  return yes({
    certificates: certificates.filter((one) => one !== undefined),
    text: blocks.value.map(({ text }) => text).join(""),
  });
}

function readCertificate(block: PemBlock): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(block.bytes);
    // The constructor does not parse the dates; reading them may throw.
    certificate.validToDate.toISOString();
    certificate.validFromDate.toISOString();
    return certificate;
  } catch {
    return undefined;
  }
}

/** The curves that Go supports in TLS, by OpenSSL's names. */
const CURVES = new Set(["prime256v1", "secp384r1", "secp521r1"]);

function readTlsKey(block: PemBlock): Validated<KeyObject> {
  if (block.label === "OPENSSH PRIVATE KEY") {
    return no("is in OpenSSH's format, but must be in PKCS#8, PKCS#1 or SEC1");
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
    // The certificate's key has a type that Deno does not support, so it is not this key.
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
