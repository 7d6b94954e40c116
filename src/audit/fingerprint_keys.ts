import { resolve } from "node:path";
import type { Trust } from "../files/trusted.ts";
import type { Sealed } from "../log/sealed.ts";
import { observe } from "../observe/observe.ts";
import { type AuditKey, keyBeside, takeKey } from "./key.ts";
import { fileErrorReason } from "./files.ts";

/** Makes fingerprints by the key in a file. Any number of processes can use the file. */
export class FingerprintKey {
  readonly #path: string;
  readonly #trust: Trust;
  #key: Promise<AuditKey["fingerprint"]> | undefined;
  /** The last reason that was logged, so that each is logged once. */
  #logged: string | undefined;

  /** @param trust who may own the file, and write to it */
  constructor(path: string, trust: Trust) {
    this.#path = path;
    this.#trust = trust;
  }

  /**
   * Returns the fingerprint of a value. The first call reads the key, or creates it if there is no file.
   *
   * Permissions: `--allow-read` of the file, `--allow-write` to create it.
   * @throws {Error} with the reason, when the key cannot be used; the next call tries again
   */
  async of(value: Sealed<string>): Promise<string> {
    this.#key ??= keyIn(this.#path, this.#trust);
    try {
      return (await this.#key)(value);
    } catch (error) {
      this.#key = undefined;
      const reason = fileErrorReason(error);
      if (this.#logged !== reason) {
        observe("fingerprints.key_unusable", { file: this.#path, reason });
      }
      this.#logged = reason;
      throw new Error(`cannot use fingerprint-key-file ${this.#path}: ${reason}`);
    }
  }
}

/** The keys of this process, one for each file. */
export class FingerprintKeys {
  readonly #keys = new Map<string, FingerprintKey>();

  /** Returns the key in the file at this path, which is read at its first use. */
  at(spelled: string, trust: Trust): FingerprintKey {
    const path = resolve(spelled);
    const key = this.#keys.get(path) ?? new FingerprintKey(path, trust);
    this.#keys.set(path, key);
    return key;
  }
}

async function keyIn(path: string, trust: Trust): Promise<AuditKey["fingerprint"]> {
  const { fingerprint } = await keyBeside(path, trust) ?? await make(path, trust);
  return fingerprint;
}

/** Creates the key. Another process that creates it at the same time waits, and reads this one. */
async function make(path: string, trust: Trust): Promise<AuditKey> {
  const key = await takeKey(path, trust);
  key.release();
  return key;
}
