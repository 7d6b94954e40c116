import assert from "node:assert/strict";
import { join } from "node:path";
import { NotTrusted, ownTrust } from "../../files/trusted.ts";
import { seal } from "../../log/sealed.ts";
import { FolderWriter } from "./write.ts";

async function inFolder(test: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await test(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

const modeOf = (path: string) => (Deno.lstatSync(path).mode ?? 0) & 0o777;

const namesIn = (path: string) => [...Deno.readDirSync(path)].map(({ name }) => name).sort();

Deno.test("missing folders are created, and only the owner can access them and the files", () =>
  inFolder(async (path) => {
    const clusters = join(path, "a", "clusters");
    const umask = Deno.umask(0);
    try {
      using writer = await FolderWriter.open(clusters, ownTrust());
      await writer.write("x", seal("text ü"), { isNew: true });
    } finally {
      Deno.umask(umask);
    }
    assert.deepEqual([join(path, "a"), clusters, join(clusters, "x")].map(modeOf), [
      0o700,
      0o700,
      0o600,
    ]);
    assert.equal(await Deno.readTextFile(join(clusters, "x")), "text ü");
    assert.deepEqual(namesIn(clusters), ["x"]);
  }));

Deno.test("a new file never replaces an existing file or a dangling link", () =>
  inFolder(async (path) => {
    await Deno.writeTextFile(join(path, "file"), "before");
    await Deno.symlink("nowhere", join(path, "link"));
    using writer = await FolderWriter.open(path, ownTrust());
    for (const name of ["file", "link"]) {
      const writing = writer.write(name, seal("after"), { isNew: true });
      await assert.rejects(writing, Deno.errors.AlreadyExists);
    }
    assert.equal(await Deno.readTextFile(join(path, "file")), "before");
    assert.equal(await Deno.readLink(join(path, "link")), "nowhere");
    assert.deepEqual(namesIn(path), ["file", "link"]);
  }));

Deno.test("a link is replaced, and its target stays", () =>
  inFolder(async (path) => {
    await Deno.writeTextFile(join(path, "other"), "before");
    await Deno.symlink("other", join(path, "link"));
    {
      using writer = await FolderWriter.open(path, ownTrust());
      await writer.write("link", seal("after"), { isNew: false });
    }
    assert.equal(await Deno.readTextFile(join(path, "other")), "before");
    assert.ok(Deno.lstatSync(join(path, "link")).isFile);
    {
      using writer = await FolderWriter.open(path, ownTrust());
      await Deno.remove(join(path, "link"));
      await Deno.symlink("other", join(path, "link"));
      await writer.remove("link");
    }
    assert.deepEqual(namesIn(path), ["other"]);
  }));

Deno.test("the leftover of a killed writer is gone after the next write", () =>
  inFolder(async (path) => {
    await Deno.symlink("/etc/passwd", join(path, ".import.tmp"));
    using writer = await FolderWriter.open(path, ownTrust());
    await writer.write("x", seal("text"), { isNew: true });
    assert.deepEqual(namesIn(path), ["x"]);
  }));

Deno.test("a world-writable folder is rejected, and so is a file in place of a folder", () =>
  inFolder(async (path) => {
    await Deno.chmod(path, 0o777);
    await assert.rejects(FolderWriter.open(path, ownTrust()), NotTrusted);
    await Deno.chmod(path, 0o700);
    await Deno.writeTextFile(join(path, "file"), "");
    await assert.rejects(FolderWriter.open(join(path, "file"), ownTrust()));
  }));

Deno.test("two writers take turns", () =>
  inFolder(async (path) => {
    const order: string[] = [];
    const first = await FolderWriter.open(path, ownTrust());
    const second = FolderWriter.open(path, ownTrust()).then((writer) => {
      order.push("second");
      writer[Symbol.dispose]();
    });
    await first.write("x", seal("text"), { isNew: true });
    order.push("first");
    first[Symbol.dispose]();
    await second;
    assert.deepEqual(order, ["first", "second"]);
  }));
