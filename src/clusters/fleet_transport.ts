import { isAbsolute, join } from "node:path";
import { type Current, whyNotOverApi } from "../kube/kubeconfig/judge.ts";
import { proxyFromEnv } from "../net/proxy.ts";
import type { FleetTransport } from "./source.ts";

/** What this process may do without kubectl. */
export interface ProcessPermissions {
  /** Whether it may connect to the host and port of a URL. */
  mayConnect(url: URL): boolean;
  /** Whether it may run a program: a path, or a name on PATH. */
  mayRun(program: string): boolean;
}

/**
 * Chooses the transport to one of several clusters, when neither a setting nor a label sets it: the api
 * transport, which does not pay for starting kubectl, where it supports the kubeconfig and this process
 * has the permissions; otherwise kubectl.
 * @param folder of the kubeconfig
 * @param env may name proxies
 */
export function fleetTransport(
  folder: string,
  current: Current,
  env: Readonly<Record<string, string>>,
  permissions: ProcessPermissions,
): FleetTransport {
  return isForApi(folder, current, env, permissions)
    ? { transport: "api", runsPrograms: current.usesPlugin }
    : { transport: "kubectl", runsPrograms: true };
}

function isForApi(
  folder: string,
  current: Current,
  env: Readonly<Record<string, string>>,
  { mayConnect, mayRun }: ProcessPermissions,
): boolean {
  const { server, cluster, user, usesPlugin } = current;
  if (whyNotOverApi(current) !== undefined) return false;
  // An auth provider connects to its own server, which is not known here.
  if (user["auth-provider"] !== undefined) return false;
  if (usesPlugin && !mayRun(programOf(folder, user.exec!.command))) return false;
  const proxy = cluster["proxy-url"] || proxyFromEnv(server, env);
  const peer = proxy === undefined ? server : URL.parse(proxy);
  return peer !== null && /^https?:$/.test(peer.protocol) && mayConnect(peer);
}

const programOf = (folder: string, command: string) =>
  command.includes("/") && !isAbsolute(command) ? join(folder, command) : command;
