import { createHash, type KeyObject } from "node:crypto";
import { seal, type Sealed } from "../../log/sealed.ts";
import { no, type Validated, yes } from "./validated.ts";
import { DSA, OTHER_KIND, readOpensshKey } from "./openssh_key.ts";
import { readPemKey, readPrivateKeyBlock, UNREADABLE } from "./private_key.ts";
import { sshPublicKey } from "./ssh_wire.ts";

export interface ParsedSshKey {
  /** The PEM block of the key, with LF after every line including the last, as OpenSSH needs it. */
  readonly text: Sealed<string>;
  readonly type: "rsa" | "ecdsa" | "ed25519";
  readonly bits: number;
  /** `SHA256:…`, as `ssh-keygen -lf` prints it. */
  readonly fingerprint: string;
  /** The comment in a key in OpenSSH's format; absent when there is none. */
  readonly comment?: string;
}

/**
 * OpenSSH rejects shorter keys, Argo CD's SSH library longer ones.
 * @see https://github.com/openssh/openssh-portable/blob/V_9_9_P1/sshkey.h SSH_RSA_MINIMUM_MODULUS_SIZE
 * @see https://github.com/golang/crypto/blob/v0.57.0/ssh/keys.go parseOpenSSHPrivateKey
 */
const RSA_BITS = { least: 1024, most: 16384 };
const RSA_EXPONENT_END = 1n << 24n;

/** Bits of the curves, by OpenSSL's names; all others have 256. */
const CURVE_BITS: Readonly<Record<string, number>> = { secp384r1: 384, secp521r1: 521 };

/**
 * Checks a key for `sshPrivateKey` of a repository. Argo CD lists the repository with Go and fetches it
 * with OpenSSH, and so does Image Updater. Both accept RSA, ECDSA and Ed25519 keys in OpenSSH's format,
 * PKCS#8 (Ed25519 since OpenSSH 9.6), and PKCS#1 or SEC1.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.7/util/git/client.go buildSSHAuth
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.7/util/git/creds.go SSHCreds.Environ
 * @see https://github.com/golang/crypto/blob/v0.57.0/ssh/keys.go ParsePrivateKey
 * @see https://www.openssh.com/txt/release-9.6
 */
export function checkSshPrivateKey(text: string): Validated<ParsedSshKey> {
  const block = readPrivateKeyBlock(text);
  if (!block.ok) return block;
  if (block.value.label === "OPENSSH PRIVATE KEY") {
    const read = readOpensshKey(block.value.bytes);
    return read.ok ? described(read.value.key, block.value.text, read.value.comment) : read;
  }
  const key = readPemKey(block.value);
  return key ? described(key, block.value.text, "") : no(UNREADABLE);
}

function described(key: KeyObject, text: string, comment: string): Validated<ParsedSshKey> {
  const { asymmetricKeyType: kind, asymmetricKeyDetails: details = {} } = key;
  if (kind === "dsa") return no(DSA);
  const publicKey = sshPublicKey(key);
  if (publicKey === undefined) return no(OTHER_KIND);
  const { modulusLength = 0, publicExponent = 0n } = details;
  if (kind === "rsa" && (modulusLength < RSA_BITS.least || modulusLength > RSA_BITS.most)) {
    return no(`is an RSA key, which must have ${RSA_BITS.least} to ${RSA_BITS.most} bits`);
  }
  if (publicExponent >= RSA_EXPONENT_END) return no("has a public exponent too large for Argo CD");
  const hash = createHash("sha256").update(publicKey).digest("base64").replace(/={1,2}$/, "");
  return yes({
    text: seal(text),
    type: kind === "rsa" ? "rsa" : kind === "ec" ? "ecdsa" : "ed25519",
    bits: kind === "rsa" ? modulusLength : CURVE_BITS[details.namedCurve ?? ""] ?? 256,
    fingerprint: `SHA256:${hash}`,
    ...(/^[^\p{Cc}]+$/u.test(comment) ? { comment } : {}),
  });
}
