import { once } from "node:events";
import net from "node:net";
import type { Clock } from "./clock.ts";
import { NoAnswer, whyFailed } from "./no_answer.ts";

/** The most addresses of a host that are tried. */
const MAX_ADDRESSES = 8;

/**
 * Opens a connection to one of these addresses, without a DNS lookup. They are tried in order, each for its share of the
 * remaining time.
 *
 * Permissions: `--allow-net` of the addresses.
 * @throws {NoAnswer} with the reason of the last attempt
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

/** @param milliseconds the connect timeout */
async function connect(
  address: string,
  port: number,
  milliseconds: number,
  signal: AbortSignal,
): Promise<net.Socket> {
  const end = AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]);
  const socket = net.connect({ host: address, port });
  socket.on("error", () => {}); // an unhandled error would terminate the process
  try {
    await once(socket, "connect", { signal: end });
    return socket;
  } catch (error) {
    socket.destroy();
    throw end.aborted ? Object.assign(new Error(), { code: "ETIMEDOUT" }) : error;
  }
}
