import { resolve } from "node:path";
import type { Trust } from "../files/trusted.ts";
import type { Sealed } from "../log/sealed.ts";
import { observe } from "../observe/observe.ts";
import { type AuditKey, keyBeside, takeKey } from "./key.ts";
import { reasonOf } from "./reason.ts";

/** Fingerprints by the key in a file, which any number of processes read. */
export class FingerprintKey {
  readonly #path: string;
  readonly #trust: Trust;
  #key: Promise<AuditKey["fingerprint"]> | undefined;
  /** Of the last time that it could not be had: each is logged once. */
  #logged: string | undefined;

  /** @param trust who may own the file, and write to it */
  constructor(path: string, trust: Trust) {
    this.#path = path;
    this.#trust = trust;
  }

  /**
   * The fingerprint of a value. The key is read when it is first asked for, and made where there is none.
   *
   * Permissions: `--allow-read` of the file, `--allow-write` where it is to be made.
   * @throws {Error} says why the key cannot be had; the next call tries again
   */
  async of(value: Sealed<string>): Promise<string> {
    this.#key ??= keyIn(this.#path, this.#trust);
    try {
      return (await this.#key)(value);
    } catch (error) {
      this.#key = undefined;
      const reason = reasonOf(error);
      const said = `the fingerprint-key-file ${this.#path} cannot be used: ${reason}`;
      if (this.#logged !== reason) {
        observe("fingerprints.key_unusable", { file: this.#path, reason });
      }
      this.#logged = reason;
      throw new Error(said);
    }
  }
}

/** The keys of a process: one a file. */
export class FingerprintKeys {
  readonly #keys = new Map<string, FingerprintKey>();

  /** The key in the file at this path, as it is when it is first asked for. */
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

/** Who makes it at the same time waits for the lock, and reads what is there then. */
async function make(path: string, trust: Trust): Promise<AuditKey> {
  const key = await takeKey(path, trust);
  key.release();
  return key;
}
