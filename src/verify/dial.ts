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
function connect(
  address: string,
  port: number,
  milliseconds: number,
  signal: AbortSignal,
): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: address, port });
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
    };
    // An event of the socket's need not follow.
    const giveUp = () => {
      settle();
      socket.destroy();
      reject(Object.assign(new Error(), { code: "ETIMEDOUT" }));
    };
    const timer = setTimeout(giveUp, milliseconds);
    signal.addEventListener("abort", giveUp);
    socket.once("connect", () => {
      settle();
      resolve(socket);
    });
    // Stays, for an error that nobody listens to ends the process.
    socket.on("error", (error) => {
      settle();
      reject(error);
    });
  });
}
