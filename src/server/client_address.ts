import { isIn, networksOf } from "../net/address_group.ts";
import { parseAddress } from "../net/address.ts";

/** The proxies that say who a client is. */
export interface TrustedProxies {
  has(peer: string): boolean;
}

/**
 * Where `behind-proxy: true` takes proxies to be, which names none: on this machine and in private
 * networks, those of pods among them.
 * @see https://www.rfc-editor.org/rfc/rfc1918, https://www.rfc-editor.org/rfc/rfc6598,
 * https://www.rfc-editor.org/rfc/rfc4193, https://www.rfc-editor.org/rfc/rfc4291#section-2.5.6
 */
const NEAR = [
  ...["127.0.0.0/8", "::1"],
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10"],
];

/**
 * Those that the setting `behind-proxy` names; `undefined` where there is no proxy.
 * @param named addresses and networks
 * @throws {Error} names what is neither
 */
export function trustedProxies(named: boolean | readonly string[]): TrustedProxies | undefined {
  if (named === false || (named !== true && named.length === 0)) return undefined;
  const networks = networksOf(named === true ? NEAR : named);
  return { has: (peer) => isIn(networks, peer) };
}

/**
 * The address of the client: behind a proxy the last in `X-Forwarded-For`, which is the one that this
 * proxy has added. What stands before it the client may have made up, and from any other peer all of
 * it, so that it does not count.
 * @param peer who the connection is from, which counts where the header says nothing usable
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

/** Characters of the longest address, an IPv4 one as IPv6 may write it. */
const MAX_ADDRESS = 45;
