import { Buffer } from "node:buffer";
import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import { delay } from "../async/timed.ts";
import { openOwn } from "../files/open.ts";
import { fileProblem, NotTrusted, ownTrust, type Trust } from "../files/trusted.ts";
import { seal, type Sealed } from "../log/sealed.ts";
import type { ChainHash } from "./chain.ts";

/** The key of a log. The process that holds its lock is the only writer of the log. */
export interface AuditKey {
  /**
   * Equal credentials have equal fingerprints. Without the key, a fingerprint reveals nothing else.
   * @returns the first 16 hexadecimal digits of the HMAC-SHA-256
   */
  fingerprint(credential: Sealed<string>): string;
  /** Chains the lines. Links reveal nothing about fingerprints, nor fingerprints about links. */
  readonly chain: ChainHash;
  release(): void;
}

/** Another process writes the log. */
export class HeldByAnother extends Error {}

/** Length of a key in bytes. */
const LENGTH = 32;

/**
 * Locks and reads the key file of a log, and creates it if there is none. The lock is released with the
 * process, even if it is killed.
 *
 * Permissions: `--allow-read --allow-write` of the file and its folder.
 * @throws {Error} with the reason, when the key cannot be used
 */
export async function takeKey(path: string, trust: Trust = ownTrust()): Promise<AuditKey> {
  const file = open(path, trust);
  try {
    if (!await isLocked(file)) throw new HeldByAnother(`another process holds ${path}`);
    const key = await read(file, path) ?? await writeNewKey(file);
    return { ...usesOf(key), release: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Attempts to get a lock, and milliseconds between them. */
const TRIES = 20;
const PAUSE = 10;

/**
 * Tries to lock the file for a moment: a process that is being started, such as kubectl, shares the locks
 * of its parent for a few milliseconds, until it executes its own program.
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

/** By a derived key, since whoever may write credentials can get fingerprints of chosen texts. */
function chainBy(key: Sealed<Buffer>): ChainHash {
  const own = seal(Buffer.from(hkdfSync("sha256", key.reveal(), "", "audit log chain", LENGTH)));
  return (text) => createHmac("sha256", own.reveal()).update(text).digest("hex").slice(0, 32);
}

function fingerprintsBy(key: Sealed<Buffer>): AuditKey["fingerprint"] {
  return (credential) =>
    createHmac("sha256", key.reveal()).update(credential.reveal()).digest("hex").slice(0, 16);
}

/** Why fingerprints change with each process, for the end of a sentence. */
export const NO_KEY = "neither fingerprint-key-file nor audit-log is set";

/** Makes fingerprints by a temporary key: they can be compared until this process exits. */
export function passingFingerprints(): AuditKey["fingerprint"] {
  return fingerprintsBy(seal(randomBytes(LENGTH)));
}

/**
 * Reads the key of a log, whether or not another process has the lock. Nothing is locked or created.
 *
 * Permissions: `--allow-read` of the file.
 * @returns `undefined` when there is no key yet
 * @throws {Error} with the reason, when the key cannot be used
 */
export async function keyBeside(
  path: string,
  trust: Trust = ownTrust(),
): Promise<Omit<AuditKey, "release"> | undefined> {
  try {
    // Checked before it is opened: to open a FIFO would hang.
    if (!(await Deno.stat(path)).isFile) throw new Error(`${path} is not a regular file`);
    const fault = fileProblem(path, trust);
    if (fault !== undefined) throw new Error(`cannot use ${path}: ${fault.why}`);
    using file = await Deno.open(path, { read: true });
    const key = await read(file, path);
    return key && usesOf(key);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The key in a file; `undefined` when the file is empty, as after a kill during its creation. */
async function read(file: Deno.FsFile, path: string): Promise<Sealed<Buffer> | undefined> {
  const { mode, size, isFile } = await file.stat();
  if (!isFile) throw new Error(`${path} is not a regular file`);
  if ((mode ?? 0) & 0o077) throw new Error(`others may use ${path}; run chmod 600 on it`);
  if (size === 0) return undefined;
  const content = Buffer.alloc(2 * LENGTH + 2);
  const length = await file.read(content);
  const [hex] = /^[0-9a-f]{64}(?=\n$)/.exec(content.toString("latin1", 0, length ?? 0)) ?? [];
  if (hex === undefined) {
    throw new Error(`${path} has no valid key; move it away to create a new one`);
  }
  return seal(Buffer.from(hex, "hex"));
}

async function writeNewKey(file: Deno.FsFile): Promise<Sealed<Buffer>> {
  const key = randomBytes(LENGTH);
  await file.write(Buffer.from(key.toString("hex") + "\n"));
  await file.sync();
  return seal(key);
}
