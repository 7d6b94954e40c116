import { isAbsolute, join } from "node:path";
import { type Current, whyNotOverApi } from "../kube/kubeconfig/judge.ts";
import { proxyFromEnv } from "../net/proxy.ts";
import type { FleetWay } from "./source.ts";

/** What this process may do itself, in place of kubectl. */
export interface Permissions {
  /** Whether it may connect to the host and port of a URL. */
  mayConnect(url: URL): boolean;
  /** Whether it may run a program: a path, or a name on PATH. */
  mayRun(program: string): boolean;
}

/**
 * How a cluster of several is asked, where neither a setting nor a label says it: without kubectl,
 * whose start is what costs, where this process understands the kubeconfig and may go the way that
 * it says; else by kubectl.
 * @param folder the kubeconfig's
 * @param env in which proxies may stand
 */
export function fleetWay(
  folder: string,
  current: Current,
  env: Readonly<Record<string, string>>,
  permissions: Permissions,
): FleetWay {
  return isForApi(folder, current, env, permissions)
    ? { transport: "api", runsPrograms: current.usesPlugin }
    : { transport: "kubectl", runsPrograms: true };
}

function isForApi(
  folder: string,
  current: Current,
  env: Readonly<Record<string, string>>,
  { mayConnect, mayRun }: Permissions,
): boolean {
  const { server, cluster, user, usesPlugin } = current;
  if (whyNotOverApi(current) !== undefined) return false;
  // It asks a server of its own, of which nothing is known here.
  if (user["auth-provider"] !== undefined) return false;
  if (usesPlugin && !mayRun(programOf(folder, user.exec!.command))) return false;
  const proxy = cluster["proxy-url"] || proxyFromEnv(server, env);
  const asked = proxy === undefined ? server : URL.parse(proxy);
  return asked !== null && /^https?:$/.test(asked.protocol) && mayConnect(asked);
}

const programOf = (folder: string, command: string) =>
  command.includes("/") && !isAbsolute(command) ? join(folder, command) : command;
