import { dirname, isAbsolute, resolve } from "node:path";
import type { Settings } from "../config/schema.ts";
import { configuredTrust, fileProblem, folderProblem, type Trust } from "../files/trusted.ts";
import { type Current, judge, whyNotOverApi } from "../kube/kubeconfig/judge.ts";
import { NotUsable } from "../kube/kubeconfig/not_usable.ts";
import { readYaml, type YamlValue } from "../kube/kubeconfig/yaml.ts";
import { seal, type Sealed } from "../log/sealed.ts";
import { contextCount, furtherContexts } from "./further_contexts.ts";
import type { ProcessPermissions } from "./fleet_transport.ts";
import { whyFilesUnusable } from "./named_files.ts";
import { whyNoPlugin } from "./plugins.ts";

/** A kubeconfig is rejected. The reason never quotes its content. */
export class KubeconfigRejected extends Error {
  override readonly name = "KubeconfigRejected";

  /** @param why the rule that it violates */
  constructor(file: string, readonly why: string) {
    super(`Cannot use kubeconfig '${file}': ${why}`);
  }
}

/** Which kubeconfigs are accepted: {@link Trust} is who may own and write to them and the files they name. */
export interface VetRules extends Trust {
  /** Whether they may name programs to run (`exec`, `auth-provider`). */
  readonly allowExecPlugins: boolean;
  /** The PATH in which those programs are looked up. @default programs are not checked */
  readonly programs?: string | undefined;
  /** Whether the api transport is used, which supports no SOCKS proxy. @default false */
  readonly isOverApi?: boolean;
  /**
   * The permissions of this process, when requests about several clusters may use the api transport where
   * others use kubectl. @default all requests use the same transport
   */
  readonly fleetOverApi?: ProcessPermissions | undefined;
  /** The environment, which may name proxies. @default none */
  readonly env?: Readonly<Record<string, string>>;
}

/** The process and machine that the rules depend on. */
export interface ServerMachine {
  /** User and group id of the server's process. */
  readonly user: number;
  readonly group: number;
  /** The environment of kubectl and of credential plugins. */
  readonly kubectlEnv: Record<string, string>;
  /** Whether kubectl can be run. */
  readonly hasKubectl: boolean;
  /** The permissions of this process. @default unknown, so that fleets use the same transport */
  readonly permissions?: ProcessPermissions;
}

/** The rules by the settings, for this process. */
export function vetRules(
  { transport, ...settings }: Pick<
    Settings,
    "trusted-owners" | "allow-exec-plugins" | "transport"
  >,
  { user, group, kubectlEnv, hasKubectl, permissions }: ServerMachine,
): VetRules {
  return {
    ...configuredTrust(settings["trusted-owners"], { owners: [user], group }),
    allowExecPlugins: settings["allow-exec-plugins"],
    programs: kubectlEnv.PATH,
    // `auto` is kubectl, which works with every kubeconfig, unless it is missing.
    isOverApi: transport === "api" || (transport === "auto" && !hasKubectl),
    fleetOverApi: transport === "auto" && hasKubectl ? permissions : undefined,
    env: kubectlEnv,
  };
}

export interface Vetted {
  /** The absolute path as given: relative paths in the file are relative to it, even if it is a link. */
  readonly path: string;
  /** The parsed content. */
  readonly content: Sealed<YamlValue>;
  /** The current context. */
  readonly current: Sealed<Current>;
  /** Changes whenever the file is changed or replaced. */
  readonly version: string;
  /** Problems that do not prevent use. */
  readonly warnings: readonly string[];
  /** Whether other users may read it. */
  readonly othersMayRead: boolean;
  /** The number of contexts, of which the current one is used. */
  readonly contexts: number;
}

/**
 * Checks a kubeconfig before it is used. Since it can name programs to run, a file that other users can
 * change is rejected. Then {@link judge} decides, and the files that it names are checked.
 *
 * Permissions: `--allow-read` of the file, of the folders on its path and of the files that it names.
 * @param seen earlier results by file; an unchanged file is not read again
 * @throws {KubeconfigRejected} with the rule that it violates; {@link Deno.errors.NotFound}, also for a
 * name that is longer than the file system allows
 */
