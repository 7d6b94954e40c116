import assert from "node:assert/strict";
import { join } from "node:path";

const ROOT = join(import.meta.dirname!, "..", "..");

/** Names of the tests of each of these files, as they are declared when it is loaded. */
export async function declaredIn(
  files: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const all = [...new Set(files)];
  return new Map(await Promise.all(all.map(async (file) => [file, await declared(file)] as const)));
}

/** They are loaded by a process of its own, where they are not run. */
async function declared(file: string): Promise<string[]> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", import.meta.filename!, join(ROOT, file)],
    stdin: "null",
  }).output();
  const said = new TextDecoder().decode(stdout);
  assert.ok(said.startsWith("["), new TextDecoder().decode(stderr));
  return JSON.parse(said);
}

type Declared = string | { readonly name?: string };

/** Loads a file, and prints the names of its tests as a JSON array. */
async function print(file: string): Promise<void> {
  const names: string[] = [];
  const declare = (first: Declared, second?: Declared | (() => void)) => {
    const name = typeof first === "string" ? first : first.name ?? second;
    if (typeof name === "string") names.push(name);
  };
  Object.assign(Deno, { test: declare });
  await import(file);
  console.log(JSON.stringify(names));
}

if (import.meta.main) await print(Deno.args[0]!);
