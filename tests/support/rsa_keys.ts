import { generateKeyPairSync, type KeyPairKeyObjectResult } from "node:crypto";

let keys: KeyPairKeyObjectResult | undefined;

/**
 * An RSA key of 2048 bits and its public key, made anew in each run, and then the same one for all
 * tests: to make one takes a third of a second.
 */
export function rsaKeys(): KeyPairKeyObjectResult {
  return keys ??= generateKeyPairSync("rsa", { modulusLength: 2048 });
}
