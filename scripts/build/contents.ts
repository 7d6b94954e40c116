import { join } from "node:path";
import { type LockedPackages, plainPackage, reachable } from "./lock.ts";
import { filesOfBundle, importedPackages, moduleGraph, packagesOfFiles } from "./module_graph.ts";

/** An npm package in the executable, or a dependency of one. */
export interface Package {
  /** The key in deno.lock. */
  readonly key: string;
  readonly name: string;
  readonly version: string;
  /** Keys of its dependencies. */
  readonly needs: readonly string[];
  /**
   * Whether the bundle has any of its files. A package without may still be in the executable, as a copy
   * within a file of another package.
   */
  readonly bundled: boolean;
  /** The integrity of the registry's archive, from deno.lock. */
  readonly integrity?: string;
  /** Absent for a package that is not in the cache, such as one for another system. */
  readonly folder?: string;
  /** The license in package.json. */
  readonly license?: string;
  /** The name of the author. */
  readonly author?: string;
}

/** The contents of the executable, besides Deno. */
export interface Contents {
  readonly program: { readonly version: string; readonly license: string };
  /** Keys of direct dependencies. */
  readonly direct: readonly string[];
  /** Sorted by key. A package has a key for each set of peer dependencies. */
  readonly packages: readonly Package[];
}

export interface ContentsOptions {
  /** The folder of main.ts, deno.json and deno.lock. */
  readonly root: string;
  /** The files of the bundle. @default those of a new bundle */
  readonly bundledFiles?: (root: string) => Promise<string[]>;
}

/**
 * Finds the npm packages that main.ts imports, their dependencies, and others that the bundler finds: it
 * removes unused code, and includes packages that another package requires without declaring them, if they
 * are in deno.lock. Type imports and packages of declarations are left out.
 */
export async function contentsOf(options: ContentsOptions): Promise<Contents> {
  const { root, bundledFiles = filesOfBundle } = options;
  // The graph first, since it fills the cache.
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
