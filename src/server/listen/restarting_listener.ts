import { observe } from "../../observe/observe.ts";

/** The used part of the result of {@link Deno.serve}. */
export interface Server {
  readonly addr: Deno.NetAddr;
  shutdown(): Promise<void>;
}

/** Why the address is not available; `undefined` for any other error. */
export function addressFault(error: unknown): string | undefined {
  if (error instanceof Deno.errors.AddrInUse) return "address already in use";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return "this machine does not have the address";
  }
  return undefined;
}

/** Milliseconds until a server that stopped listening is restarted. */
const RESTART_AFTER = 250;

/** Minimum interval between log lines, in milliseconds. */
const LOG_EVERY = 60_000;

/**
 * A server that keeps listening. {@link Deno.serve} stops listening for good when it cannot accept a
 * connection, for example because too many files are open. This server then starts listening on its port
 * again, as often as needed. Open connections stay open.
 *
 * @param open starts to listen on a port; only its first error is thrown
 * @param port 0 for a free port
 */
export function restartingListener(
  open: (port: number) => Deno.HttpServer<Deno.NetAddr>,
  port: number,
  restartAfter = RESTART_AFTER,
): Server {
  let server = open(port);
  const { addr } = server;
  let isStopped = false;
  let loggedAt = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function log(error: unknown): void {
    if (performance.now() - loggedAt < LOG_EVERY) return;
    loggedAt = performance.now();
    observe("server.cannot_accept", { reason: (error as Error).message });
  }

  function restart(): void {
    try {
      server = open(addr.port);
      watch();
    } catch (error) {
      retry(error);
    }
  }

  function retry(error: unknown): void {
    if (isStopped) return;
    log(error);
    timer = setTimeout(restart, restartAfter);
  }

  function watch(): void {
    server.finished.catch(retry);
  }

  watch();
  return {
    addr,
    async shutdown() {
      isStopped = true;
      clearTimeout(timer);
      // Rejects if the server has already stopped by itself.
      await server.shutdown().catch(() => {});
    },
  };
}
