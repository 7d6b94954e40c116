import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { replace } from "./bundle_program.ts";

Deno.test("a new bundle replaces changed files, and removes only old ones that it does not have", async () => {
  const [folder, made] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
  const now = Math.floor(Date.now() / 1000);
  const before = now - 25 * 3600;
  const put = async (path: string, text: string, time = now) => {
    await Deno.writeTextFile(path, text);
    await Deno.utime(path, time, time);
  };
  try {
    for (const [name, time] of [["same", before], ["old", before], ["recent", now]] as const) {
      await put(join(folder, `${name}.js`), name, time);
    }
    await put(join(folder, "main.js"), "one", before);
    await put(join(made, "main.js"), "two");
    await put(join(made, "same.js"), "same");
    await put(join(made, "new.js"), "new");
    await replace(folder, made);
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();
    deepEqual(names, ["main.js", "new.js", "recent.js", "same.js"]);
    equal(await Deno.readTextFile(join(folder, "main.js")), "two");
    equal((await Deno.stat(join(folder, "same.js"))).mtime?.getTime(), before * 1000);
  } finally {
    await Promise.all([folder, made].map((each) => Deno.remove(each, { recursive: true })));
  }
});
