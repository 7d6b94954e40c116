import { contains, parseAddress, parseNetwork } from "./address.ts";
import { hostOf } from "./address_rules.ts";
import type { TransportOptions } from "./verdict.ts";

/** The environment's variables by name. */
export type Env = Readonly<Record<string, string>>;

/**
 * The proxy for a URL as Argo CD finds it: the credential's own with its `noProxy`, else that of the
 * environment, each read as Go does it. This machine is asked without a proxy.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.1/util/proxy/proxy.go GetCallback
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy
 */
export function proxyFor(
  url: URL,
  { proxy, noProxy }: Pick<TransportOptions, "proxy" | "noProxy">,
  env: Env,
): string | undefined {
  const named = (name: string) => env[name] || env[name.toLowerCase()] || undefined;
  const given = proxy ? { proxy, noProxy } : {
    proxy: named(`${url.protocol.slice(0, -1).toUpperCase()}_PROXY`),
    noProxy: named("NO_PROXY"),
  };
  if (!given.proxy || isThisMachine(url) || isExcluded(url, given.noProxy ?? "")) return undefined;
  return given.proxy.includes("://") ? given.proxy : `http://${given.proxy}`;
}

const LOOPBACK = ["127.0.0.0/8", "::1"].map((text) => parseNetwork(text)!);

function isThisMachine(url: URL): boolean {
  const address = parseAddress(hostOf(url));
  return hostOf(url) === "localhost" ||
    (address !== undefined && LOOPBACK.some((network) => contains(network, address)));
}

/** Whether `NO_PROXY` (names, addresses, either with a port, and networks, by commas) covers it. */
function isExcluded(url: URL, noProxy: string): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const entries = noProxy.split(",").map((entry) => entry.trim().toLowerCase());
  return entries.some((entry) => entry !== "" && covers(entry, hostOf(url), port));
}

function covers(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const address = parseAddress(host);
  const network = entry.includes("/") ? parseNetwork(entry) : undefined;
  if (network) return address !== undefined && contains(network, address);
  const [named, wanted] = splitPort(entry);
  if (wanted !== undefined && wanted !== port) return false;
  const only = parseNetwork(named);
  if (only || address) return !!only && !!address && contains(only, address);
  if (named === "") return false;
  const suffix = named.replace(/^\*\./, ".");
  return suffix.startsWith(".")
    ? host.endsWith(suffix)
    : host === suffix || host.endsWith(`.${suffix}`);
}

function splitPort(entry: string): [name: string, port: string | undefined] {
  if (parseAddress(entry)) return [entry, undefined];
  const [, bracketed, plain = "", port] = /^(?:\[(.*)\]|(.*?))(?::([0-9]+))?$/.exec(entry) ?? [];
  return [bracketed ?? plain, port];
}
