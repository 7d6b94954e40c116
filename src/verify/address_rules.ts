import {
  type Address,
  contains,
  isSameAddress,
  meanings,
  type Network,
  parseAddress,
  parseNetwork,
} from "../net/address.ts";

/** Decides where a credential may be sent. Hosts are in the form that {@link urlHost} returns. */
export interface AddressRules {
  /** Why nothing is sent to this name or literal address. */
  whyNotHost(host: string): string | undefined;
  /** Why nothing is sent to this address of the host. */
  whyNotAddress(host: string, address: string): string | undefined;
  /**
   * Why nothing is sent over a connection to this host: if both ends have the same address, the connection leads to this
   * machine.
   */
  whyNotConnection(host: string, ends: Ends): string | undefined;
}

/** The addresses of a connected socket. */
export interface Ends {
  readonly localAddress?: string | undefined;
  readonly remoteAddress?: string | undefined;
}

const THIS_MACHINE = "this machine";

/**
 * Metadata services of clouds, which give a machine its own credentials; link-local addresses are refused anyway.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html, and
 * https://github.com/canonical/cloud-init/blob/f39ceba2/doc/rtd/reference/datasources for others
 */
const METADATA = [
  "169.254.169.254", // most clouds
  "100.100.100.200", // Alibaba
  "fd00:100::100:200",
  "168.63.129.16", // Azure's WireServer
  "192.0.0.192", // Oracle
  "fd00:c1::a9fe:a9fe",
  "fd00:ec2::/32", // Amazon: metadata, DNS, time, pod identities
  "fd20:ce::254", // Google
  "fd00:42::42", // Scaleway
  "fd00:a9fe:a9fe::1", // Akamai
];

const METADATA_NAMES = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "metadata.tencentyun.com",
  "metadata.platformequinix.com",
  "metadata.packet.net",
  "instance-data",
  "instance-data.ec2.internal",
]);

/** Names of this machine. They must not reach a proxy, for which they mean the proxy's machine. */
const LOCAL_NAME = /^(localhost|(.+\.)?localhost|localhost\.localdomain|ip6-(localhost|loopback))$/;

const METADATA_ADDRESS = "a metadata service of a cloud";

const REFUSED: readonly (readonly [what: string, networks: readonly Network[]])[] = [
  [METADATA_ADDRESS, METADATA],
  ["a loopback address", ["127.0.0.0/8", "::1"]],
  ["a link-local address", ["169.254.0.0/16", "fe80::/10"]],
  ["an unspecified address", ["0.0.0.0/8", "::"]],
  ["a multicast address", ["224.0.0.0/4", "ff00::/8"]],
  ["a broadcast address", ["255.255.255.255"]],
].map(([what, texts]) => [what as string, (texts as string[]).map((text) => parseNetwork(text)!)]);

/** A URL's host in the form of the rules: lower case, without brackets, port and trailing dots. */
export function urlHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/(?<!\.)\.+$/, "");
}

/**
 * The rules: no loopback, link-local, unspecified, multicast or broadcast address and no metadata service, also as
 * IPv4-mapped IPv6 addresses, and no other address of this machine. Private networks are allowed.
 * @param allowed exceptions. An address or network allows itself. A host name allows any address of the host, except
 * metadata services, which must be allowed by address
 * @throws {Error} names the entry that is neither a host name nor an address nor a network
 */
export function addressRules(allowed: readonly string[]): AddressRules {
  const networks: Network[] = [];
  const names = new Set<string>();
  for (const entry of allowed) {
    const network = parseNetwork(entry);
    if (network) networks.push(network);
    else names.add(nameIn(entry));
  }

  const covered = (form: Address) => networks.some((network) => contains(network, form));

  function whyNot(host: string, address: Address): string | undefined {
    if (covered(address)) return undefined;
    for (const [what, refused] of REFUSED) {
      if (names.has(host) && what !== METADATA_ADDRESS) continue;
      const is = (form: Address) => refused.some((network) => contains(network, form));
      if (meanings(address).some((form) => is(form) && !covered(form))) return what;
    }
    return undefined;
  }

  return {
    whyNotHost(host) {
      const address = parseAddress(host);
      if (address) return whyNot(host, address);
      if (names.has(host)) return undefined;
      if (METADATA_NAMES.has(host)) return METADATA_ADDRESS;
      return LOCAL_NAME.test(host) ? THIS_MACHINE : undefined;
    },
    whyNotAddress(host, text) {
      const address = parseAddress(text);
      return address ? whyNot(host, address) : NOT_AN_ADDRESS;
    },
    whyNotConnection(host, { localAddress = "", remoteAddress = "" }) {
      const [local, remote] = [parseAddress(localAddress), parseAddress(remoteAddress)];
      if (!local || !remote) return NOT_AN_ADDRESS;
      if (!isSameAddress(local, remote) || names.has(host)) return undefined;
      return meanings(remote).some(covered) ? undefined : THIS_MACHINE;
    },
  };
}

const NOT_AN_ADDRESS = "an invalid IP address";

function nameIn(entry: string): string {
  const name = entry.trim().toLowerCase().replace(/\.$/, "");
  const label = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";
  // A name that ends in a number is an invalid address, such as 10.0.0 or 256.1.1.1.
  const isName = new RegExp(`^(${label}\\.)*(?![0-9]+$|0x[0-9a-f]*$)${label}$`);
  if (name.length <= 253 && isName.test(name)) return name;
  throw new Error(
    `Cannot allow '${entry}': it must be a host name without a port, an IP address, or a network ` +
      "like 10.0.0.0/8",
  );
}
