import { createHash } from "node:crypto";
import type { Current } from "./judge.ts";
import { canonicalServer } from "./server_url.ts";

/**
 * What tells one API server from another, whatever clusters are called that it is known by: its URL,
 * the proxy by which it is reached and the name that its certificate is to have. A private address
 * behind two proxies is two servers. Spellings that mean the same give the same.
 *
 * It is a hash, for a password may be in a proxy's URL and a token in a server's path.
 * @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#Cluster
 */
export function serverIdentity({ server, isTls, cluster }: Current): string {
  const name = isTls ? canonicalName(cluster["tls-server-name"], server) : "";
  const parts = [canonicalServer(server), canonicalProxy(cluster["proxy-url"]), name];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** Without a name, a certificate is to have that of the server's URL. */
function canonicalName(name: string, { hostname }: URL): string {
  return name === "" ? hostname.replace(/^\[|\]$/g, "") : name.toLowerCase();
}

/**
 * Of a proxy's URL, counted are the scheme, the user, the host and the port; a SOCKS proxy without
 * one is at 1080. The user, since a proxy may choose the network by it.
 * @param proxy one that {@link judge} has found usable, or empty
 * @see https://pkg.go.dev/net/http#Transport
 */
function canonicalProxy(proxy: string): string {
  if (proxy === "") return "";
  const { protocol, username, password, hostname, port } = new URL(proxy);
  const usual = protocol === "socks5:" ? "1080" : "";
  return [protocol, username, password, hostname.toLowerCase(), port || usual].join(" ");
}
