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
 * The PEM certificates in a text, such as a CA file; anything else in it is skipped.
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
 * Why a client certificate and its key are not a valid PEM pair; `undefined` when they are, or when Go might
 * parse what this runtime cannot. The reason follows the name of the certificate's field.
 * @see https://pkg.go.dev/crypto/tls#X509KeyPair
 */
export function whyNoPair(certificate: string, key: string): string | undefined {
  const [first] = blocksOf(certificate).filter(({ label }) => label === "CERTIFICATE");
  if (first === undefined || !isCertificate(first.der)) return "contains no PEM certificate";
  const own = blocksOf(key).find(({ label }) => /(^| )PRIVATE KEY$/.test(label));
  if (own === undefined) return "comes with a client key that is not PEM";
  if (own.label.startsWith("ENCRYPTED") || own.hasHeaders || childrenOf(own.der) === undefined) {
    return "comes with a client key that is encrypted or invalid";
  }
  return isPair(first.text, own.text)
    ? undefined
    : "does not match its client key (private key does not match public key)";
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

/** Whether DER has the structure of a certificate: TBSCertificate, algorithm and signature. */
function isCertificate(der: Uint8Array): boolean {
  const [signed, algorithm, signature, ...more] = childrenOf(der) ?? [];
  return signed === 0x30 && algorithm === 0x30 && signature === 0x03 && more.length === 0;
}

/** The tags of the elements in a complete DER SEQUENCE; `undefined` when it is not one. */
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

/** The offsets of the value of the element at an offset. */
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
