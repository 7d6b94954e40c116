import { generateKeyPairSync, type KeyObject } from "node:crypto";

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

let keys: KeyPair | undefined;

/**
 * An RSA key of 2048 bits and its public key. They are generated once in each run and shared by all tests,
 * since that takes a third of a second.
 */
export function rsaKeys(): KeyPair {
  return keys ??= generateKeyPairSync("rsa", { modulusLength: 2048 });
}
