import { join } from "node:path";
import { type LockedPackages, plainPackage, reachable } from "./lock.ts";
import { filesOfBundle, importedPackages, moduleGraph, packagesOfFiles } from "./module_graph.ts";

/** An npm package that is in the executable, or that one in it depends on. */
export interface Package {
  /** In deno.lock. */
  readonly key: string;
  readonly name: string;
  readonly version: string;
  /** Keys of those that it depends on. */
  readonly needs: readonly string[];
  /**
   * Whether the bundler took in any of its files. Another may be in the executable all the same, as
   * a copy that a package ships in a file of its own.
   */
  readonly bundled: boolean;
  /** Of the registry's archive, from deno.lock. */
  readonly integrity?: string;
  /** Missing for a package that is not in the cache, as those for other systems are. */
  readonly folder?: string;
  /** As package.json says it. */
  readonly license?: string;
  /** The name alone. */
  readonly author?: string;
}

/** What the executable is made of, besides Deno. */
export interface Contents {
  readonly program: { readonly version: string; readonly license: string };
  /** Keys of the packages that the program itself needs. */
  readonly direct: readonly string[];
  /** Sorted by key. A package has a key for each set of peers that it is used with. */
  readonly packages: readonly Package[];
}

export interface ContentsOptions {
  /** The folder of main.ts, deno.json and deno.lock. */
  readonly root: string;
  /** The files that the bundle is made of. @default those of a bundle made for this */
  readonly bundledFiles?: (root: string) => Promise<string[]>;
}

/**
 * Finds the npm packages that main.ts imports, their dependencies, and whatever else the bundler
 * finds: it leaves out what is not called, and takes in what a package tries to require without
 * naming it as a dependency, when that happens to be in deno.lock. What is imported for its types
 * only is left out, and so are packages of declarations.
 */
export async function contentsOf(options: ContentsOptions): Promise<Contents> {
  const { root, bundledFiles = filesOfBundle } = options;
  // First the graph, as it fills the cache.
  const graph = await moduleGraph(root);
  const [files, lock, { version, license }] = await Promise.all([
    bundledFiles(root),
    readJson(join(root, "deno.lock")) as Promise<{ npm?: LockedPackages }>,
    readJson(join(root, "deno.json")) as Promise<{ version: string; license: string }>,
  ]);
  const npm = lock.npm ?? {};
  const imported = importedPackages(graph);
  const bundled = packagesOfFiles(files, graph);
  const named = reachable(imported, npm);
  const direct = [...imported, ...bundled.filter((key) => !named.has(key))];
  const inBundle = new Set(bundled.map(plainKey));
  const packages = [...reachable(direct, npm)].map(async ([key, needs]): Promise<Package> => ({
    key,
    ...plainPackage(key),
    needs,
    bundled: inBundle.has(plainKey(key)),
    integrity: npm[key]!.integrity,
    ...await packageJson(graph.npmPackages[key]?.localPath),
  }));
  return {
    program: { version, license },
    direct,
    packages: (await Promise.all(packages)).sort((a, b) => a.key < b.key ? -1 : 1),
  };
}

/** The same for all copies of a package. */
function plainKey(key: string): string {
  const { name, version } = plainPackage(key);
  return `${name}@${version}`;
}

async function packageJson(
  folder: string | undefined,
): Promise<Pick<Package, "folder" | "license" | "author">> {
  if (folder === undefined) return {};
  try {
    const read = await readJson(join(folder, "package.json")) as Record<string, unknown>;
    return { folder, license: licenseOf(read), author: authorOf(read) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

/** Old packages have `{"type": "MIT", "url": …}`, or some of these as `licenses`. */
function licenseOf({ license, licenses }: Record<string, unknown>): string | undefined {
  const said = [license ?? licenses ?? []].flat().flatMap((one) => {
    const words = typeof one === "string" ? one : (one as { type?: unknown } | null)?.type;
    return typeof words === "string" && words !== "" ? [words] : [];
  });
  return said.length ? said.join(" OR ") : undefined;
}

/** `NAME <EMAIL> (URL)`, or an object with a name. */
function authorOf({ author }: Record<string, unknown>): string | undefined {
  const said = typeof author === "string" ? author : (author as { name?: unknown } | null)?.name;
  if (typeof said !== "string") return undefined;
  return said.replace(/[<(].*/s, "").trim() || undefined;
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await Deno.readTextFile(path));
}
