import { Buffer } from "node:buffer";
import { createPrivateKey, type KeyObject } from "node:crypto";
import { no, type Validated, yes } from "./validated.ts";
import { type PemBlock, readPem } from "./pem.ts";

/** Enough for a key of 16384 bits, the longest in SSH, in any format. Parsing longer texts takes time. */
const MAX_LENGTH = 16 * 1024;

/** The error of a key that no parser accepts. */
export const UNREADABLE =
  "is a private key that cannot be parsed: it is damaged, incomplete or in an unusual format";
export const PASSPHRASE = "must be a private key without a passphrase: Argo CD cannot enter one";

const PUBLIC = "is a public key; the matching private key is needed";
const CERTIFICATE = "is a certificate; the matching private key is needed";
const PUTTY = "is in PuTTY's format; export it as an OpenSSH key with PuTTYgen, menu Conversions";

/**
 * The single unencrypted block of a private key in a text. The curve parameters that
 * `openssl ecparam -genkey` writes above a key are dropped, since Go reads only the first block.
 * @see https://github.com/golang/crypto/blob/v0.57.0/ssh/keys.go ParseRawPrivateKey
 */
export function readPrivateKeyBlock(text: string): Validated<PemBlock> {
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

/** The error of a text without PEM blocks: names the format that it seems to have. */
function insteadOfPem(given: string): string {
  const text = given.trim();
  if (text === "") return "must not be empty";
  if (text.startsWith("PuTTY-User-Key-File-")) return PUTTY;
  if (text.startsWith("---- BEGIN SSH2 PUBLIC KEY")) return PUBLIC;
  if (text.startsWith("---- BEGIN SSH2")) return "is in ssh.com's format, but must be in PEM";
  if (/^\S+-cert-v\d\d@openssh\.com\s/.test(text)) return CERTIFICATE;
  if (/^(ssh|ecdsa|sk-ssh|sk-ecdsa)-\S+\s+AAAA/.test(text)) return PUBLIC;
  if (/^LS0tLS1CRUdJTi/.test(text)) return "is encoded in base64; decode it first";
  return "must be a private key: a text with a line that begins with -----BEGIN";
}

/** The position and value of the version in a short PKCS#8 key of version 2 (RFC 5958). */
const PKCS8_V2 = { at: 4, is: 1 };

/**
 * Parses a key in PKCS#1, PKCS#8 or SEC1; `undefined` when Argo CD could not use it. Deno accepts two
 * forms that others reject: RSA keys whose other numbers do not follow from the primes (Go), and Ed25519
 * keys in PKCS#8 with the public key (OpenSSL, and so OpenSSH and Git).
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
