/** Finds test files, and the modules that each of them loads. */
import { join, relative, resolve } from "node:path";
import { classify, type TestFile } from "./tiers.ts";

/** The root of the project. */
const ROOT = join(import.meta.dirname!, "..", "..");

/** The folders that are searched when no path is given. */
const FOLDERS = ["src", "tests", "scripts"];

/**
 * The test files at or below these paths, each once, sorted.
 * @param paths relative to the working directory, or absolute
 */
export async function findTests(paths: readonly string[]): Promise<TestFile[]> {
  const asked = paths.length > 0 ? paths.map((path) => resolve(path)) : FOLDERS.map(inRoot);
  const files = new Set((await Promise.all(asked.map(testsBelow))).flat());
  const imports = await importsOf([...files]);
  return [...files].sort().map((file) => classify(relative(ROOT, file), imports(file)));
}

const inRoot = (path: string) => join(ROOT, path);

async function testsBelow(path: string): Promise<string[]> {
  if ((await Deno.stat(path)).isFile) return [path];
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (isDirectory) found.push(...await testsBelow(join(path, name)));
    else if (name.endsWith("_test.ts")) found.push(join(path, name));
  }
  return found;
}

/** The part of `deno info --json` that is used here. */
interface ModuleGraph {
  modules: { specifier: string; dependencies?: { code?: { specifier?: string } }[] }[];
}

/**
 * The modules of the project that each file loads, by Deno's own graph; type imports load nothing.
 */
async function importsOf(
  files: readonly string[],
): Promise<(file: string) => ReadonlySet<string>> {
  const { modules } = await moduleGraph(files);
  const direct = new Map(modules.map(({ specifier, dependencies = [] }) => [
    specifier,
    dependencies.flatMap(({ code }) => code?.specifier?.startsWith("file:") ? code.specifier : []),
  ]));
  return (file) => {
    const seen = new Set<string>();
    const visit = (specifier: string) => {
      if (seen.has(specifier)) return;
      seen.add(specifier);
      direct.get(specifier)?.forEach(visit);
    };
    visit(`file://${file}`);
    return new Set([...seen].map((specifier) => relative(ROOT, new URL(specifier).pathname)));
  };
}

/** By a module that imports them all, since `deno info` takes only one. */
async function moduleGraph(files: readonly string[]): Promise<ModuleGraph> {
  const folder = await Deno.makeTempDir();
  try {
    const all = join(folder, "all.ts");
    await Deno.writeTextFile(all, importing(files));
    const output = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--no-lock", "--no-npm", "--no-remote", all],
      cwd: ROOT,
    }).output();
    if (!output.success) throw new Error(new TextDecoder().decode(output.stderr));
    return JSON.parse(new TextDecoder().decode(output.stdout));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The text of a module that imports these files. */
export function importing(files: readonly string[]): string {
  return files.map((file) => `import ${JSON.stringify(`file://${resolve(ROOT, file)}`)};\n`).join(
    "",
  );
}
