import { dirname, isAbsolute, join } from "node:path";
import { load, YAML11_SCHEMA } from "js-yaml";
import type { Settings } from "../config/schema.ts";
import { seal, type Sealed } from "../log/sealed.ts";
import { type NamedFile, namedFiles, whyUnreadable } from "./named_files.ts";

/** Largest kubeconfig accepted, in bytes. */
const MAX_BYTES = 1024 * 1024;

/** A kubeconfig that is not used, with the reason; never with a piece of its content. */
export class KubeconfigRefused extends Error {
  override readonly name = "KubeconfigRefused";

  /** @param why which rule it breaks */
  constructor(file: string, readonly why: string) {
    super(`Cannot use kubeconfig '${file}': ${why}`);
  }
}

export interface VetRules {
  /** User ids that may own a kubeconfig, besides root. */
  readonly owners: readonly number[];
  /** The group that may write to it, the server's own. */
  readonly group: number;
  /** Whether it may name programs to run (`exec`, `auth-provider`). */
  readonly allowExecPlugins: boolean;
}

/** Those of the settings, for a process of this user and group. */
export function vetRules(
  settings: Pick<Settings, "trusted-owners" | "allow-exec-plugins">,
  { user, group }: { readonly user: number; readonly group: number },
): VetRules {
  return {
    owners: [user, ...settings["trusted-owners"]],
    group,
    allowExecPlugins: settings["allow-exec-plugins"],
  };
}

export interface Vetted {
  /** The file itself, links followed. */
  readonly path: string;
  /** What is in it. */
  readonly content: Sealed<Record<string, unknown>>;
  /** Another one whenever the file is another one or has changed. */
  readonly version: string;
  /** The certificates, keys and tokens that it has in files of their own. */
  readonly files: readonly NamedFile[];
  /** What is not forbidden, but better otherwise. */
  readonly warnings: readonly string[];
}

/**
 * Looks at a kubeconfig before kubectl gets it. Since it can name programs that kubectl runs, a
 * file that somebody else can change is refused, and so is what is no kubeconfig at all, and one
 * whose certificates, key or token are in files that are not there.
 *
 * Permissions: `--allow-read` of the file, of the way to it and of those that it names.
 * @param seen what was found before, by file: one that has not changed since is not read again
 * @throws {KubeconfigRefused} says which rule it breaks; {@link Deno.errors.NotFound}, also for a
 * name that is longer than the file system allows
 */
export async function vetKubeconfig(
  file: string,
  rules: VetRules,
  seen: Map<string, Vetted> = new Map(),
): Promise<Vetted> {
  const refuse = (why: string): never => {
    throw new KubeconfigRefused(file, why);
  };
  const path = await Deno.realPath(file).catch((error) => {
    if (error instanceof Deno.errors.NotFound) throw error;
    if (error.code === "ENAMETOOLONG") throw new Deno.errors.NotFound();
    return refuse("the server's user may not follow it, or it is a loop of links");
  });
  // At once, for the way to them was just gone: three turns of waiting are a tenth of a request.
  const unsafe = whyWayUnsafe(file, rules);
  if (unsafe !== undefined) refuse(unsafe);
  const info = Deno.statSync(path);
  // Looked at before it is opened: opening a FIFO would hang.
  if (!info.isFile) refuse("it is not a regular file");
  if (info.size > MAX_BYTES) refuse(`it is larger than ${MAX_BYTES} bytes`);
  const why = writableByOthers(info, rules);
  if (why !== undefined) refuse(why);
  const { dev, ino, size, mtime, ctime } = info;
  const version = [path, dev, ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
  const known = seen.get(file);
  if (known?.version === version) return usable(known, refuse);
  const config = parse(await readText(path, refuse), refuse);
  const { cluster, user } = currentOf(config, refuse);
  if (!rules.allowExecPlugins && runsPrograms(user)) {
    refuse("it runs a program for credentials, and allow-exec-plugins is false");
  }
  const warnings = (info.mode ?? 0) & 0o044
    ? [`Others may read kubeconfig '${file}'; run chmod 600 on it`]
    : [];
  const files = namedFiles(path, cluster, user);
  const vetted = { path, content: seal(config), version, files, warnings };
  seen.set(file, vetted);
  return usable(vetted, refuse);
}

function usable(vetted: Vetted, refuse: (why: string) => never): Vetted {
  const why = whyUnreadable(vetted.files);
  return why === undefined ? vetted : refuse(why);
}

/** What can be told of a kubeconfig without asking its cluster. */
export interface KubeconfigState {
  /** Address of the API server; absent where it is not used. */
  readonly server?: string;
  /** Why it is not used. */
  readonly refused?: string;
  /** What is not forbidden, but better otherwise. */
  readonly warnings: readonly string[];
}

/** Looks at a kubeconfig as {@link vetKubeconfig} does, but tells what that throws. */
export async function stateOf(file: string, rules: VetRules): Promise<KubeconfigState> {
  try {
    const { content, warnings } = await vetKubeconfig(file, rules);
    return { server: serverOf(content.reveal()), warnings };
  } catch (error) {
    if (error instanceof KubeconfigRefused) return { refused: error.why, warnings: [] };
    if (error instanceof Deno.errors.NotFound) return { refused: "it is not there", warnings: [] };
    throw error;
  }
}

/** Without a user or a query, which may be secret. */
function serverOf(config: Record<string, unknown>): string {
  const context = named(config, "contexts", "context", config["current-context"])!;
  const cluster = named(config, "clusters", "cluster", context["cluster"])!;
  const { origin, pathname } = new URL(String(cluster["server"]));
  return origin + pathname.replace(/(?<!\/)\/+$/, "");
}

/** More links than the system follows. */
const MAX_LINKS = 40;

/**
 * Why somebody else could lead a path to another file: whoever may rename in its folder, or in that
 * of a link on its way, may put another file or link in the place of what is there.
 */
function whyWayUnsafe(file: string, rules: VetRules): string | undefined {
  const folders = new Set([dirname(file)]);
  let at = "/";
  let links = 0;
  const names = (isAbsolute(file) ? file : `${Deno.cwd()}/${file}`).split("/");
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const next = join(at, name); // `at` is no link, so that `..` is the folder above it
    const info = Deno.lstatSync(next);
    if (!info.isSymlink) {
      at = next;
      continue;
    }
    if (++links > MAX_LINKS) return "it is a loop of links";
    if (isReplaceable(next, info, rules)) return `its link '${next}' is somebody else's`;
    folders.add(at);
    const target = Deno.readLinkSync(next);
    names.unshift(...target.split("/"));
    if (isAbsolute(target)) at = "/";
  }
  for (const folder of folders.add(dirname(at))) {
    const why = writableByOthers(Deno.statSync(folder), rules);
    if (why !== undefined) return `its folder '${folder}' is not safe: ${why}`;
  }
  return undefined;
}

