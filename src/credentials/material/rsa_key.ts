import { seal, type Sealed } from "../../log/sealed.ts";
import { type Checked, no, yes } from "./checked.ts";
import { readPemKey, readPrivateKeyBlock, UNREADABLE } from "./private_key.ts";

export interface RsaPrivateKey {
  /** The key alone, LF behind each line. */
  readonly text: Sealed<string>;
  readonly bits: number;
}

/** A GitHub App signs with RS256. @see RFC 7518, section 3.3 */
const APP_BITS = 2048;

/**
 * Checks the private key of a GitHub App, for `githubAppPrivateKey`: an RSA key in PKCS#1, as GitHub
 * hands it out, or in PKCS#8.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.7/util/git/creds.go GitHubAppCreds.getAppTransport
 * @see https://github.com/golang-jwt/jwt/blob/v4.5.2/rsa_utils.go ParseRSAPrivateKeyFromPEM
 */
export function checkAppPrivateKey(text: string): Checked<RsaPrivateKey> {
  return checkRsaKey(text, APP_BITS);
}

/** @param leastBits of the modulus */
export function checkRsaKey(text: string, leastBits: number): Checked<RsaPrivateKey> {
  const block = readPrivateKeyBlock(text);
  if (!block.ok) return block;
  if (block.value.label === "OPENSSH PRIVATE KEY") {
    return no("is in OpenSSH's format, and must be an RSA key in PKCS#1 or PKCS#8");
  }
  const key = readPemKey(block.value);
  if (key === undefined) return no(UNREADABLE);
  if (key.asymmetricKeyType !== "rsa") return no("must be an RSA key, and is one of another kind");
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < leastBits) return no(`must have at least ${leastBits} bits, as an RSA key`);
  return yes({ text: seal(block.value.text), bits });
}
