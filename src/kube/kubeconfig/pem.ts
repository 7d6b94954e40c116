import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { decodeBase64 } from "../../text/bytes.ts";

interface Block {
  readonly label: string;
  readonly der: Uint8Array;
  readonly hasHeaders: boolean;
  readonly text: string;
}

function blocksOf(pem: string): Block[] {
  const blocks: Block[] = [];
  const expression = /^-----BEGIN ([A-Z0-9 ]+)-----[ \t]*$([^-]*)^-----END \1-----[ \t]*$/gm;
  for (const [text, label = "", body = ""] of pem.replaceAll("\r", "").matchAll(expression)) {
    const hasHeaders = body.includes(":");
    const der = decodeBase64(hasHeaders ? "" : body.replace(/\s/g, ""));
    if (der !== undefined) blocks.push({ label, der, hasHeaders, text });
  }
  return blocks;
}

/**
 * The certificates in PEM among what a file of authorities holds; anything else in it is passed over.
 * @see https://pkg.go.dev/crypto/x509#CertPool.AppendCertsFromPEM
 */
export function certificatesIn(pem: string): string[] {
  return blocksOf(pem)
    .filter(({ label, der, hasHeaders }) =>
      label === "CERTIFICATE" && !hasHeaders && isCertificate(der)
    )
    .map(({ text }) => text);
}

/**
 * Why a client's certificate and its key, in PEM, are none, or `undefined`. What Go might understand
 * and this runtime does not is not refused.
 * @see https://pkg.go.dev/crypto/tls#X509KeyPair
 */
export function whyNoPair(certificate: string, key: string): string | undefined {
  const [first] = blocksOf(certificate).filter(({ label }) => label === "CERTIFICATE");
  if (first === undefined || !isCertificate(first.der)) return "holds no certificate in PEM";
  const own = blocksOf(key).find(({ label }) => /(^| )PRIVATE KEY$/.test(label));
  if (own === undefined) return "has no key in PEM beside it";
  if (own.label.startsWith("ENCRYPTED") || own.hasHeaders || childrenOf(own.der) === undefined) {
    return "has a key beside it that is encrypted or none";
  }
  return isPair(first.text, own.text) ? undefined : "is not the certificate of the key beside it";
}

function isPair(certificate: string, key: string): boolean {
  try {
    const format = { type: "spki", format: "der" } as const;
    const its = new X509Certificate(certificate).publicKey.export(format);
    return its.equals(createPublicKey(createPrivateKey(key)).export(format));
  } catch {
    return true;
  }
}

/** Whether it has the outer form of a certificate: what is signed, by what, and the signature. */
function isCertificate(der: Uint8Array): boolean {
  const [signed, algorithm, signature, ...more] = childrenOf(der) ?? [];
  return signed === 0x30 && algorithm === 0x30 && signature === 0x03 && more.length === 0;
}

/** Tags of what is in a SEQUENCE of DER that is all there; `undefined` when it is not one. */
function childrenOf(der: Uint8Array): number[] | undefined {
  const outer = elementAt(der, 0);
  if (der[0] !== 0x30 || outer?.end !== der.length) return undefined;
  const tags: number[] = [];
  for (let at = outer.start; at < der.length;) {
    const element = elementAt(der, at);
    if (element === undefined) return undefined;
    tags.push(der[at]!);
    at = element.end;
  }
  return tags;
}

/** Where the value of the element at an offset is. */
function elementAt(der: Uint8Array, at: number): { start: number; end: number } | undefined {
  const first = der[at + 1];
  if (first === undefined || first === 0x80 || first > 0x84) return undefined;
  const start = at + 2 + (first < 0x80 ? 0 : first - 0x80);
  const length = first < 0x80
    ? first
    : der.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
  const end = start + length;
  return end <= der.length ? { start, end } : undefined;
}
