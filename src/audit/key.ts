import { Buffer } from "node:buffer";
import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import { delay } from "../async/timed.ts";
import { openOwn } from "../files/open.ts";
import { faultOf, NotTrusted, ownTrust, type Trust } from "../files/trusted.ts";
import { seal, type Sealed } from "../log/sealed.ts";
import type { ChainHash } from "./chain.ts";

/** The key of a log's fingerprints; who holds it is the only one to write that log. */
export interface AuditKey {
  /**
   * Tells whether two credentials are the same, and nothing else of them to who has not the key.
   * @returns the first 16 hexadecimal digits of the HMAC-SHA-256
   */
  fingerprint(credential: Sealed<string>): string;
  /** Chains the lines. It tells nothing of fingerprints, nor do these of it. */
  readonly chain: ChainHash;
  release(): void;
}

/** Another process writes the log. */
export class HeldByAnother extends Error {}

/** Bytes of a key. */
const LENGTH = 32;

/**
 * Takes the key file of a log, which is made at first, and its lock, which ends with the process
 * that holds it however that ends.
 *
 * Permissions: `--allow-read --allow-write` of the file and its folder.
 * @throws {Error} says why it cannot be had
 */
export async function takeKey(path: string, trust: Trust = ownTrust()): Promise<AuditKey> {
  const file = open(path, trust);
  try {
    if (!await isLocked(file)) throw new HeldByAnother(`another process holds ${path}`);
    const key = await read(file, path) ?? await make(file);
    return { ...usesOf(key), release: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** How often a lock that is held is asked for again, and milliseconds in between. */
const TRIES = 20;
const PAUSE = 10;

/**
 * Whether it is ours now. A process that is just being started holds what the one that starts it
 * holds, until it runs its own program: a kubectl, say, for a few milliseconds.
 */
async function isLocked(file: Deno.FsFile): Promise<boolean> {
  for (let left = TRIES; !await file.tryLock(true); left--) {
    if (left === 0) return false;
    await delay(PAUSE);
  }
  return true;
}

function open(path: string, trust: Trust): Deno.FsFile {
  try {
    return openOwn(path, trust, { read: true });
  } catch (error) {
    throw error instanceof NotTrusted ? new Error(`cannot use ${path}: ${error.message}`) : error;
  }
}

function usesOf(key: Sealed<Buffer>): Omit<AuditKey, "release"> {
  return { fingerprint: fingerprintsBy(key), chain: chainBy(key) };
}

/** By a key of its own: who may write credentials has fingerprints made of texts of his choice. */
function chainBy(key: Sealed<Buffer>): ChainHash {
  const own = seal(Buffer.from(hkdfSync("sha256", key.reveal(), "", "audit log chain", LENGTH)));
  return (text) => createHmac("sha256", own.reveal()).update(text).digest("hex").slice(0, 32);
}

function fingerprintsBy(key: Sealed<Buffer>): AuditKey["fingerprint"] {
  return (credential) =>
    createHmac("sha256", key.reveal()).update(credential.reveal()).digest("hex").slice(0, 16);
}

/** Why fingerprints are by such a key where nothing is configured: for the end of a sentence. */
export const NO_KEY =
  "there is neither a fingerprint-key-file nor an audit log, whose key they would be by";

/** Fingerprints by a key that nobody keeps: they tell what is the same until this process ends. */
export function passingFingerprints(): AuditKey["fingerprint"] {
  return fingerprintsBy(seal(randomBytes(LENGTH)));
}

/**
 * The key of a log that another process may hold: nothing is taken, nor made.
 *
 * Permissions: `--allow-read` of the file.
 * @returns `undefined` where there is no key yet
 * @throws {Error} says why it cannot be had
 */
export async function keyBeside(
  path: string,
  trust: Trust = ownTrust(),
): Promise<Omit<AuditKey, "release"> | undefined> {
  try {
    // Looked at before it is opened: opening a FIFO would hang.
    if (!(await Deno.stat(path)).isFile) throw new Error(`${path} is not a regular file`);
    const fault = faultOf(path, trust);
    if (fault !== undefined) throw new Error(`cannot use ${path}: ${fault.why}`);
    using file = await Deno.open(path, { read: true });
    const key = await read(file, path);
    return key && usesOf(key);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The key in a file; `undefined` when it is new, or its maker was killed before it was there. */
async function read(file: Deno.FsFile, path: string): Promise<Sealed<Buffer> | undefined> {
  const { mode, size, isFile } = await file.stat();
  if (!isFile) throw new Error(`${path} is not a regular file`);
  if ((mode ?? 0) & 0o077) throw new Error(`others may use ${path}; run chmod 600 on it`);
  if (size === 0) return undefined;
  const content = Buffer.alloc(2 * LENGTH + 2);
  const length = await file.read(content);
  const [hex] = /^[0-9a-f]{64}(?=\n$)/.exec(content.toString("latin1", 0, length ?? 0)) ?? [];
  if (hex === undefined) throw new Error(`${path} holds no key; move it away to have one made`);
  return seal(Buffer.from(hex, "hex"));
}

async function make(file: Deno.FsFile): Promise<Sealed<Buffer>> {
  const key = randomBytes(LENGTH);
  await file.write(Buffer.from(key.toString("hex") + "\n"));
  await file.sync();
  return seal(key);
}
