import { lookup } from "node:dns/promises";
import { parseAddress } from "../net/address.ts";
import type { AddressRules } from "./address_rules.ts";
import type { Clock } from "./clock.ts";
import { NoAnswer, whyFailed } from "./no_answer.ts";

/** Resolves all addresses of a name; rejects with Node's codes of `getaddrinfo`. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/**
 * The system's name resolution, including the hosts file. A lookup cannot be cancelled: after a timeout it keeps running
 * in the system's resolver.
 *
 * Permissions: `--allow-net` of the name.
 */
export const systemResolve: Resolve = async (name) =>
  (await lookup(name, { all: true })).map(({ address }) => address);

/** Returns a host's addresses, all of which are allowed. */
export type CheckedAddresses = (host: string) => Promise<readonly string[]>;

/**
 * Resolves each name once, so that its address cannot change between requests (DNS rebinding), and refuses a name if any
 * of its addresses is not allowed.
 * @returns a function that rejects with {@link NoAnswer}
 */
export function checkedAddresses(
  rules: AddressRules,
  resolve: Resolve,
  clock: Clock,
): CheckedAddresses {
  const known = new Map<string, Promise<readonly string[]>>();

  async function find(host: string): Promise<readonly string[]> {
    refuse(rules.whyNotHost(host));
    if (parseAddress(host)) return [host];
    const addresses = await clock.inTime(resolve(host)).catch((error) => {
      throw error instanceof NoAnswer ? error : new NoAnswer(whyFailed(error));
    });
    if (addresses.length === 0) throw new NoAnswer("the host has no address");
    for (const address of addresses) refuse(rules.whyNotAddress(host, address));
    return addresses;
  }

  return (host) => {
    const asked = known.get(host) ?? find(host);
    known.set(host, asked);
    return asked;
  };
}

function refuse(what: string | undefined): void {
  if (what === undefined) return;
  throw new NoAnswer(addressNotAllowed(what));
}

/** @param what `a loopback address` */
export function addressNotAllowed(what: string): string {
  return `sending credentials to ${what} is not allowed; to allow it, add it to verify-allow`;
}
