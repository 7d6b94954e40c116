import { createHash } from "node:crypto";
import type { Current } from "./judge.ts";
import { canonicalServer } from "./server_url.ts";

/**
 * Identifies an API server, whatever the cluster's name: by its URL, its proxy, and the name that its
 * certificate must have. The same private address behind two proxies is two servers, and so are two clusters
 * behind a gateway that tells them apart by the client's certificate. Equivalent spellings give the same identity.
 *
 * The identity is a hash, since a proxy's URL may contain a password and a server's path a token.
 * @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#Cluster
 */
export function serverIdentity(current: Current): string {
  const { server, isTls, cluster } = current;
  const name = isTls ? canonicalName(cluster["tls-server-name"], server) : "";
  const parts = [
    canonicalServer(server),
    canonicalProxy(cluster["proxy-url"]),
    name,
    ...routeOf(current),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/**
 * The arguments of a credential plugin of Teleport, which name the cluster: its clusters have one URL, and the
 * certificate from the plugin selects one of them.
 * @see https://github.com/gravitational/teleport/issues/40405
 */
function routeOf({ user: { exec }, usesPlugin }: Current): readonly string[] {
  const isTeleport = usesPlugin && /(^|[/\\])(tsh|tbot)(\.exe)?$/i.test(exec?.command ?? "");
  return isTeleport ? exec!.args : [];
}

/** The name that the certificate must have: by default, the host of the server's URL. */
function canonicalName(name: string, { hostname }: URL): string {
  return name === "" ? hostname.replace(/^\[|\]$/g, "") : name.toLowerCase();
}

/**
 * The scheme, user, host and port of a proxy's URL; the default port of SOCKS is 1080. The user counts,
 * since a proxy may select the network by it.
 * @param proxy a URL that {@link judge} accepts, or empty
 * @see https://pkg.go.dev/net/http#Transport
 */
function canonicalProxy(proxy: string): string {
  if (proxy === "") return "";
  const { protocol, username, password, hostname, port } = new URL(proxy);
  const usual = protocol === "socks5:" ? "1080" : "";
  return [protocol, username, password, hostname.toLowerCase(), port || usual].join(" ");
}
