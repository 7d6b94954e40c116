import { contains, isSameAddress, parseAddress, parseNetwork, unmapped } from "./address.ts";

/**
 * Which proxy is used for a URL. All of argocd-configurer's clients follow the rules of Go programs such as
 * kubectl and Argo CD, which ignore `ALL_PROXY`.
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy
 */

/** Environment variables by name. */
export type ProxyEnv = Readonly<Record<string, string>>;

/**
 * The proxy for a URL by the environment: `HTTPS_PROXY` or `HTTP_PROXY` by its scheme, unless `NO_PROXY`
 * matches; never for localhost. The variables may be in lower case.
 */
export function proxyFromEnv(url: URL, env: ProxyEnv): string | undefined {
  const named = (name: string) => env[name] || env[name.toLowerCase()] || undefined;
  return proxyUnless(url, named(variableFor(url)), named("NO_PROXY"));
}

/** The variable that names the proxy for a URL: `HTTPS_PROXY` or `HTTP_PROXY`. */
export function variableFor(url: URL): string {
  return url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
}

/**
 * The proxy as a URL; `undefined` for localhost, or when `noProxy` matches the URL.
 * @param noProxy hosts and addresses, each with or without a port, and networks, separated by commas
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

/** Whether a URL's host is `localhost` or a loopback address. */
export function isLoopback(url: URL): boolean {
  const host = hostOf(url);
  const address = addressOf(host);
  return host === "localhost" ||
    (address !== undefined && LOOPBACK.some((network) => contains(network, address)));
}

/** The host without brackets, port and trailing dots, in lower case. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/(?<!\.)\.+$/, "");
}

/** The address of a host. Like in Go, an IPv4-mapped address is compared as IPv4. */
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
