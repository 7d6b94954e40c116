import ipaddr from "ipaddr.js";

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** The addresses that share the first `bits` of `base`. */
export interface Network {
  readonly base: Address;
  readonly bits: number;
}

/**
 * Parses an IP address; `undefined` when the text is not one. A zone after `%` is dropped. IPv4 must be four
 * decimal numbers without leading zeros, which some programs read as octal. IPv6 is first normalized by the
 * URL parser: the library would read octal numbers in it, and take `::1.2.3.4` for a mapped address.
 */
export function parseAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  const bare = text.replace(/%.*$/s, "");
  const isIPv6 = /^[0-9a-f.]*:[0-9a-f:.]*$/i.test(bare) && URL.canParse(`http://[${bare}]/`);
  return isIPv6 ? ipaddr.IPv6.parse(new URL(`http://[${bare}]/`).hostname.slice(1, -1)) : undefined;
}

/** Parses a CIDR network like `10.0.0.0/8`, or a single address; `undefined` when the text is neither. */
export function parseNetwork(text: string): Network | undefined {
  const match = /^([^/%]+)(?:\/([0-9]{1,3}))?$/.exec(text);
  const base = match && parseAddress(match[1]!.replace(/^\[(.*)\]$/, "$1"));
  if (!base) return undefined;
  const most = base.toByteArray().length * 8;
  const bits = Number(match[2] ?? most);
  return bits <= most ? { base, bits } : undefined;
}

export function contains({ base, bits }: Network, address: Address): boolean {
  return base.kind() === address.kind() && address.match([base, bits] as [ipaddr.IPv6, number]);
}

/**
 * IPv6 networks whose addresses contain an IPv4 address, and the index of its first byte: mapped (RFC 4291),
 * translated (RFC 2765), compatible (RFC 4291, deprecated), NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056).
 */
const CARRIERS: readonly (readonly [network: Network, at: number])[] = ([
  ["::ffff:0:0/96", 12],
  ["::ffff:0:0:0/96", 12],
  ["::/96", 12],
  ["64:ff9b::/96", 12],
  ["64:ff9b:1::/48", 12],
  ["2002::/16", 2],
] as const).map(([text, at]) => [parseNetwork(text)!, at]);

/** The address itself, and the IPv4 addresses that it contains. */
export function meanings(address: Address): Address[] {
  const carried = CARRIERS.filter(([network]) => contains(network, address))
    .map(([, at]) => new ipaddr.IPv4(address.toByteArray().slice(at, at + 4)));
  return [address, ...carried];
}

/** Converts an IPv4-mapped address (`::ffff:…`) to IPv4; returns any other address as it is. */
export function unmapped(address: Address): Address {
  return "parts" in address && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** Whether two addresses are equal; an IPv4-mapped address equals its IPv4 address. */
export function isSameAddress(one: Address, other: Address): boolean {
  return unmapped(one).toString() === unmapped(other).toString();
}
