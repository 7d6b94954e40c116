import assert from "node:assert/strict";
import { join } from "node:path";
import { seal } from "../log/sealed.ts";
import { keyBeside, takeKey } from "./key.ts";

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function fingerprints(path: string, ...values: string[]): Promise<string[]> {
  const key = await takeKey(path);
  try {
    return values.map((value) => key.fingerprint(seal(value)));
  } finally {
    key.release();
  }
}

Deno.test("a credential keeps its fingerprint across restarts, and another credential has another one", () =>
  withFolder(async (folder) => {
    const path = join(folder, "key");
    const [a, b, c] = await fingerprints(path, "secret", "secret", "other");
    assert.match(a!, /^[0-9a-f]{16}$/);
    assert.equal(a, b);
    assert.notEqual(a, c);
    assert.deepEqual(await fingerprints(path, "secret"), [a]);
  }));

Deno.test("fingerprints of two logs cannot be compared", () =>
  withFolder(async (folder) => {
    const [a] = await fingerprints(join(folder, "a"), "secret");
    const [b] = await fingerprints(join(folder, "b"), "secret");
    assert.notEqual(a, b);
  }));

Deno.test("only its owner may read the key, and a key that others may read is rejected", () =>
  withFolder(async (folder) => {
    const path = join(folder, "key");
    await fingerprints(path);
    assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
    Deno.chmodSync(path, 0o640);
    await assert.rejects(takeKey(path), /others may use .*run chmod 600/);
  }));

Deno.test("one process at a time has the lock of a key", () =>
  withFolder(async (folder) => {
    const path = join(folder, "key");
    const key = await takeKey(path);
    await assert.rejects(takeKey(path), /another process holds/);
    key.release();
    (await takeKey(path)).release();
  }));

Deno.test("a briefly held lock is retried", () =>
  withFolder(async (folder) => {
    const path = join(folder, "key");
    const key = await takeKey(path);
    setTimeout(() => key.release(), 30); // as if inherited by a process that is being started
    (await takeKey(path)).release();
  }));

Deno.test("a key whose creation was interrupted is created, and a file that is not a key is not changed", () =>
  withFolder(async (folder) => {
    const path = join(folder, "key");
    Deno.writeTextFileSync(path, "", { mode: 0o600 });
    assert.equal((await fingerprints(path, "secret")).length, 1);
    for (
      const content of ["short\n", "0".repeat(64), "0".repeat(65) + "\n", "0".repeat(64) + "\n1"]
    ) {
      Deno.writeTextFileSync(path, content);
      await assert.rejects(takeKey(path), (error: Error) => {
        assert.match(error.message, /has no valid key/);
        assert.ok(!error.message.includes("000"), error.message);
        return true;
      });
      assert.equal(Deno.readTextFileSync(path), content);
    }
  }));

Deno.test("a reader has the same fingerprints and chain while another process has the lock", () =>
  withFolder(async (folder) => {
    const path = join(folder, "key");
    assert.equal(await keyBeside(path), undefined);
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    const key = await takeKey(path);
    const beside = await keyBeside(path);
    assert.equal(beside!.fingerprint(seal("secret")), key.fingerprint(seal("secret")));
    assert.equal(beside!.chain("line"), key.chain("line"));
    await assert.rejects(takeKey(path), /another process holds/);
    key.release();
  }));

Deno.test("fingerprints of chosen texts reveal nothing about the chain", () =>
  withFolder(async (folder) => {
    const key = await takeKey(join(folder, "key"));
    const text = 'x\n{"time":"2026-01-01T00:00:00.000Z","phase":"end"}';
    assert.match(key.chain(text), /^[0-9a-f]{32}$/);
    assert.ok(!key.chain(text).startsWith(key.fingerprint(seal(text))));
    key.release();
  }));

Deno.test("a reader rejects the same keys, and creates none", () =>
  withFolder(async (folder) => {
    const path = join(folder, "key");
    Deno.writeTextFileSync(path, "", { mode: 0o600 });
    assert.equal(await keyBeside(path), undefined);
    assert.equal(Deno.readTextFileSync(path), "");
    Deno.writeTextFileSync(path, "short\n");
    await assert.rejects(keyBeside(path), /has no valid key/);
    Deno.chmodSync(path, 0o640);
    await assert.rejects(keyBeside(path), /others may use .*run chmod 600/);
    await assert.rejects(keyBeside(folder), /is not a regular file/);
    const fifo = join(folder, "fifo");
    await new Deno.Command("mkfifo", { args: ["-m", "600", fifo] }).output();
    await assert.rejects(keyBeside(fifo), /is not a regular file/);
  }));
