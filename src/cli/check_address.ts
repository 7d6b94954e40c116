import { addressFault } from "../server/listen/restarting_listener.ts";
import { Failure } from "./failure.ts";
import { reasonOf } from "./reason.ts";

/**
 * Checks that a server can listen on an address.
 *
 * Permissions: `--allow-net` of the address.
 * @param isOwn whether the port belongs to a running server, so that only the host name is checked
 * @throws {Failure}
 */
export function checkAddress(hostname: string, port: number, isOwn = false): void {
  try {
    Deno.listen({ hostname, port: isOwn ? 0 : port }).close();
  } catch (error) {
    const why = addressFault(error) ?? reasonOf(error);
    throw new Failure(`Cannot listen on ${hostname}:${port}: ${why}`);
  }
}
