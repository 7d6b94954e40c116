import { Buffer } from "node:buffer";
import { createPrivateKey, type KeyObject } from "node:crypto";
import { type Checked, no, yes } from "./checked.ts";
import { type PemBlock, readPem } from "./pem.ts";

/** Of a key with 16384 bits, the most that SSH knows, in any format; reading takes time. */
const MAX_LENGTH = 16 * 1024;

/** Said of a key that no format's reader takes. */
export const UNREADABLE =
  "is a private key that cannot be read: it is damaged, incomplete or of an uncommon form";
export const PASSPHRASE =
  "must be a private key without a passphrase: Argo CD has no way to give one";

const PUBLIC = "is a public key; the private key that goes with it is needed";
const CERTIFICATE = "is a certificate; the private key that goes with it is needed";
const PUTTY = "is in PuTTY's format: export it as an OpenSSH key, with PuTTYgen's menu Conversions";

/**
 * The one block of a private key in a text: its label ends in PRIVATE KEY and it is not encrypted.
 * The curve's parameters, which `openssl ecparam -genkey` writes above a key, are left out: Go takes
 * only the first block.
 * @see https://github.com/golang/crypto/blob/v0.57.0/ssh/keys.go ParseRawPrivateKey
 */
export function readPrivateKeyBlock(text: string): Checked<PemBlock> {
  if (text.length > MAX_LENGTH) return no(`must be at most ${MAX_LENGTH} characters long`);
  const blocks = readPem(text);
  if (!blocks.ok) return blocks;
  const [block, ...more] = blocks.value.filter(({ label }) => label !== "EC PARAMETERS");
  if (block === undefined) return no(insteadOfPem(text));
  const isKey = block.label.endsWith("PRIVATE KEY");
  if (isKey && more.length > 0) return no("must hold one private key and nothing else");
  if (block.encrypted || block.label === "ENCRYPTED PRIVATE KEY") return no(PASSPHRASE);
  if (block.label.endsWith("PUBLIC KEY")) return no(PUBLIC);
  if (block.label.endsWith("CERTIFICATE")) return no(CERTIFICATE);
  return isKey ? yes(block) : no("must be a private key");
}

/** What the text is when it is no PEM. */
function insteadOfPem(given: string): string {
  const text = given.trim();
  if (text === "") return "must not be empty";
  if (text.startsWith("PuTTY-User-Key-File-")) return PUTTY;
  if (text.startsWith("---- BEGIN SSH2 PUBLIC KEY")) return PUBLIC;
  if (text.startsWith("---- BEGIN SSH2")) return "is in the format of ssh.com, and must be in PEM";
  if (/^\S+-cert-v\d\d@openssh\.com\s/.test(text)) return CERTIFICATE;
  if (/^(ssh|ecdsa|sk-ssh|sk-ecdsa)-\S+\s+AAAA/.test(text)) return PUBLIC;
  if (/^LS0tLS1CRUdJTi/.test(text)) return "is encoded in base64 once more; give it as it is";
  return "must be a private key: a text with a line that begins with -----BEGIN";
}

/** Version 2 of PKCS#8 (RFC 5958), where a key of few bytes has its version. */
const PKCS8_V2 = { at: 4, is: 1 };

/**
 * A key in PKCS#1, PKCS#8 or SEC1, or undefined when Argo CD could not use it. What Deno lets pass
 * and others do not: of RSA, values beside the primes that do not follow from them (Go); of Ed25519,
 * PKCS#8 that has the public key too (OpenSSL, and so OpenSSH and git).
 * @see https://github.com/golang/go/blob/go1.26.3/src/crypto/x509/pkcs1.go ParsePKCS1PrivateKey
 */
export function readPemKey(block: PemBlock): KeyObject | undefined {
  try {
    const key = createPrivateKey(block.text);
    switch (key.asymmetricKeyType) {
      case "rsa": {
        const pkcs1 = key.export({ type: "pkcs1", format: "der" });
        return Buffer.from(block.bytes).includes(pkcs1) ? key : undefined;
      }
      case "ed25519":
        return block.bytes[PKCS8_V2.at] === PKCS8_V2.is ? undefined : key;
      default:
        return key;
    }
  } catch {
    return undefined;
  }
}