/** Whether a link is for somebody who is not trusted to replace, as their own in a sticky folder. */
function isReplaceable(link: string, { uid }: Deno.FileInfo, rules: VetRules): boolean {
  if (isTrusted(uid, rules)) return false;
  const mode = Deno.statSync(dirname(link)).mode ?? 0;
  return (mode & 0o1000) !== 0 && (mode & 0o022) !== 0;
}

function isTrusted(owner: number | null, { owners }: VetRules): boolean {
  return owner === null || owner === 0 || owners.includes(owner);
}

/** Why somebody else could change a file, or replace one in a folder that is not sticky. */
function writableByOthers(info: Deno.FileInfo, rules: VetRules): string | undefined {
  const mode = info.mode ?? 0;
  const isSticky = info.isDirectory && (mode & 0o1000) !== 0;
  if (mode & 0o002 && !isSticky) return "everyone may write to it; run chmod go-w on it";
  if (mode & 0o020 && !isSticky && info.gid !== rules.group) {
    return "a group other than the server's may write to it; run chmod g-w on it";
  }
  if (!isTrusted(info.uid, rules)) {
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

/**
 * How often a kubeconfig may say `*name`. A few that stand for each other in turn make a value that
 * takes all memory when it is written out; that many make one of some thousand pieces at most.
 */
const MAX_ALIASES = 20;

/** Parses a kubeconfig. */
function parse(text: string, refuse: (why: string) => never): Record<string, unknown> {
  if (text.trim() === "") return refuse("it is empty");
  let config: unknown;
  try {
    // What kubectl's parser understands: YAML 1.1, with merge keys.
    config = load(text, { schema: YAML11_SCHEMA, maxAliases: MAX_ALIASES });
  } catch (error) {
    return refuse(`it is not valid YAML${position(error)}`);
  }
  return isRecord(config) ? config : refuse("it is not a YAML mapping");
}

/** Fields of a user by which kubectl can say who it is. */
const IDENTIFIES =
  /^(token|tokenFile|username|client-certificate|client-certificate-data|exec|auth-provider)$/;

/**
 * Cluster and user of the current context. The context has to be whole: for a cluster that is not there
 * kubectl speaks to http://localhost:8080, whoever listens there, and without a user's credentials
 * it reads a user name from standard input, where the secrets are.
 * @see https://github.com/kubernetes/client-go/blob/v0.35.0/tools/clientcmd/client_config.go
 */
function currentOf(
  config: Record<string, unknown>,
  refuse: (why: string) => never,
): Record<"cluster" | "user", Record<string, unknown>> {
  const current = config["current-context"];
  if (typeof current !== "string" || current === "") {
    return refuse("its 'current-context' is missing");
  }
  const context = named(config, "contexts", "context", current);
  if (!context) return refuse("its 'current-context' names a context that is not there");
  const cluster = named(config, "clusters", "cluster", context["cluster"]);
  if (!cluster) return refuse("its current context names a cluster that is not there");
  const { server } = cluster;
  if (typeof server !== "string" || !isHttpUrl(server)) {
    return refuse("its current cluster has no 'server' that is an http or https URL");
  }
  const user = named(config, "users", "user", context["user"]);
  if (!user) return refuse("its current context names a user that is not there");
  // By plain HTTP kubectl says nothing of the user.
  if (/^https:/i.test(server) && !Object.keys(user).some((field) => IDENTIFIES.test(field))) {
    return refuse("its current user has no credentials");
  }
  return { cluster, user };
}

/** What stands as `{name: NAME, KIND: …}` in one of a kubeconfig's lists. */
function named(
  config: Record<string, unknown>,
  list: string,
  kind: string,
  name: unknown,
): Record<string, unknown> | undefined {
  const entries: unknown[] = Array.isArray(config[list]) ? config[list] : [];
  const entry = entries.filter(isRecord).find((each) => each["name"] === name);
  return entry && isRecord(entry[kind]) ? entry[kind] : undefined;
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
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

function runsPrograms(user: Record<string, unknown>): boolean {
  return Object.keys(user).some((field) => !NO_PROGRAM.test(field));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
