import { addressGroup } from "../net/address_group.ts";

/**
 * Who something is counted for: the token where there is one, whatever address it is used from;
 * without tokens the address, of which an IPv6 /64 is one.
 * @param token its name
 */
export function callerKey(token: string | undefined, address: string): string {
  return token === undefined ? `address ${addressGroup(address)}` : `token ${token}`;
}
