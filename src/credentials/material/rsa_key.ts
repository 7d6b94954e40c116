import { seal, type Sealed } from "../../log/sealed.ts";
import { no, type Validated, yes } from "./validated.ts";
import { readPemKey, readPrivateKeyBlock, UNREADABLE } from "./private_key.ts";

export interface ParsedRsaKey {
  /** The PEM block of the key, with LF after every line. */
  readonly text: Sealed<string>;
  readonly bits: number;
}

/** The shortest key for RS256, with which a GitHub App signs. @see RFC 7518, section 3.3 */
const APP_BITS = 2048;

/**
 * Checks the private key of a GitHub App, for `githubAppPrivateKey`: an RSA key in PKCS#1, as GitHub
 * creates it, or in PKCS#8.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.7/util/git/creds.go GitHubAppCreds.getAppTransport
 * @see https://github.com/golang-jwt/jwt/blob/v4.5.2/rsa_utils.go ParseRSAPrivateKeyFromPEM
 */
export function checkAppPrivateKey(text: string): Validated<ParsedRsaKey> {
  return checkRsaKey(text, APP_BITS);
}

/** @param leastBits the shortest modulus that is accepted */
export function checkRsaKey(text: string, leastBits: number): Validated<ParsedRsaKey> {
  const block = readPrivateKeyBlock(text);
  if (!block.ok) return block;
  if (block.value.label === "OPENSSH PRIVATE KEY") {
    return no("is in OpenSSH's format, but must be an RSA key in PKCS#1 or PKCS#8");
  }
  const key = readPemKey(block.value);
  if (key === undefined) return no(UNREADABLE);
  if (key.asymmetricKeyType !== "rsa") return no("must be an RSA key, but is of another type");
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < leastBits) return no(`must be an RSA key with at least ${leastBits} bits`);
  return yes({ text: seal(block.value.text), bits });
}
