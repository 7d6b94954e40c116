import assert from "node:assert/strict";
import { join } from "node:path";
import { readImports } from "../../scripts/check_layers.ts";

const ROOT = join(import.meta.dirname!, "..", "..");

/** The files that a file imports, statically or dynamically. */
async function loadedBy(file: string): Promise<ReadonlySet<string>> {
  const imports = (await readImports(ROOT)).filter(({ typeOnly }) => !typeOnly);
  const bySource = Map.groupBy(imports, ({ from }) => from);
  const loaded = new Set<string>();
  const visit = (each: string) => {
    if (loaded.has(each)) return;
    loaded.add(each);
    for (const { to } of bySource.get(each) ?? []) visit(to);
  };
  visit(file);
  return loaded;
}

Deno.test("a command in process loads no code of the server", async () => {
  const loaded = await loadedBy("src/cli/client/carry_out.ts");
  // Otherwise nothing would have been checked.
  for (const needed of ["in_process.ts", "remote.ts"]) {
    assert.ok(loaded.has(`src/cli/client/${needed}`), needed);
  }
  assert.ok(loaded.has("src/operations/call.ts"));
  assert.deepEqual([...loaded].filter((each) => each.startsWith("src/server/")), []);
  for (const file of loaded) {
    const text = await Deno.readTextFile(join(ROOT, file));
    assert.doesNotMatch(text, /from "hono(\/[^"]*)?";/, file);
  }
});
