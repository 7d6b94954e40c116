import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "./readme.ts";

/** Facts about the project that the architecture documents repeat without a generator. */

const read = (path: string) => Deno.readTextFile(join(ROOT, path));

/** The code in the first cells of all tables. */
function paths(text: string): string[] {
  return text.split("\n").flatMap((line) => /^\| (`.+?) \|/.exec(line)?.[1] ?? [])
    .flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, path]) => path!));
}

const exists = (path: string) => Deno.stat(join(ROOT, path)).then(() => true, () => false);

Deno.test("each file and folder in the source tree exists, and each folder of src and tests is listed", async () => {
  const text = await read("docs/architecture.md");
  const tree = text.slice(text.indexOf("\n## Source tree"));
  const named = paths(tree);
  assert.ok(named.length > 50, `only ${named.length} are found`);
  for (const path of named.filter((path) => !path.includes("*"))) {
    assert.ok(await exists(path), `${path} does not exist`);
  }
  for (const folder of ["src", "tests"]) {
    for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
      if (!isDirectory) continue;
      assert.ok(named.includes(`${folder}/${name}/`), `${folder}/${name}/ is missing`);
    }
  }
});

Deno.test("the note on dependencies lists exactly the dependencies of deno.json", async () => {
  const { imports } = JSON.parse(await read("deno.json"));
  const text = await read("docs/decisions/0004-dependencies.md");
  const rows = text.split("\n").filter((line) => /^\| (?!package|---)/.test(line))
    .map((line) => line.split("|")[1]!);
  const [, others = ""] = /^Not part of the program: (.*) \(/m.exec(text) ?? [];
  const named = [...rows, others].flatMap((each) => each.trim().split(", "));
  const wanted = Object.keys(imports).filter((name) => !name.endsWith("/"));
  assert.deepEqual(named.sort(), wanted.sort());
});
