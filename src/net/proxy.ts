import { contains, isSameAddress, parseAddress, parseNetwork, unmapped } from "./address.ts";

/**
 * By which proxy a place is asked: one rule for all clients of the program, that of Go's programs,
 * which kubectl and Argo CD are. `ALL_PROXY` is not one of its variables.
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy
 */

/** The environment's variables by name. */
export type Env = Readonly<Record<string, string>>;

/**
 * The proxy that the environment names for a URL: `HTTPS_PROXY` or `HTTP_PROXY` by its scheme, unless
 * `NO_PROXY` covers it; never for this machine. Each name may be in lower case.
 */
export function proxyFromEnv(url: URL, env: Env): string | undefined {
  const named = (name: string) => env[name] || env[name.toLowerCase()] || undefined;
  return proxyUnless(url, named(variableFor(url)), named("NO_PROXY"));
}

/** `HTTPS_PROXY` or `HTTP_PROXY`. */
export function variableFor(url: URL): string {
  return url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
}

/**
 * This proxy as a URL, unless what is read as `NO_PROXY` covers the place, or it is this machine.
 * @param noProxy names, addresses, either with a port, and networks, by commas
 */
export function proxyUnless(
  url: URL,
  proxy: string | undefined,
  noProxy = "",
): string | undefined {
  if (!proxy || isLoopback(url) || isExcluded(url, noProxy)) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

const LOOPBACK = ["127.0.0.0/8", "::1"].map((text) => parseNetwork(text)!);

/** Whether a URL is this machine's, by a loopback address or as `localhost`. */
export function isLoopback(url: URL): boolean {
  const host = hostOf(url);
  const address = addressOf(host);
  return host === "localhost" ||
    (address !== undefined && LOOPBACK.some((network) => contains(network, address)));
}

/** In lower case, without brackets, port and final dots. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/(?<!\.)\.+$/, "");
}

/** As Go compares them, an IPv4 address that IPv6 writes is one of IPv4. */
function addressOf(host: string) {
  const address = parseAddress(host);
  return address && unmapped(address);
}

function isExcluded(url: URL, noProxy: string): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const entries = noProxy.split(",").map((entry) => entry.trim().toLowerCase());
  return entries.some((entry) => entry !== "" && covers(entry, hostOf(url), port));
}

function covers(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const address = addressOf(host);
  const network = entry.includes("/") ? parseNetwork(entry) : undefined;
  if (network) return address !== undefined && contains(network, address);
  const [named, wanted] = splitPort(entry);
  if (wanted !== undefined && wanted !== port) return false;
  const only = addressOf(named);
  if (only || address) {
    return !!only && !!address && isSameAddress(only, address);
  }
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
