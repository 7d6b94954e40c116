import assert from "node:assert/strict";
import { join } from "node:path";
import { ownTrust } from "../files/trusted.ts";
import { configureLog } from "../log/logger.ts";
import { seal } from "../log/sealed.ts";
import { FingerprintKey, FingerprintKeys } from "./fingerprint_keys.ts";
import { takeKey } from "./key.ts";

interface Place {
  readonly folder: string;
  readonly path: string;
  /** Lines of the server's log. */
  readonly logged: Record<string, unknown>[];
}

async function withPlace(use: (place: Place) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const logged: Place["logged"] = [];
  configureLog({ format: "json", level: "debug", write: (line) => logged.push(JSON.parse(line)) });
  try {
    await use({ folder, path: join(folder, "fingerprints.key"), logged });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const VALUE = seal("a secret value");
const keyAt = (path: string) => new FingerprintKey(path, ownTrust());

Deno.test("the key is created at the first fingerprint, readable by its owner only, and stays", () =>
  withPlace(async ({ path }) => {
    const key = keyAt(path);
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    const print = await key.of(VALUE);
    assert.match(print, /^[0-9a-f]{16}$/);
    assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
    assert.equal(await key.of(VALUE), print);
    assert.equal(await keyAt(path).of(VALUE), print);
    assert.notEqual(await key.of(seal("another value")), print);
  }));

Deno.test("concurrent starts share one key", () =>
  withPlace(async ({ path }) => {
    const prints = await Promise.all(Array.from({ length: 8 }, () => keyAt(path).of(VALUE)));
    assert.equal(new Set(prints).size, 1);
  }));

Deno.test("an empty file, as after a kill during its creation, gets a key", () =>
  withPlace(async ({ path }) => {
    await Deno.writeTextFile(path, "", { mode: 0o600 });
    assert.equal(await keyAt(path).of(VALUE), await keyAt(path).of(VALUE));
    assert.match(await Deno.readTextFile(path), /^[0-9a-f]{64}\n$/);
  }));

Deno.test("the key of an audit log also makes fingerprints, even while another process holds its lock", () =>
  withPlace(async ({ path }) => {
    const own = await takeKey(path);
    try {
      assert.equal(await keyAt(path).of(VALUE), own.fingerprint(VALUE));
    } finally {
      own.release();
    }
  }));

const UNUSABLE: [what: string, make: (path: string) => Promise<unknown>, why: RegExp][] = [
  [
    "a file that others may read",
    (path) => Deno.writeTextFile(path, `${"0".repeat(64)}\n`, { mode: 0o640 }),
    /others may use .*; run chmod 600 on it$/,
  ],
  [
    "a file with something else",
    (path) => Deno.writeTextFile(path, "a secret value\n", { mode: 0o600 }),
    /has no valid key; move it away to create a new one$/,
  ],
  ["a folder", (path) => Deno.mkdir(path), /is not a regular file$/],
];

for (const [what, make, why] of UNUSABLE) {
  Deno.test(`${what} is reported as an invalid key, and logged once, until it is corrected`, () =>
    withPlace(async ({ path, logged }) => {
      await make(path);
      const key = keyAt(path);
      for (const _ of [1, 2]) {
        await assert.rejects(key.of(VALUE), ({ message }: Error) => {
          assert.match(message, /^cannot use fingerprint-key-file .*: /);
          assert.match(message, why);
          assert.doesNotMatch(message, /secret value/);
          return true;
        });
      }
      assert.equal(logged.length, 1);
      assert.equal(logged[0]!.file, path);
      await Deno.remove(path);
      assert.match(await key.of(VALUE), /^[0-9a-f]{16}$/);
    }));
}

Deno.test("a file has one key in a process, however its path is spelled", () =>
  withPlace(async ({ folder, path }) => {
    const keys = new FingerprintKeys();
    const key = keys.at(path, ownTrust());
    assert.equal(keys.at(`${folder}/./x/../fingerprints.key`, ownTrust()), key);
    assert.notEqual(keys.at(`${folder}/other.key`, ownTrust()), key);
    assert.match(await key.of(VALUE), /^[0-9a-f]{16}$/);
  }));
