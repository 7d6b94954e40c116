import { contains, type Network, parseAddress, parseNetwork, unmapped } from "./address.ts";

/**
 * Bits of an IPv6 address that name a network: the other 64 its hosts choose as they like, so that
 * one machine has 2^64 addresses.
 * @see https://www.rfc-editor.org/rfc/rfc4291#section-2.5.1
 */
const NETWORK_BITS = 64;

/**
 * The address as one who may be counted: an IPv6 /64 is one, and an IPv4 address is the same however
 * IPv6 writes it (`::ffff:192.0.2.1`).
 * @returns a text that is no address as it is
 */
export function addressGroup(text: string): string {
  const address = parseAddress(text);
  if (address === undefined) return text;
  const bare = unmapped(address);
  if (!("parts" in bare)) return bare.toString();
  const network = bare.parts.slice(0, NETWORK_BITS / 16).map((group) => group.toString(16));
  return `${network.join(":")}::/${NETWORK_BITS}`;
}

/** Whether an address, as text, is in one of these; an IPv4 address also as IPv6 writes it. */
export function isIn(networks: readonly Network[], text: string): boolean {
  const address = parseAddress(text);
  if (address === undefined) return false;
  return networks.some((network) =>
    contains(network, address) || contains(network, unmapped(address))
  );
}

/**
 * Networks of texts such as `10.0.0.0/8` and `::1`.
 * @throws {Error} names the one that is none
 */
export function networksOf(texts: readonly string[]): Network[] {
  return texts.map((text) => {
    const network = parseNetwork(text);
    if (network === undefined) throw new Error(`'${text}' is no address and no network`);
    return network;
  });
}