export async function vetKubeconfig(
  file: string,
  rules: VetRules,
  seen: Map<string, Vetted> = new Map(),
): Promise<Vetted> {
  const reject = (why: string): never => {
    throw new KubeconfigRejected(file, why);
  };
  const path = await Deno.realPath(file).catch((error) => {
    if (error instanceof Deno.errors.NotFound) throw error;
    if (error.code === "ENAMETOOLONG") throw new Deno.errors.NotFound();
    return reject("permission denied for the server's user, or it is a loop of symbolic links");
  });
  // Synchronous calls are faster: the kernel has just cached this path, and three asynchronous calls take a
  // tenth of a request. With a `..` after a link, kubectl resolves relative paths in the kubeconfig against
  // another folder, which is checked, too.
  const problem = fileProblem(file, rules) ??
    (file.split("/").includes("..") ? folderProblem(resolve(dirname(file)), rules) : undefined);
  if (problem !== undefined) reject(problem.why);
  const info = Deno.statSync(path);
  const { dev, ino, size, mtime, ctime } = info;
  const version = [path, dev, ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
  const known = seen.get(file);
  if (known?.version === version) return usable(known, rules, reject);
  const { content, current } = judged(await readText(path, reject), reject);
  if (!rules.allowExecPlugins && runsPrograms(content, current)) reject(RUNS_PROGRAM);
  const contexts = contextCount(content);
  const further = furtherContexts(file, contexts);
  const othersMayRead = ((info.mode ?? 0) & 0o044) !== 0;
  const warnings = [
    ...othersMayRead
      ? [`Kubeconfig '${file}' is readable by other users. Run chmod 600 on it`]
      : [],
    ...further === undefined ? [] : [further],
  ];
  const vetted = {
    path: isAbsolute(file) ? file : `${Deno.cwd()}/${file}`,
    content: seal(content),
    current: seal(current),
    version,
    warnings,
    othersMayRead,
    contexts,
  };
  seen.set(file, vetted);
  return usable(vetted, rules, reject);
}

/** Checks what may change without a change of the kubeconfig. */
function usable(vetted: Vetted, rules: VetRules, reject: (why: string) => never): Vetted {
  const folder = dirname(vetted.path); // like kubectl, which does not resolve links for this
  const why = whyReferencesUnusable(folder, vetted.current.reveal(), rules);
  return why === undefined ? vetted : reject(why);
}

/**
 * Why the files, the plugin or the proxy that a kubeconfig names cannot be used; `undefined` when they can.
 * @param folder of the kubeconfig
 */
export function whyReferencesUnusable(
  folder: string,
  current: Current,
  rules: VetRules,
): string | undefined {
  return whyFilesUnusable(folder, current, rules) ?? whyNoPlugin(folder, current, rules) ??
    (rules.isOverApi ? whyNotOverApi(current) : undefined);
}

/** Reads a kubeconfig's text. @param reject called with the reason when it cannot be read */
export async function readText(path: string, reject: (why: string) => never): Promise<string> {
  try {
    const bytes = await Deno.readFile(path);
    const isUtf16 = /^(fffe|feff)$/.test(bytes.subarray(0, 2).toHex());
    if (isUtf16) return reject("it is UTF-16, which is not allowed for safety; save it as UTF-8");
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return reject("it is not UTF-8 text");
    if (error instanceof Deno.errors.PermissionDenied) {
      return reject("permission denied for the server's user");
    }
    throw error;
  }
}

function judged(
  text: string,
  reject: (why: string) => never,
): { content: YamlValue; current: Current } {
  if (text.trim() === "") return reject("it is empty");
  try {
    const content = readYaml(text);
    return { content, current: judge(content) };
  } catch (error) {
    if (error instanceof NotUsable) return reject(error.why);
    throw error;
  }
}

export const RUNS_PROGRAM =
  "its current user runs a credential plugin, and allow-exec-plugins is false";

/**
 * Fields of a user that name no program. Others may: `exec`, `auth-provider`, and future fields.
 * @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#AuthInfo
 */
const NO_PROGRAM =
  /^(token|tokenFile|username|password|as|as-uid|as-groups|as-user-extra|extensions|client-(certificate|key)(-data)?)$/;

/** Whether the current user of a kubeconfig may name a program. */
export function runsPrograms(content: YamlValue, { userName }: Current): boolean {
  const { users } = content as { users: { name?: string; user?: object }[] };
  const entry = users.find((each) => (each?.name ?? "") === userName);
  return Object.keys(entry?.user ?? {}).some((field) => !NO_PROGRAM.test(field));
}
