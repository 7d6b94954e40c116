import { join, resolve } from "node:path";
import { runBundler } from "./bundle.ts";

/** The part of `deno info --json` that is used here. */
export interface ModuleGraph {
  roots: string[];
  redirects: Record<string, string>;
  modules: {
    specifier: string;
    error?: string;
    /** A key of deno.lock. */
    npmPackage?: string;
    /** `code` is absent for type imports. */
    dependencies?: { specifier: string; code?: { specifier?: string; error?: string } }[];
  }[];
  npmPackages: Record<string, { localPath?: string }>;
}

/** The imports of main.ts. Missing packages are downloaded into Deno's cache. */
export async function moduleGraph(root: string): Promise<ModuleGraph> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--frozen", "main.ts"],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (!output.success) throw new Error(`Cannot list imports: ${decoder.decode(output.stderr)}`);
  return JSON.parse(decoder.decode(output.stdout));
}

/** Keys of packages that modules import, except for types. */
export function importedPackages(graph: ModuleGraph): string[] {
  const modules = new Map(graph.modules.map((module) => [module.specifier, module]));
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (asked: string) => {
    const specifier = graph.redirects[asked] ?? asked;
    if (seen.has(specifier)) return;
    seen.add(specifier);
    const module = modules.get(specifier);
    if (!module) throw new Error(`Cannot list imports: ${specifier} is not in the graph`);
    if (module.error) throw new Error(`Cannot list imports: ${module.error}`);
    if (module.npmPackage) found.add(module.npmPackage);
    for (const { code } of module.dependencies ?? []) {
      if (code?.error) throw new Error(`Cannot list imports of ${specifier}: ${code.error}`);
      if (code?.specifier) visit(code.specifier);
    }
  };
  graph.roots.forEach(visit);
  return [...found].sort();
}

/** The keys of the packages of files. */
export function packagesOfFiles(files: readonly string[], { npmPackages }: ModuleGraph): string[] {
  return Object.entries(npmPackages).flatMap(([key, { localPath }]) =>
    localPath && files.some((file) => file.startsWith(`${localPath}/`)) ? [key] : []
  );
}

/** Bundles as `bundle.ts`, with source maps, which name the files that are left after tree shaking. */
export async function filesOfBundle(root: string): Promise<string[]> {
  // The source maps are relative to the real path.
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await runBundler(root, folder, "--sourcemap=external");
    const files: string[] = [];
    for await (const { name } of Deno.readDir(folder)) {
      if (!name.endsWith(".map")) continue;
      const { sources } = JSON.parse(await Deno.readTextFile(join(folder, name))) as {
        sources: string[];
      };
      files.push(...sources.map((source) => resolve(folder, source)));
    }
    return files;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
