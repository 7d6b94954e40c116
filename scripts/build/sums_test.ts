import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { writeSums } from "./sums.ts";

async function inFolder(files: Record<string, string>, test: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      await Deno.mkdir(join(path, ".."), { recursive: true });
      await Deno.writeTextFile(path, text);
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function check(folder: string): Promise<{ code: number; said: string }> {
  const { code, stdout } = await new Deno.Command("sha256sum", {
    args: ["--check", "--strict", "SHA256SUMS"],
    cwd: folder,
    env: { LC_ALL: "C" },
    stdin: "null",
    stderr: "null",
  }).output();
  return { code, said: new TextDecoder().decode(stdout) };
}

Deno.test("sha256sum accepts every listed file, and detects a changed one", async () => {
  await inFolder({ "b.tar.gz": "b", "a b": "", "sub/c": "c".repeat(300_000) }, async (folder) => {
    await writeSums(folder);
    deepEqual(await check(folder), { code: 0, said: "a b: OK\nb.tar.gz: OK\nsub/c: OK\n" });
    await Deno.writeTextFile(join(folder, "b.tar.gz"), "B");
    deepEqual(await check(folder), { code: 1, said: "a b: OK\nb.tar.gz: FAILED\nsub/c: OK\n" });
  });
});

Deno.test("the list is sorted, replaces an existing one, and does not list itself", async () => {
  await inFolder({ b: "b", B: "B", a: "a", SHA256SUMS: "old" }, async (folder) => {
    await writeSums(folder);
    const text = await Deno.readTextFile(join(folder, "SHA256SUMS"));
    equal(
      text,
      "df7e70e5021544f4834bbee64a9e3789febc4be81470df629cad6ddb03320a5c  B\n" +
        "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  a\n" +
        "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  b\n",
    );
  });
});

Deno.test("an empty folder and a name that requires escaping are rejected", async () => {
  await inFolder({ SHA256SUMS: "" }, async (folder) => {
    await rejects(writeSums(folder), /has no files/);
  });
  await inFolder({ "a\nb": "" }, async (folder) => {
    await rejects(writeSums(folder), /Cannot list the file "a\\nb"/);
  });
});
