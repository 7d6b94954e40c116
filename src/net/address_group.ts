import { contains, type Network, parseAddress, parseNetwork, unmapped } from "./address.ts";

/**
 * Bits of the network in an IPv6 address. A host chooses the other 64 bits itself, so one machine may use 2^64
 * addresses.
 * @see https://www.rfc-editor.org/rfc/rfc4291#section-2.5.1
 */
const NETWORK_BITS = 64;

/**
 * The key under which an address is counted: an IPv6 /64, or an IPv4 address, which may be written as
 * `::ffff:192.0.2.1`. A text that is not an address is returned as it is.
 */
export function addressGroup(text: string): string {
  const address = parseAddress(text);
  if (address === undefined) return text;
  const bare = unmapped(address);
  if (!("parts" in bare)) return bare.toString();
  const network = bare.parts.slice(0, NETWORK_BITS / 16).map((group) => group.toString(16));
  return `${network.join(":")}::/${NETWORK_BITS}`;
}

/** Whether an address is in one of the networks; an IPv4-mapped address is also compared as IPv4. */
export function isIn(networks: readonly Network[], text: string): boolean {
  const address = parseAddress(text);
  if (address === undefined) return false;
  return networks.some((network) =>
    contains(network, address) || contains(network, unmapped(address))
  );
}

/**
 * Parses networks such as `10.0.0.0/8` and `::1`.
 * @throws {Error} with the text that is invalid
 */
export function networksOf(texts: readonly string[]): Network[] {
  return texts.map((text) => {
    const network = parseNetwork(text);
    if (network === undefined) {
      throw new Error(`'${text}' is neither an IP address nor a CIDR network`);
    }
    return network;
  });
}
