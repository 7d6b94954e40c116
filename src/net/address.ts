/** An IP address, as 4 or 16 bytes. */
export type Address = Uint8Array;

/** The addresses that share the first `bits` of `base`. */
export interface Network {
  readonly base: Address;
  readonly bits: number;
}

/** `undefined` when the text is no IP address; a zone behind `%` is left out. */
export function parseAddress(text: string): Address | undefined {
  return parseIPv4(text) ?? parseIPv6(text.replace(/%.*$/s, ""));
}

const OCTET = "(0|[1-9][0-9]{0,2})";
const IPV4 = new RegExp(`^${OCTET}\\.${OCTET}\\.${OCTET}\\.${OCTET}$`);

/** Four decimal numbers. A leading zero is refused, since some read an octal number there. */
function parseIPv4(text: string): Address | undefined {
  const match = IPV4.exec(text);
  const bytes = match?.slice(1).map(Number);
  return bytes?.every((each) => each <= 255) ? Uint8Array.from(bytes) : undefined;
}

function parseIPv6(text: string): Address | undefined {
  if (!/^[0-9a-f.]*:[0-9a-f:.]*$/i.test(text)) return undefined;
  if (!URL.canParse(`http://[${text}]/`)) return undefined;
  // The URL parser has brought it to groups in hexadecimal, the longest zeros as `::`.
  const shown = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const [before, after] = shown.split("::").map((part) => part === "" ? [] : part.split(":"));
  const zeros = after === undefined ? 0 : 8 - before!.length - after.length;
  const groups = [...before!, ...Array<string>(zeros).fill("0"), ...after ?? []];
  return Uint8Array.from(groups.flatMap((group) => {
    const number = parseInt(group, 16);
    return [number >> 8, number & 0xff];
  }));
}

/** Of `10.0.0.0/8`, or of an address alone. `undefined` when it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const match = /^([^/%]+)(?:\/([0-9]{1,3}))?$/.exec(text);
  const base = match && parseAddress(match[1]!.replace(/^\[(.*)\]$/, "$1"));
  if (!base) return undefined;
  const bits = match[2] === undefined ? base.length * 8 : Number(match[2]);
  return bits <= base.length * 8 ? { base, bits } : undefined;
}

export function contains({ base, bits }: Network, address: Address): boolean {
  if (base.length !== address.length) return false;
  return base.every((byte, i) => {
    const left = Math.min(8, Math.max(0, bits - i * 8));
    const mask = 0xff << (8 - left) & 0xff;
    return (byte & mask) === (address[i]! & mask);
  });
}

/**
 * Networks of IPv6 in which an IPv4 address stands, and where: mapped (RFC 4291), translated
 * (RFC 2765), compatible (RFC 4291, long out of use), NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056).
 */
const CARRIERS: readonly (readonly [network: Network, at: number])[] = ([
  ["::ffff:0:0/96", 12],
  ["::ffff:0:0:0/96", 12],
  ["::/96", 12],
  ["64:ff9b::/96", 12],
  ["64:ff9b:1::/48", 12],
  ["2002::/16", 2],
] as const).map(([text, at]) => [parseNetwork(text)!, at]);

/** The address itself, and the IPv4 address that it stands for. */
export function meanings(address: Address): Address[] {
  const carried = CARRIERS.filter(([network]) => contains(network, address))
    .map(([, at]) => address.slice(at, at + 4));
  return [address, ...carried];
}

const MAPPED = parseNetwork("::ffff:0:0/96")!;

/** The IPv4 address that IPv6 writes as `::ffff:…`; another one as it is. */
export function unmapped(address: Address): Address {
  return contains(MAPPED, address) ? address.slice(12) : address;
}

/** Whether two addresses are one, also where IPv6 writes an IPv4 address. */
export function isSameAddress(one: Address, other: Address): boolean {
  const base = unmapped(one);
  return contains({ base, bits: base.length * 8 }, unmapped(other));
}
