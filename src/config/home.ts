import { join, resolve } from "node:path";

/**
 * The folder with the configuration, the clusters folder and the run files, unless flags or environment
 * variables name them: the first of these folders that exists.
 *
 * 1. the working directory, with `configs/defaults.yaml` or `clusters/`
 * 2. `$XDG_CONFIG_HOME/argocd-configurer`, with `config.yaml` or `clusters/`
 * 3. `/etc/argocd-configurer`, the same
 *
 * Otherwise the working directory, with all defaults.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export interface Home {
  readonly kind: HomeKind;
  /** Absolute. */
  readonly path: string;
  /** The configuration file as shown in messages: relative if it is in the working directory. */
  readonly config: string;
  /** Whether that file exists; if not, only `clusters/` exists, or nothing. */
  readonly hasConfig: boolean;
  /** The default clusters folder, relative or absolute as `config` is. */
  readonly clusters: string;
  /** Folder of server.pid, server.children and server.log. Absolute. */
  readonly runFolder: string;
  /** Folders that were searched, for messages. */
  readonly looked: readonly string[];
  /** Folder to create for the first cluster. Absolute. */
  readonly clustersToMake: string;
}

export type HomeKind = "working directory" | "user" | "system" | "none";

/** The part of the process that the search depends on. */
export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `undefined` if the working directory was removed. */
  readonly cwd: string | undefined;
  readonly uid: number | null;
  /** Follows links; `undefined` if nothing exists at the path. @throws {Deno.errors.PermissionDenied} */
  stat(path: string): Entry | undefined;
}

export type Entry = Pick<Deno.FileInfo, "isFile" | "isDirectory" | "dev" | "ino">;

const NAME = "argocd-configurer";

/** Configuration folder of the whole machine. */
const SYSTEM = `/etc/${NAME}`;

/** Run folder of a server that root starts with the machine's configuration: the same for every shell. */
const SYSTEM_RUN = `/var/run/${NAME}`;

/**
 * Finds the home of this process.
 *
 * Permissions: `--allow-read` of these folders, `--allow-env`, `--allow-sys=uid`.
 */
export function findHome(here: Environment = thisProcess()): Home {
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
    // In one of the other folders, that folder's file names apply.
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

/** The location of a home, for the end of a message. */
export function placeOf({ kind, path }: Pick<Home, "kind" | "path">): string {
  return kind === "working directory" ? `in the working directory ${path}` : `in ${path}`;
}

/** Permissions: `--allow-env`, `--allow-sys=uid`. */
export function thisProcess(): Environment {
  return { env: Deno.env.toObject(), cwd: workingDirectory(), uid: Deno.uid(), stat: statOf };
}

/** Folders in which a server of this user may have its run files, for a hint when none is found. */
export function runFolders(here: Environment = thisProcess()): string[] {
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

/** Looks for the configuration file, and for the clusters folder only if there is none. */
function lookInto({ path, config, clusters }: Candidate, { stat }: Environment) {
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

function isSame(one: string, other: string, { stat }: Environment): boolean {
  try {
    const [a, b] = [stat(one), stat(other)];
    return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
  } catch {
    return false;
  }
}

function whole(found: Candidate & Found, looked: string[], here: Environment): Home {
  return {
    ...found,
    runFolder: runFolderOf(found, here),
    looked,
    clustersToMake: resolve(found.path, found.clusters),
  };
}

/** The state folder rather than the runtime folder: the log is in it and outlives the session. */
function runFolderOf({ kind, path }: Candidate, here: Environment): string {
  if (kind === "working directory") return resolve(path);
  if (kind === "system" && here.uid === 0) return SYSTEM_RUN;
  const state = xdgFolder(here, "XDG_STATE_HOME", ".local/state");
  return state ?? (kind === "user" ? path : resolve(here.cwd ?? path));
}

/** A relative path in an XDG variable is ignored, as the specification requires. */
function xdgFolder({ env }: Environment, variable: string, below: string): string | undefined {
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
    return undefined; // also if a parent is a file or may not be read
  }
}
