/**
 * Whether Go accepts a text as an IPv6 address, with an optional zone after `%`: the content of the
 * brackets in a URL's host.
 * @see https://github.com/golang/go/blob/go1.26.3/src/net/netip/netip.go parseIPv6
 */
export function isGoIpv6(text: string): boolean {
  const [, address = "", zone] = /^([^%]*)(?:%(.*))?$/s.exec(text)!;
  if (zone === "" || !address.includes(":")) return false;
  const halves = address.split("::");
  if (halves.length > 2) return false;
  const groups = halves.map((half, i) => groupsOf(half, i === halves.length - 1));
  if (groups.some((count) => count === undefined)) return false;
  const count = groups.reduce<number>((sum, each) => sum + each!, 0);
  // "::" stands for at least one group of zeros.
  return halves.length === 2 ? count <= 7 : count === 8;
}

/** The number of 16-bit groups; `undefined` when the text is invalid. An IPv4 address counts as two. */
function groupsOf(text: string, isLast: boolean): number | undefined {
  if (text === "") return 0;
  const parts = text.split(":");
  const last = parts.at(-1)!;
  const isIpv4 = isLast && last.includes(".");
  const hex = isIpv4 ? parts.slice(0, -1) : parts;
  if (isIpv4 && !IPV4.test(last)) return undefined;
  if (!hex.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  return hex.length + (isIpv4 ? 2 : 0);
}

const OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
const IPV4 = new RegExp(`^${OCTET}(\\.${OCTET}){3}$`);
