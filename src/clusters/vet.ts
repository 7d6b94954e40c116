import { dirname, isAbsolute, resolve } from "node:path";
import type { Settings } from "../config/schema.ts";
import { configuredTrust, faultOf, faultOfFolder, type Trust } from "../files/trusted.ts";
import { type Current, judge, whyNotOverApi } from "../kube/kubeconfig/judge.ts";
import { NotUsable } from "../kube/kubeconfig/refused.ts";
import { readYaml, type Value } from "../kube/kubeconfig/yaml.ts";
import { seal, type Sealed } from "../log/sealed.ts";
import { contextCount, furtherContexts } from "./further_contexts.ts";
import type { Permissions } from "./fleet_way.ts";
import { whyFilesUseless } from "./named_files.ts";
import { whyNoPlugin } from "./plugins.ts";

/** A kubeconfig that is not used, with the reason; never with a piece of its content. */
export class KubeconfigRefused extends Error {
  override readonly name = "KubeconfigRefused";

  /** @param why which rule it breaks */
  constructor(file: string, readonly why: string) {
    super(`Cannot use kubeconfig '${file}': ${why}`);
  }
}

/** Who may own a kubeconfig and what it names, and write to it. */
export interface VetRules extends Trust {
  /** Whether it may name programs to run (`exec`, `auth-provider`). */
  readonly allowExecPlugins: boolean;
  /** The PATH in which those programs are looked for. @default they are not looked for */
  readonly programs?: string | undefined;
  /** Whether clusters are reached without kubectl, and so by no SOCKS proxy. @default false */
  readonly isOverApi?: boolean;
  /**
   * Of requests about several clusters that may be reached without kubectl though others are not: what
   * this process may do. @default they are reached as those about one are
   */
  readonly fleetOverApi?: Permissions | undefined;
  /** The environment in which proxies may stand. @default none */
  readonly env?: Readonly<Record<string, string>>;
}

/** What the rules take from the process and its machine. */
export interface ServerMachine {
  /** Of the server's own process. */
  readonly user: number;
  readonly group: number;
  /** The environment of kubectl and of credential plugins. */
  readonly kubectlEnv: Record<string, string>;
  /** Whether kubectl can be run. */
  readonly hasKubectl: boolean;
  /** What this process may do itself. @default not known, so that nothing is tried */
  readonly permissions?: Permissions;
}

/** Those of the settings, for this process. */
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
  /** As given, but absolute: what it names by relative paths is beside this, be it a link. */
  readonly path: string;
  /** What is in it. */
  readonly content: Sealed<Value>;
  /** What counts in that. */
  readonly current: Sealed<Current>;
  /** Another one whenever the file is another one or has changed. */
  readonly version: string;
  /** What is not forbidden, but better otherwise. */
  readonly warnings: readonly string[];
  /** How many contexts it has, of which one is used. */
  readonly contexts: number;
}

/**
 * Looks at a kubeconfig before it is used. Since it can name programs to run, a file that somebody
 * else can change is refused; else the verdict is that of {@link judge}, with what is in the files
 * that it names.
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
  // Where a `..` follows a link, kubectl looks for files that it names in another folder; without one,
  // in a folder on the way.
  const fault = faultOf(file, rules) ??
    (file.split("/").includes("..") ? faultOfFolder(resolve(dirname(file)), rules) : undefined);
  if (fault !== undefined) refuse(fault.why);
  const info = Deno.statSync(path);
  const { dev, ino, size, mtime, ctime } = info;
  const version = [path, dev, ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
  const known = seen.get(file);
  if (known?.version === version) return usable(known, rules, refuse);
  const { content, current } = judged(await readText(path, refuse), refuse);
  if (!rules.allowExecPlugins && runsPrograms(content, current)) refuse(RUNS_PROGRAM);
  const contexts = contextCount(content);
  const further = furtherContexts(file, contexts);
  const warnings = [
    ...(info.mode ?? 0) & 0o044
      ? [`Others may read kubeconfig '${file}'; run chmod 600 on it`]
      : [],
    ...further === undefined ? [] : [further],
  ];
  const vetted = {
    path: isAbsolute(file) ? file : `${Deno.cwd()}/${file}`,
    content: seal(content),
    current: seal(current),
    version,
    warnings,
    contexts,
  };
  seen.set(file, vetted);
  return usable(vetted, rules, refuse);
}

/** What may change without a change to the kubeconfig. */
function usable(vetted: Vetted, rules: VetRules, refuse: (why: string) => never): Vetted {
  const folder = dirname(vetted.path); // as kubectl has it, which follows no link for this
  const why = whyNamesUseless(folder, vetted.current.reveal(), rules);
  return why === undefined ? vetted : refuse(why);
}

/**
 * Why what a kubeconfig names is of no use, or `undefined`: its files, its plugin, its proxy.
 * @param folder the kubeconfig's
 */
export function whyNamesUseless(
  folder: string,
  current: Current,
  rules: VetRules,
): string | undefined {
  return whyFilesUseless(folder, current, rules) ?? whyNoPlugin(folder, current, rules) ??
    (rules.isOverApi ? whyNotOverApi(current) : undefined);
}

/** What is in a kubeconfig. @param refuse is told why that cannot be read */
export async function readText(path: string, refuse: (why: string) => never): Promise<string> {
  try {
    const bytes = await Deno.readFile(path);
    const isUtf16 = /^(fffe|feff)$/.test(bytes.subarray(0, 2).toHex());
    if (isUtf16) return refuse("it is UTF-16, which is not read for safety; save it as UTF-8");
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return refuse("it is not UTF-8 text");
    if (error instanceof Deno.errors.PermissionDenied) {
      return refuse("the server's user may not read it");
    }
    throw error;
  }
}

function judged(
  text: string,
  refuse: (why: string) => never,
): { content: Value; current: Current } {
  if (text.trim() === "") return refuse("it is empty");
  try {
    const content = readYaml(text);
    return { content, current: judge(content) };
  } catch (error) {
    if (error instanceof NotUsable) return refuse(error.why);
    throw error;
  }
}

export const RUNS_PROGRAM = "it runs a program for credentials, and allow-exec-plugins is false";

/**
 * Fields of a user that name no program. Others may: `exec`, `auth-provider`, what comes next.
 * @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#AuthInfo
 */
const NO_PROGRAM =
  /^(token|tokenFile|username|password|as|as-uid|as-groups|as-user-extra|extensions|client-(certificate|key)(-data)?)$/;

/** Whether the current user of a kubeconfig names a program. */
export function runsPrograms(content: Value, { userName }: Current): boolean {
  const { users } = content as { users: { name?: string; user?: object }[] };
  const entry = users.find((each) => (each?.name ?? "") === userName);
  return Object.keys(entry?.user ?? {}).some((field) => !NO_PROGRAM.test(field));
}
