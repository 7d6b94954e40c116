import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { type AppendFile, GroupCommit } from "./group_commit.ts";

async function withFolder(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(join(folder, "audit.log"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const read = (path: string) => Deno.readTextFileSync(path);

interface Disk {
  syncs: number;
  /** The number of bytes that are written now; an exception fails the write. */
  taken: (bytes: Uint8Array) => number;
  onSync: () => void | Promise<void>;
  onTruncate: () => void;
}

/** The real file, which counts calls and fails on request. */
function watched(disk: Disk): (path: string) => Promise<AppendFile> {
  return async (path) => {
    const file = await Deno.open(path, { read: true, append: true, create: true });
    return {
      stat: () => file.stat(),
      read: (into) => file.read(into),
      seek: (offset, whence) => file.seek(offset, whence),
      truncate: async (length) => {
        disk.onTruncate();
        await file.truncate(length);
      },
      write: async (bytes) => await file.write(bytes.subarray(0, disk.taken(bytes))),
      syncData: async () => {
        disk.syncs++;
        await disk.onSync();
        await file.syncData();
      },
      [Symbol.dispose]: () => file.close(),
    };
  };
}

const calm = (): Disk => ({
  syncs: 0,
  taken: (bytes) => bytes.length,
  onSync: () => {},
  onTruncate: () => {},
});

/** Room for this many bytes, written two at a time. */
function roomFor(bytes: number): Disk["taken"] {
  return (wanted) => {
    if (bytes <= 0) throw new Error("No space left on device");
    const taken = Math.min(2, bytes, wanted.length);
    bytes -= taken;
    return taken;
  };
}

Deno.test("fifty concurrent lines are on the disk after two syncs, whole and in order", () =>
  withFolder(async (path) => {
    const disk = calm();
    const file = new GroupCommit(path, { open: watched(disk) });
    const lines = Array.from({ length: 50 }, (_, i) => `line ${i}`);
    await Promise.all(lines.map((line) => file.append([line])));
    assert.equal(disk.syncs, 2);
    assert.equal(read(path), lines.map((line) => line + "\n").join(""));
  }));

Deno.test("a call resolves only after its line is synced", () =>
  withFolder(async (path) => {
    const synced = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const disk = { ...calm(), onSync: () => (reached.resolve(), synced.promise) };
    const file = new GroupCommit(path, { open: watched(disk) });
    let told = false;
    const appended = file.append(["one"]).then(() => told = true);
    await reached.promise;
    assert.equal(read(path), "one\n");
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(told, false);
    synced.resolve();
    await appended;
  }));

Deno.test("the name of a new file is synced before a call for a line in it resolves", () =>
  withFolder(async (path) => {
    const folder = dirname(path);
    const synced: string[] = [];
    const open = Deno.open;
    Deno.open = async (opened, options) => {
      const file = await open(opened, options);
      const sync = file.sync.bind(file);
      file.sync = async () => {
        await sync();
        synced.push(String(opened));
      };
      return file;
    };
    try {
      const file = new GroupCommit(path);
      await file.append(["one"]);
      assert.deepEqual(synced, [folder]);
      await file.append(["two"]);
      assert.deepEqual(synced, [folder]);
      await Deno.rename(path, `${path}.1`);
      await file.append(["three"]);
      assert.deepEqual(synced, [folder, folder]);
    } finally {
      Deno.open = open;
    }
  }));

Deno.test("only its owner may read the file, and existing lines stay", () =>
  withFolder(async (path) => {
    await new GroupCommit(path).append(["one"]);
    assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
    await new GroupCommit(path).append(["two"]);
    assert.equal(read(path), "one\ntwo\n");
  }));

Deno.test("a line that a crash cut is terminated before the next line", () =>
  withFolder(async (path) => {
    Deno.writeTextFileSync(path, "one\ntw");
    await new GroupCommit(path).append(["three"]);
    assert.equal(read(path), "one\ntw\nthree\n");
  }));

Deno.test("a failed write rejects all its calls, is truncated away, and prevents no later line", () =>
  withFolder(async (path) => {
    const disk = calm();
    const file = new GroupCommit(path, { open: watched(disk) });
    await file.append(["one"]);
    disk.onSync = () => {
      throw new Error("No space left on device");
    };
    const failing = ["two", "three"].map((line) => file.append([line]));
    for (const each of await Promise.allSettled(failing)) {
      assert.equal(each.status, "rejected");
      assert.match(String(each.reason), /No space left/);
    }
    assert.equal(read(path), "one\n");
    disk.onSync = () => {};
    await file.append(["four"]);
    assert.equal(read(path), "one\nfour\n");
  }));

Deno.test("a line that is written in several steps is whole", () =>
  withFolder(async (path) => {
    const disk = { ...calm(), taken: roomFor(1000) };
    await new GroupCommit(path, { open: watched(disk) }).append(["one", "two"]);
    assert.equal(read(path), "one\ntwo\n");
  }));

Deno.test("a partial line written before the disk was full is truncated", () =>
  withFolder(async (path) => {
    const disk = calm();
    const file = new GroupCommit(path, { open: watched(disk) });
    await file.append(["one"]);
    disk.taken = roomFor(9);
    await assert.rejects(file.append(["second", "third"]), /No space left/);
    assert.equal(read(path), "one\n");
  }));

Deno.test("a partial line that cannot be truncated is terminated before the next line", () =>
  withFolder(async (path) => {
    const disk = calm();
    const file = new GroupCommit(path, { open: watched(disk) });
    disk.taken = roomFor(3);
    disk.onTruncate = () => {
      throw new Error("Operation not permitted"); // as with chattr +a
    };
    await assert.rejects(file.append(["second"]), /No space left/);
    disk.taken = roomFor(1000);
    await file.append(["third"]);
    assert.equal(read(path), "sec\nthird\n");
  }));

Deno.test("a file that was deleted, moved or emptied starts again with the carried lines", () =>
  withFolder(async (path) => {
    const file = new GroupCommit(path, { carryOver: () => ["carried"] });
    await file.append(["one"]);
    Deno.removeSync(path);
    await file.append(["two"]);
    assert.equal(read(path), "carried\ntwo\n");
    Deno.renameSync(path, `${path}.1`);
    await file.append(["three"]);
    assert.equal(read(path), "carried\nthree\n");
    assert.equal(read(`${path}.1`), "carried\ntwo\n");
    Deno.truncateSync(path);
    await file.append(["four"]);
    assert.equal(read(path), "carried\nfour\n");
    await file.append(["five"]);
    assert.equal(read(path), "carried\nfour\nfive\n");
  }));

Deno.test("a full disk is an error with its reason", async () => {
  await assert.rejects(new GroupCommit("/dev/full").append(["one"]), /No space left on device/);
});

Deno.test("a pipe is rejected instead of blocking", () =>
  withFolder(async (path) => {
    await new Deno.Command("mkfifo", { args: [path] }).output();
    await assert.rejects(new GroupCommit(path).append(["one"]), /it is not a regular file/);
  }));
