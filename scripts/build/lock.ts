/** A package of deno.lock, whose keys are like `ws@8.23.0` or `isomorphic-ws@5.0.0_ws@8.23.0`. */
export interface LockedPackage {
  /** Of the registry's archive: `sha512-BASE64`. */
  integrity?: string;
  dependencies?: string[];
  optionalDependencies?: string[];
}
export type LockedPackages = Record<string, LockedPackage>;

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
