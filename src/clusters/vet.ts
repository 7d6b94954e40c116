import { dirname } from "node:path";
import { load, YAML11_SCHEMA } from "js-yaml";

/** Largest kubeconfig accepted, in bytes. */
const MAX_BYTES = 1024 * 1024;

/** A kubeconfig that is not used, with the reason; never with a piece of its content. */
export class KubeconfigRefused extends Error {
  override readonly name = "KubeconfigRefused";
}

export interface VetRules {
  /** User ids that may own a kubeconfig, besides root. */
  readonly owners: readonly number[];
  /** The group that may write to it, the server's own. */
  readonly group: number;
  /** Whether it may name programs to run (`exec`, `auth-provider`). */
  readonly allowExecPlugins: boolean;
}

export interface Vetted {
  /** The file itself, links followed. */
  readonly path: string;
  /** What is not forbidden, but better otherwise. */
  readonly warnings: readonly string[];
}

/**
 * Looks at a kubeconfig before kubectl gets it. Since it can name programs that kubectl runs, a
 * file that somebody else can change is refused, and so is what is no kubeconfig at all.
 *
 * Permissions: `--allow-read` of the file.
 * @throws {KubeconfigRefused} says which rule it breaks; {@link Deno.errors.NotFound}
 */
export async function vetKubeconfig(file: string, rules: VetRules): Promise<Vetted> {
  const refuse = (why: string): never => {
    throw new KubeconfigRefused(`Cannot use kubeconfig '${file}': ${why}`);
  };
  const path = await Deno.realPath(file).catch((error) => {
    if (error instanceof Deno.errors.NotFound) throw error;
    return refuse("the server's user may not follow it, or it is a loop of links");
  });
  // Whoever may rename in its folder may put another file in its place.
  for (const folder of new Set([dirname(file), dirname(path)])) {
    const why = writableByOthers(await Deno.stat(folder), rules);
    if (why !== undefined) refuse(`its folder '${folder}' is not safe: ${why}`);
  }
  const info = await Deno.stat(path);
  // Looked at before it is opened: opening a FIFO would hang.
  if (!info.isFile) refuse("it is not a regular file");
  if (info.size > MAX_BYTES) refuse(`it is larger than ${MAX_BYTES} bytes`);
  const why = writableByOthers(info, rules);
  if (why !== undefined) refuse(why);
  const config = parse(await readText(path, refuse), refuse);
  if (!rules.allowExecPlugins && runsPrograms(config)) {
    refuse("it runs a program for credentials, and allow-exec-plugins is false");
  }
  const warnings = (info.mode ?? 0) & 0o044
    ? [`Others may read kubeconfig '${file}'; run chmod 600 on it`]
    : [];
  return { path, warnings };
}

/** Why somebody else could change a file, or replace one in a folder that is not sticky. */
function writableByOthers(info: Deno.FileInfo, rules: VetRules): string | undefined {
  const mode = info.mode ?? 0;
  const isSticky = info.isDirectory && (mode & 0o1000) !== 0;
  if (mode & 0o002 && !isSticky) return "everyone may write to it; run chmod go-w on it";
  if (mode & 0o020 && !isSticky && info.gid !== rules.group) {
    return "a group other than the server's may write to it; run chmod g-w on it";
  }
  if (info.uid !== null && info.uid !== 0 && !rules.owners.includes(info.uid)) {
    return "its owner is neither the server's user nor root nor one of trusted-owners";
  }
  return undefined;
}

async function readText(path: string, refuse: (why: string) => never): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
  } catch (error) {
    if (error instanceof TypeError) return refuse("it is not UTF-8 text");
    if (error instanceof Deno.errors.PermissionDenied) {
      return refuse("the server's user may not read it");
    }
    throw error;
  }
}

interface Kubeconfig {
  readonly users: readonly unknown[];
}

/** Parses far enough to know that it is a kubeconfig with a current context. */
function parse(text: string, refuse: (why: string) => never): Kubeconfig {
  if (text.trim() === "") return refuse("it is empty");
  let config: unknown;
  try {
    // What kubectl's parser understands: YAML 1.1, with merge keys.
    config = load(text, { schema: YAML11_SCHEMA });
  } catch (error) {
    return refuse(`it is not valid YAML${position(error)}`);
  }
  if (!isRecord(config)) return refuse("it is not a YAML mapping");
  for (const key of ["clusters", "contexts"]) {
    if (!Array.isArray(config[key])) return refuse(`its '${key}' is missing or not a list`);
  }
  const current = config["current-context"];
  if (typeof current !== "string" || current === "") {
    return refuse("its 'current-context' is missing");
  }
  const contexts = config["contexts"] as unknown[];
  if (!contexts.some((context) => isRecord(context) && context["name"] === current)) {
    return refuse("its 'current-context' names a context that is not there");
  }
  const users = config["users"] ?? [];
  return Array.isArray(users) ? { users } : refuse("its 'users' is not a list");
}

/** Where a YAML error is; its message would quote the line. */
function position(error: unknown): string {
  const mark = isRecord(error) && isRecord(error["mark"]) ? error["mark"] : {};
  const { line, column } = mark;
  if (typeof line !== "number" || typeof column !== "number") return "";
  return ` at line ${line + 1}, column ${column + 1}`;
}

/**
 * Fields of a user that name no program. Others may: `exec`, `auth-provider`, what comes next.
 * @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#AuthInfo
 */
const NO_PROGRAM =
  /^(token|tokenFile|username|password|as|as-uid|as-groups|as-user-extra|extensions|client-(certificate|key)(-data)?)$/;

function runsPrograms({ users }: Kubeconfig): boolean {
  return users.some((entry) =>
    isRecord(entry) && isRecord(entry["user"]) &&
    Object.keys(entry["user"]).some((field) => !NO_PROGRAM.test(field))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
