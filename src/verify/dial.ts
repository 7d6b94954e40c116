import { once } from "node:events";
import net from "node:net";
import type { Clock } from "./clock.ts";
import { NoAnswer, whyFailed } from "./no_answer.ts";

/** Addresses tried of a host that has many. */
const MAX_ADDRESSES = 8;

/**
 * Opens a connection to one of these addresses, and no other: nothing is looked up. They are tried
 * in turn, each for its share of the time that is left.
 *
 * Permissions: `--allow-net` of the addresses.
 * @throws {NoAnswer} for the reason of the last one
 */
export async function dial(
  addresses: readonly string[],
  port: number,
  clock: Clock,
): Promise<net.Socket> {
  const tried = addresses.slice(0, MAX_ADDRESSES);
  let last: unknown;
  for (const [i, address] of tried.entries()) {
    if (clock.signal.aborted) throw clock.ended();
    try {
      return await connect(address, port, clock.remaining() / (tried.length - i), clock.signal);
    } catch (error) {
      last = error;
    }
  }
  throw clock.signal.aborted ? clock.ended() : new NoAnswer(whyFailed(last));
}

/** @param milliseconds after which it is given up */
async function connect(
  address: string,
  port: number,
  milliseconds: number,
  signal: AbortSignal,
): Promise<net.Socket> {
  const end = AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]);
  const socket = net.connect({ host: address, port });
  socket.on("error", () => {}); // for an error that nobody listens to ends the process
  try {
    await once(socket, "connect", { signal: end });
    return socket;
  } catch (error) {
    socket.destroy();
    throw end.aborted ? Object.assign(new Error(), { code: "ETIMEDOUT" }) : error;
  }
}
