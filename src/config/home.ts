import { join, resolve } from "node:path";

/**
 * Where configuration, clusters folder and run files are, unless flags and environment variables name
 * them: in one folder, the first of these that there is.
 *
 * 1. the working directory, with `configs/defaults.yaml` or `clusters/`
 * 2. `$XDG_CONFIG_HOME/argocd-configurer`, with `config.yaml` or `clusters/`
 * 3. `/etc/argocd-configurer`, the same
 *
 * Otherwise the working directory is taken with all defaults.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export interface Home {
  readonly kind: HomeKind;
  /** Absolute. */
  readonly path: string;
  /** The configuration file, as messages name it: relative to the working directory if in there. */
  readonly config: string;
  /** Whether there is one; else `clusters/` alone is there, or nothing. */
  readonly hasConfig: boolean;
  /** The clusters folder unless a setting names one, spelled as `config` is. */
  readonly clusters: string;
  /** Folder of server.pid, server.children and server.log. Absolute. */
  readonly runFolder: string;
  /** Folders that were looked into before nothing was found, or this one; for messages. */
  readonly looked: readonly string[];
  /** Absolute path of the folder into which the first cluster goes. */
  readonly clustersToMake: string;
}

export type HomeKind = "working directory" | "user" | "system" | "none";

/** What the lookup depends on. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `undefined` where it has been removed. */
  readonly cwd: string | undefined;
  readonly uid: number | null;
  /** Links followed; `undefined` for what is not there. @throws {Deno.errors.PermissionDenied} */
  stat(path: string): Entry | undefined;
}

export type Entry = Pick<Deno.FileInfo, "isFile" | "isDirectory" | "dev" | "ino">;

const NAME = "argocd-configurer";

/** Of the whole machine. */
const SYSTEM = `/etc/${NAME}`;

/** Of a server that the superuser starts with the machine's configuration: the same for every shell. */
const SYSTEM_RUN = `/var/run/${NAME}`;

/**
 * Finds the home for this run.
 *
 * Permissions: `--allow-read` of these folders, `--allow-env`, `--allow-sys=uid`.
 */
export function findHome(here: Surroundings = thisProcess()): Home {
  const { cwd = "." } = here;
  const user = xdgFolder(here, "XDG_CONFIG_HOME", ".config");
  const looked: string[] = [];
  const places: Candidate[] = [
    ...here.cwd === undefined ? [] : [
      {
        kind: "working directory",
        path: cwd,
        config: "configs/defaults.yaml",
        clusters: "clusters",
      } as const,
    ],
    ...user === undefined ? [] : [named("user", user)],
    named("system", SYSTEM),
  ];
  for (const place of places) {
    const found = lookInto(place, here);
    looked.push(found === "denied" ? `${place.path} (permission denied)` : place.path);
    if (found === undefined || found === "denied") continue;
    // Whoever stands in one of the other folders means it, with its own names.
    const same = place.kind === "working directory" && !found.hasConfig
      ? places.slice(1).find(({ path }) => isSame(path, cwd, here))
      : undefined;
    const again = same && lookInto(same, here);
    return typeof again === "object"
      ? whole({ ...same!, ...again }, looked, here)
      : whole({ ...place, ...found }, looked, here);
  }
  return {
    kind: "none",
    path: cwd,
    config: "configs/defaults.yaml",
    hasConfig: false,
    clusters: "clusters",
    runFolder: resolve(cwd),
    looked,
    clustersToMake: join(user ?? cwd, "clusters"),
  };
}

/** Where it was found, for the end of a message. */
export function placeOf({ kind, path }: Pick<Home, "kind" | "path">): string {
  return kind === "working directory" ? `in the working directory ${path}` : `in ${path}`;
}

/** Permissions: `--allow-env`, `--allow-sys=uid`. */
export function thisProcess(): Surroundings {
  return { env: Deno.env.toObject(), cwd: workingDirectory(), uid: Deno.uid(), stat: statOf };
}

/**
 * Folders where a server of this user may have its run files, besides one that is named: for a hint
 * where another one is looked for.
 */
export function runFolders(here: Surroundings = thisProcess()): string[] {
  const state = xdgFolder(here, "XDG_STATE_HOME", ".local/state");
  return [here.cwd, state, here.uid === 0 ? SYSTEM_RUN : undefined]
    .filter((path) => path !== undefined);
}

type Candidate = Pick<Home, "path" | "config" | "clusters"> & {
  readonly kind: Exclude<HomeKind, "none">;
};

const named = (kind: "user" | "system", path: string): Candidate => ({
  kind,
  path,
  config: join(path, "config.yaml"),
  clusters: join(path, "clusters"),
});

type Found = Pick<Home, "hasConfig">;

/** The least that tells: of a home with a configuration the clusters folder is not looked at. */
function lookInto({ path, config, clusters }: Candidate, { stat }: Surroundings) {
  try {
    if (stat(resolve(path, config))?.isFile) return { hasConfig: true } satisfies Found;
    return stat(resolve(path, clusters))?.isDirectory
      ? { hasConfig: false } satisfies Found
      : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return "denied";
    throw error;
  }
}

function isSame(one: string, other: string, { stat }: Surroundings): boolean {
  try {
    const [a, b] = [stat(one), stat(other)];
    return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
  } catch {
    return false;
  }
}

function whole(found: Candidate & Found, looked: string[], here: Surroundings): Home {
  return {
    ...found,
    runFolder: runFolderOf(found, here),
    looked,
    clustersToMake: resolve(found.path, found.clusters),
  };
}

/** State rather than runtime folder: the log is there, too, and outlives the session. */
function runFolderOf({ kind, path }: Candidate, here: Surroundings): string {
  if (kind === "working directory") return resolve(path);
  if (kind === "system" && here.uid === 0) return SYSTEM_RUN;
  const state = xdgFolder(here, "XDG_STATE_HOME", ".local/state");
  return state ?? (kind === "user" ? path : resolve(here.cwd ?? path));
}

/** A relative path in such a variable is to be ignored. */
function xdgFolder({ env }: Surroundings, variable: string, below: string): string | undefined {
  const isWhole = (path?: string) => path !== undefined && path.startsWith("/");
  if (isWhole(env[variable])) return join(env[variable]!, NAME);
  return isWhole(env.HOME) ? join(env.HOME!, below, NAME) : undefined;
}

function workingDirectory(): string | undefined {
  try {
    return Deno.cwd();
  } catch {
    return undefined;
  }
}

function statOf(path: string): Entry | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) throw error;
    return undefined; // also where a part of the way is a file, or this process may not look
  }
}
