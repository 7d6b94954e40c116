import { isIn, networksOf } from "../net/address_group.ts";
import { parseAddress } from "../net/address.ts";

/** Proxies whose `X-Forwarded-For` is trusted. */
export interface TrustedProxies {
  has(peer: string): boolean;
}

/**
 * The proxies that `behind-proxy: true` trusts: on this machine and in private networks, including pod
 * networks.
 * @see https://www.rfc-editor.org/rfc/rfc1918, https://www.rfc-editor.org/rfc/rfc6598,
 * https://www.rfc-editor.org/rfc/rfc4193, https://www.rfc-editor.org/rfc/rfc4291#section-2.5.6
 */
const NEAR = [
  ...["127.0.0.0/8", "::1"],
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10"],
];

/**
 * The proxies of the setting `behind-proxy`; `undefined` if there is no proxy.
 * @param named addresses and networks
 * @throws {Error} with an entry that is neither
 */
export function trustedProxies(named: boolean | readonly string[]): TrustedProxies | undefined {
  if (named === false || (named !== true && named.length === 0)) return undefined;
  const networks = networksOf(named === true ? NEAR : named);
  return { has: (peer) => isIn(networks, peer) };
}

/**
 * The address of the client. From a trusted proxy it is the last address in `X-Forwarded-For`, which that
 * proxy added. A client can forge the addresses before it, and the whole header of an untrusted peer.
 * @param peer address of the connection, used if the header has no valid address
 * @see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/X-Forwarded-For
 */
export function clientAddress(
  headers: Headers,
  peer: string,
  proxies: TrustedProxies | undefined,
): string {
  if (!proxies?.has(peer)) return peer;
  const last = headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "";
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(last)?.[1] ?? last.replace(/^([\d.]+):\d+$/, "$1");
  return bare.length <= MAX_ADDRESS && parseAddress(bare) !== undefined ? bare : peer;
}

/** Maximum length of an address, in characters: an IPv4 address in IPv6 notation. */
const MAX_ADDRESS = 45;
