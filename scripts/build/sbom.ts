/**
 * A CycloneDX 1.6 list of what is in the program's executable.
 *
 * @see https://cyclonedx.org/docs/1.6/json/
 */
import { runBundler } from "./bundle.ts";
import { createHash } from "node:crypto";
import { dirname, join, resolve } from "node:path";

const NAME = "argocd-configurer";

export interface SbomOptions {
  /** The time of the commit, so that two builds of it give the same bytes. */
  timestamp: Date;
  /** The folder of main.ts, deno.json and deno.lock. @default this project's */
  root?: string;
  /** @default the running Deno's, whose runtime the executable has in it */
  denoVersion?: string;
  /** The files that the bundle is made of. @default those of a bundle made for this */
  bundledFiles?: (root: string) => Promise<string[]>;
}

/** What is used here of CycloneDX. */
export interface Bom {
  $schema: string;
  bomFormat: "CycloneDX";
  specVersion: "1.6";
  serialNumber?: string;
  version: number;
  metadata: { timestamp: string; component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
  compositions: { aggregate: string; dependencies: string[] }[];
}
export interface Component {
  type: "application" | "library" | "platform";
  "bom-ref": string;
  /** The npm scope, with its "@". */
  group?: string;
  name: string;
  version: string;
  /** "optional" is a package that is a dependency of another, and yet not in the executable. */
  scope?: "required" | "optional";
  hashes?: { alg: string; content: string }[];
  licenses?: LicenseChoice[];
  purl?: string;
}
export type LicenseChoice =
  | { license: { id: string } }
  | { license: { name: string } }
  | { expression: string };

/** A package of deno.lock, whose keys are like `ws@8.23.0` or `isomorphic-ws@5.0.0_ws@8.23.0`. */
export interface LockedPackage {
  /** Of the registry's archive: `sha512-BASE64`. */
  integrity?: string;
  dependencies?: string[];
  optionalDependencies?: string[];
}
export type LockedPackages = Record<string, LockedPackage>;

/**
 * Lists the npm packages that main.ts imports, their dependencies, whatever else the bundler finds,
 * Deno, and who depends on whom. The scope says whether a package is in the executable: the bundler
 * leaves out what is not called, and takes in what a package tries to require without naming it as
 * a dependency, when that happens to be in deno.lock. What is imported for its types only is not
 * listed, and neither are packages of declarations.
 */
export async function sbom(options: SbomOptions): Promise<Bom> {
  const { timestamp, root = dirname(dirname(import.meta.dirname!)) } = options;
  const { denoVersion = Deno.version.deno, bundledFiles = filesOfBundle } = options;
  // First the graph, as it fills the cache.
  const graph = await moduleGraph(root);
  const [files, lock, { version, license }] = await Promise.all([
    bundledFiles(root),
    readJson(join(root, "deno.lock")) as Promise<{ npm?: LockedPackages }>,
    readJson(join(root, "deno.json")) as Promise<{ version: string; license: string }>,
  ]);
  const npm = lock.npm ?? {};
  const imported = importedPackages(graph);
  const bundled = packagesOf(files, graph);
  const named = reachable(imported, npm);
  const direct = [...imported, ...bundled.filter((key) => !named.has(key))];
  const inBundle = new Set(bundled.map(purlOf));

  const program: Component = {
    type: "application",
    "bom-ref": `${NAME}@${version}`,
    name: NAME,
    version,
    licenses: licenses(license),
  };
  const deno: Component = {
    type: "platform",
    "bom-ref": `pkg:github/denoland/deno@v${denoVersion}`,
    name: "deno",
    version: denoVersion,
    licenses: licenses("MIT"),
    purl: `pkg:github/denoland/deno@v${denoVersion}`,
  };
  // Copies of a package for different peers are one component here, which depends on all theirs.
  const components = new Map([[deno["bom-ref"], deno]]);
  const edges = new Map([
    [program["bom-ref"], new Set([deno["bom-ref"], ...direct.map(purlOf)])],
    [deno["bom-ref"], new Set<string>()],
  ]);
  for (const [key, dependencies] of reachable(direct, npm)) {
    const ref = purlOf(key);
    const scope = inBundle.has(ref) ? "required" : "optional";
    const component = libraryOf(key, scope, npm[key]!, await packageJson(graph.npmPackages[key]));
    components.set(ref, component);
    edges.set(ref, new Set([...edges.get(ref) ?? [], ...dependencies.map(purlOf)]));
  }

  return numbered({
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { timestamp: timestamp.toISOString(), component: program },
    components: sortedEntries(components).map(([, component]) => component),
    dependencies: sortedEntries(edges).map(([ref, to]) => ({ ref, dependsOn: [...to].sort() })),
    // Deno's own parts, V8 and its Rust crates among them, are not listed.
    compositions: [{ aggregate: "incomplete", dependencies: [deno["bom-ref"]] }],
  });
}

/** With a serial number that is made from the content. */
function numbered(bom: Bom): Bom {
  const hash = createHash("sha256").update(JSON.stringify(bom)).digest();
  // A UUID of version 8, whose other bits are free. See RFC 9562, section 5.8.
  hash[6] = 0x80 | hash[6]! & 0x0f;
  hash[8] = 0x80 | hash[8]! & 0x3f;
  const hex = hash.toString("hex");
  const parts = [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([a, b]) => hex.slice(a, b));
  const { $schema, bomFormat, specVersion, ...rest } = bom;
  return { $schema, bomFormat, specVersion, serialNumber: `urn:uuid:${parts.join("-")}`, ...rest };
}

/** The part of `deno info --json` that is read here. */
export interface ModuleGraph {
  roots: string[];
  redirects: Record<string, string>;
  modules: {
    specifier: string;
    error?: string;
    /** A key of deno.lock. */
    npmPackage?: string;
    /** `code` is missing where only types are imported. */
    dependencies?: { specifier: string; code?: { specifier?: string; error?: string } }[];
  }[];
  npmPackages: Record<string, { localPath?: string }>;
}

/** What main.ts imports. It also fetches into Deno's cache what is missing there. */
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

/** Keys of the packages that code of any module imports, and not only its types. */
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

/** Bundled as in `bundle.ts`, but with source maps, which name what is left after all pruning. */
async function filesOfBundle(root: string): Promise<string[]> {
  // The maps are relative to where it really is.
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await runBundler(root, folder, "--sourcemap=external");
    const files: string[] = [];
    for await (const { name } of Deno.readDir(folder)) {
      if (!name.endsWith(".map")) continue;
      const { sources } = await readJson(join(folder, name)) as { sources: string[] };
      files.push(...sources.map((source) => resolve(folder, source)));
    }
    return files;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The keys of the packages that files are in. */
function packagesOf(files: string[], { npmPackages }: ModuleGraph): string[] {
  return Object.entries(npmPackages).flatMap(([key, { localPath }]) =>
    localPath && files.some((file) => file.startsWith(`${localPath}/`)) ? [key] : []
  );
}

/** Packages that hold nothing but declarations: they and what only they need do not ship. */
const isTypesOnly = (key: string) => key.startsWith("@types/");

/** The keys of all that `roots` need, themselves among them, each with those it needs itself. */
export function reachable(roots: string[], npm: LockedPackages): Map<string, string[]> {
  const byName = Map.groupBy(Object.keys(npm), (key) => plainPackage(key).name);
  const resolve = (from: string, dependency: string): string => {
    const named = dependency.replace(/^.+@npm:/, ""); // of an alias: `ALIAS@npm:NAME@VERSION`
    if (npm[named]) return named;
    // A name stands for its only version.
    const [key, ...others] = byName.get(named) ?? [];
    if (key && others.length === 0) return key;
    throw new Error(`Cannot find ${dependency}, which ${from} needs, in deno.lock`);
  };
  const found = new Map<string, string[]>();
  const visit = (key: string) => {
    if (found.has(key)) return;
    const locked = npm[key];
    if (!locked) throw new Error(`Cannot find ${key} in deno.lock`);
    const names = [...locked.dependencies ?? [], ...locked.optionalDependencies ?? []];
    const needed = names.map((name) => resolve(key, name)).filter((one) => !isTypesOnly(one));
    found.set(key, needed);
    needed.forEach(visit);
  };
  roots.filter((key) => !isTypesOnly(key)).forEach(visit);
  return found;
}

/** Of `isomorphic-ws@5.0.0_ws@8.23.0`, name and version without the peers it was resolved for. */
export function plainPackage(key: string): { name: string; version: string } {
  const [, name, version] = /^(@?[^@]+)@([^_]+)/.exec(key) ?? [];
  if (!name || !version) throw new Error(`Cannot read the package name ${key}`);
  return { name, version };
}

/** @see https://github.com/package-url/purl-spec */
export function purlOf(key: string): string {
  const { name, version } = plainPackage(key);
  const path = name.split("/").map(encodeURIComponent).join("/");
  return `pkg:npm/${path}@${encodeURIComponent(version)}`;
}

function libraryOf(
  key: string,
  scope: Component["scope"],
  locked: LockedPackage,
  { license }: PackageJson,
): Component {
  const { name, version } = plainPackage(key);
  const [bare, group] = name.split("/").reverse();
  const purl = purlOf(key);
  return {
    type: "library",
    "bom-ref": purl,
    ...group && { group },
    name: bare!,
    version,
    scope,
    ...locked.integrity && { hashes: hashes(locked.integrity) },
    ...license && { licenses: licenses(license) },
    purl,
  };
}

/** Of one or more `sha512-BASE64`, as npm writes them. */
export function hashes(integrity: string): { alg: string; content: string }[] {
  return integrity.trim().split(/\s+/).map((one) => {
    const [, bits, base64] = /^sha(1|256|384|512)-([A-Za-z0-9+/]+=*)$/.exec(one) ?? [];
    if (!bits || !base64) throw new Error(`Cannot read the integrity ${one}`);
    return { alg: `SHA-${bits}`, content: Uint8Array.fromBase64(base64).toHex() };
  });
}

interface PackageJson {
  license?: string;
}

/** Empty for a package that is not in the cache, as those for other systems are. */
async function packageJson(found: { localPath?: string } | undefined): Promise<PackageJson> {
  if (!found?.localPath) return {};
  try {
    const read = await readJson(join(found.localPath, "package.json"));
    // Old packages have `{"type": "MIT", "url": …}`, or some of these as `licenses`.
    const { license, licenses } = read as { license?: unknown; licenses?: unknown };
    const said = [license ?? licenses ?? []].flat().flatMap((one) => {
      const words = typeof one === "string" ? one : (one as { type?: unknown } | null)?.type;
      return typeof words === "string" && words !== "" ? [words] : [];
    });
    return said.length ? { license: said.join(" OR ") } : {};
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

/** Those of npm packages. Another is given as a name, which is right too, only less exact. */
const spdxIds = new Set([
  ...["0BSD", "AFL-2.1", "Apache-2.0", "Artistic-2.0", "BlueOak-1.0.0", "BSD-2-Clause"],
  ...["BSD-3-Clause", "BSL-1.0", "CC-BY-3.0", "CC-BY-4.0", "CC0-1.0", "EPL-2.0", "ISC", "MIT"],
  ...["MIT-0", "MPL-2.0", "PSF-2.0", "Python-2.0", "Unicode-3.0", "Unlicense", "WTFPL", "Zlib"],
]);

/** An SPDX id, an expression of such, or else the words as they are. */
export function licenses(said: string): [LicenseChoice] {
  if (spdxIds.has(said)) return [{ license: { id: said } }];
  const words = said.split(/[\s()]+/).filter((word) => word !== "" && !/^(AND|OR)$/.test(word));
  const isExpression = words.length > 1 && words.every((word) => spdxIds.has(word));
  return [isExpression ? { expression: said } : { license: { name: said } }];
}

function sortedEntries<Value>(map: Map<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => a < b ? -1 : 1);
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await Deno.readTextFile(path));
}
