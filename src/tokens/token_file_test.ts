import assert from "node:assert/strict";
import { join } from "node:path";
import { assertTakesLess } from "../../tests/support/takes_less.ts";
import { isTokenName, readTokenFile, versionOf, writeTokenFile } from "./token_file.ts";

/** Who could replace a tokens file, and the order in which one is synced. */

/** A folder with an empty tokens file, and the folders `a` and `b` beside it. */
async function withFile(use: (file: string, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const each of ["a", "b"]) await Deno.mkdir(join(folder, each), { mode: 0o700 });
    const file = join(folder, "tokens.yaml");
    await writeTokenFile(file, []);
    await use(file, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Links by path, with their target; the first one is read. */
const WAYS: [what: string, links: Record<string, string>, through: string][] = [
  ["a link", { "a/x": "../tokens.yaml" }, "a"],
  ["the file of a link", { "a/x": "../tokens.yaml" }, "."],
  ["a link to a link", { "a/x": "../b/link", "b/link": "../tokens.yaml" }, "b"],
  ["a link to a folder", { "a/x": "../b/dir/tokens.yaml", "b/dir": ".." }, "b"],
];

for (const [what, links, through] of WAYS) {
  Deno.test(`tokens are not read if others may replace ${what}`, () =>
    withFile(async (_file, folder) => {
      for (const [link, to] of Object.entries(links)) await Deno.symlink(to, join(folder, link));
      const link = join(folder, Object.keys(links)[0]!);
      assert.deepEqual(readTokenFile(link), []);
      const unsafe = join(folder, through);
      await Deno.chmod(unsafe, 0o777);
      assert.throws(() => readTokenFile(link), {
        name: "TokenFileInvalid",
        message: `Cannot use tokens file ${link}: its folder '${unsafe}' is not safe: ` +
          "it is world-writable; run chmod go-w on it",
      });
      await Deno.chmod(unsafe, 0o1777);
      assert.deepEqual(readTokenFile(link), []);
      if (Deno.uid() !== 0) return; // only root can give a folder away
      await Deno.chmod(unsafe, 0o700);
      await Deno.chown(unsafe, 12345, 12345);
      assert.throws(
        () => readTokenFile(link),
        /its folder '.*' is not safe: it is owned by uid 12345, not by the current/,
      );
    }));
}

Deno.test("in a sticky folder, a link to the tokens file may not belong to another user", () =>
  withFile(async (file, folder) => {
    if (Deno.uid() !== 0) return; // only root can give a link away
    const link = join(folder, "a", "link");
    await Deno.symlink(file, link);
    const { success } = await new Deno.Command("chown", { args: ["-h", "12345", link] }).output();
    assert.ok(success);
    assert.deepEqual(readTokenFile(link), []);
    await Deno.chmod(join(folder, "a"), 0o1777);
    assert.throws(
      () => readTokenFile(link),
      /the symbolic link '.*' on its path belongs to another user/,
    );
  }));

Deno.test("the path of the tokens file may be relative", () =>
  withFile(async (file) => {
    const up = Deno.cwd().split("/").filter((name) => name !== "").map(() => "..").join("/");
    assert.deepEqual(readTokenFile(`${up}${file}`), []);
    await Deno.chmod(join(file, ".."), 0o777);
    assert.throws(() => readTokenFile(`${up}${file}`), /its folder '.*' is not safe/);
  }));

Deno.test("a tokens file over 256 KiB is not parsed, and one of 256 KiB is parsed quickly", () =>
  withFile(async (file) => {
    await Deno.writeTextFile(file, "tokens: [" + "a, ".repeat(90_000));
    assert.throws(() => readTokenFile(file), /: larger than 256 KiB$/);
    const sha256 = "0".repeat(64);
    await writeTokenFile(
      file,
      Array.from({ length: 2000 }, (_, i) => ({ name: `t${i}`, role: "reader", sha256 })),
    );
    await assertTakesLess(1500, () => assert.equal(readTokenFile(file).length, 2000));
  }));

Deno.test("a tokens file with another owner or mode is another version", () =>
  withFile((file) => {
    const there = Deno.statSync(file);
    const stat = Deno.statSync;
    const changed = (change: Partial<Deno.FileInfo>) => {
      Deno.statSync = () => ({ ...there, ...change }); // within the tick of a clock
      try {
        return versionOf(file);
      } finally {
        Deno.statSync = stat;
      }
    };
    const same = versionOf(file);
    assert.equal(changed({}), same);
    assert.notEqual(changed({ mode: there.mode! | 0o002 }), same);
    assert.notEqual(changed({ uid: there.uid! + 1 }), same);
    return Promise.resolve();
  }));

Deno.test("a tokens file is synced before it is renamed, and its folder before the call returns", () =>
  withFile(async (file, folder) => {
    const done: string[] = [];
    const { open, rename } = Deno;
    Deno.open = async (path, options) => {
      const opened = await open(path, options);
      const sync = opened.sync.bind(opened);
      opened.sync = async () => {
        await sync();
        done.push(path === folder ? "folder" : "file");
      };
      return opened;
    };
    Deno.rename = async (from, to) => {
      await rename(from, to);
      done.push("name");
    };
    try {
      await writeTokenFile(file, []);
    } finally {
      Object.assign(Deno, { open, rename });
    }
    assert.deepEqual(done, ["file", "name", "folder"]);
  }));

for (const name of ["environment", "anonymous"]) {
  Deno.test(`${name} is not allowed as a token's name, since the audit log uses it`, () =>
    withFile(async (file) => {
      assert.equal(isTokenName(name), false);
      assert.equal(isTokenName(`${name}-2`), true);
      await writeTokenFile(file, [{ name, role: "reader", sha256: "0".repeat(64) }]);
      assert.throws(
        () => readTokenFile(file),
        /'tokens\.0\.name' must start .*; 'environment' and 'anonymous' are reserved for the audit log$/,
      );
    }));
}
