/**
 * The proxy that the environment names for a server, as Go's net/http reads it: `HTTPS_PROXY` or
 * `HTTP_PROXY` by the server's scheme, unless `NO_PROXY` covers it; never for this machine.
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy#FromEnvironment
 */
export function proxyFromEnv(
  server: URL,
  env: Readonly<Record<string, string>>,
): string | undefined {
  const named = (name: string) => env[name] || env[name.toLowerCase()] || undefined;
  const proxy = named(server.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
  if (proxy === undefined) return undefined;
  const host = server.hostname.replace(/^\[|\]$/g, "");
  if (host === "localhost" || host === "::1" || /^127\./.test(host)) return undefined;
  const port = server.port || (server.protocol === "https:" ? "443" : "80");
  const excluded = (named("NO_PROXY") ?? "").split(",").map((entry) => entry.trim().toLowerCase());
  if (excluded.some((entry) => entry !== "" && covers(entry, host, port))) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

/** Whether one entry of `NO_PROXY` (`*`, a name, `.name`, a port behind it, a CIDR) covers a host. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const cidr = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(entry);
  if (cidr) return inNetwork(host, cidr[1]!, Number(cidr[2]));
  const [, name = "", wanted] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (wanted !== undefined && wanted !== port) return false;
  const suffix = name.replace(/^\*?\./, ".");
  if (suffix.startsWith(".")) return host.endsWith(suffix);
  return host === name || host.endsWith(`.${name}`);
}

function inNetwork(host: string, network: string, bits: number): boolean {
  const [a, b] = [host, network].map((text) => {
    const parts = /^\d+\.\d+\.\d+\.\d+$/.test(text) ? text.split(".").map(Number) : [];
    return parts.reduce((sum, part) => sum * 256 + part, parts.length === 4 ? 0 : NaN);
  });
  const size = 2 ** (32 - bits);
  return Math.floor(a! / size) === Math.floor(b! / size);
}
