import { lookup } from "node:dns/promises";
import { parseAddress } from "../net/address.ts";
import type { AddressRules } from "./address_rules.ts";
import type { Clock } from "./clock.ts";
import { NoAnswer, whyFailed } from "./no_answer.ts";

/** All addresses of a name; fails with Node's codes of `getaddrinfo`. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/**
 * As the system resolves names, its hosts file included. A look-up cannot be ended: one that hangs
 * stays with the system's resolver until that gives up, and nobody waits for it.
 *
 * Permissions: `--allow-net` of the name.
 */
export const systemResolve: Resolve = async (name) =>
  (await lookup(name, { all: true })).map(({ address }) => address);

/** A host's addresses, each of which may be sent to. */
export type CheckedAddresses = (host: string) => Promise<readonly string[]>;

/**
 * Looks each name up once, so that it cannot turn into another address between two requests, and
 * refuses a name of which one address is refused: who has put that there may put it first.
 * @returns what fails with {@link NoAnswer}
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
    if (addresses.length === 0) throw new NoAnswer("its host has no address");
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
  throw new NoAnswer(`it leads to ${what}, where nothing is sent unless verify-allow names it`);
}
