import { observe } from "../../observe/observe.ts";

/** What {@link Deno.serve} gives, as far as it is used. */
export interface Server {
  readonly addr: Deno.NetAddr;
  shutdown(): Promise<void>;
}

/** Why an address cannot be listened on; `undefined` of an error that says something else. */
export function addressFault(error: unknown): string | undefined {
  if (error instanceof Deno.errors.AddrInUse) return "it is in use";
  if (error instanceof Deno.errors.PermissionDenied) return "not permitted";
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return "this machine does not have the address";
  }
  return undefined;
}

/** Milliseconds until a server that stopped listening is begun again. */
const AGAIN = 250;

/** Milliseconds in which it is logged once. */
const LOG_EVERY = 60_000;

/**
 * A server that goes on listening. That of {@link Deno.serve} stops for good when one connection
 * cannot be taken, as when too many files are open, while its process goes on; here it is begun
 * again on its port, as often as it takes. Connections that there are stay.
 *
 * @param open begins to listen on a port; its errors come through the first time only
 * @param port 0 for any free one
 */
export function restartingListener(
  open: (port: number) => Deno.HttpServer<Deno.NetAddr>,
  port: number,
  again = AGAIN,
): Server {
  let server = open(port);
  const { addr } = server;
  let isEnded = false;
  let loggedAt = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function tell(error: unknown): void {
    if (performance.now() - loggedAt < LOG_EVERY) return;
    loggedAt = performance.now();
    observe("server.cannot_accept", { reason: (error as Error).message });
  }

  function begin(): void {
    try {
      server = open(addr.port);
      watch();
    } catch (error) {
      retry(error);
    }
  }

  function retry(error: unknown): void {
    if (isEnded) return;
    tell(error);
    timer = setTimeout(begin, again);
  }

  function watch(): void {
    server.finished.catch(retry);
  }

  watch();
  return {
    addr,
    async shutdown() {
      isEnded = true;
      clearTimeout(timer);
      // One that has stopped by itself has nothing to end.
      await server.shutdown().catch(() => {});
    },
  };
}
