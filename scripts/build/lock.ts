/** A package of deno.lock, whose keys are like `ws@8.23.0` or `isomorphic-ws@5.0.0_ws@8.23.0`. */
export interface LockedPackage {
  /** The integrity of the registry's archive: `sha512-BASE64`. */
  integrity?: string;
  dependencies?: string[];
  optionalDependencies?: string[];
}
export type LockedPackages = Record<string, LockedPackage>;

/** Packages of declarations, which are not shipped, nor packages that only they need. */
const isTypesOnly = (key: string) => key.startsWith("@types/");

/** The keys of `roots` and of all their dependencies, each with its direct dependencies. */
export function reachable(roots: string[], npm: LockedPackages): Map<string, string[]> {
  const byName = Map.groupBy(Object.keys(npm), (key) => plainPackage(key).name);
  const resolve = (from: string, dependency: string): string => {
    const named = dependency.replace(/^.+@npm:/, ""); // for an alias: `ALIAS@npm:NAME@VERSION`
    if (npm[named]) return named;
    // A name without version stands for the only version.
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

/** Name and version of `isomorphic-ws@5.0.0_ws@8.23.0`, without the peer dependencies. */
export function plainPackage(key: string): { name: string; version: string } {
  const [, name, version] = /^(@?[^@]+)@([^_]+)/.exec(key) ?? [];
  if (!name || !version) throw new Error(`Cannot read the package name ${key}`);
  return { name, version };
}
