import { loggerOf } from "../log/logger.ts";
import type { Front } from "../server/front.ts";

/** How long connections may linger when all requests are answered, in milliseconds. */
const LINGER = 1000;

export interface ListenOptions {
  readonly hostname: string;
  readonly port: number;
  /** Called with the URL when requests are taken. */
  readonly onListening?: (url: string) => void | Promise<void>;
  /** Called at each SIGHUP, unless that is a terminal's end, which ends the program as usual. */
  readonly onHangup?: () => void;
}

/**
 * Serves until SIGTERM or SIGINT, then lets requests under way end, writes above all.
 * @returns the exit code: 0, or 1 when the address cannot be had
 */
export async function listen(app: Front, options: ListenOptions): Promise<number> {
  const log = loggerOf("server");
  // A rejection that nobody handles ends a Deno program; a server goes on.
  const onUnhandled = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    log.error("unhandled rejection", { error: event.reason });
  };
  globalThis.addEventListener("unhandledrejection", onUnhandled);
  const stop = stopSignal();
  const { onHangup } = Deno.stdin.isTerminal() ? {} : options;
  if (onHangup) Deno.addSignalListener("SIGHUP", onHangup);
  try {
    const server = Deno.serve({
      hostname: options.hostname,
      port: options.port,
      onListen: () => {},
    }, (request, info) => app.fetch(request, () => info.remoteAddr.hostname));
    const { hostname, port } = server.addr;
    const url = `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
    log.info("listening", { url });
    await options.onListening?.(url);
    log.info("stopping", { signal: await stop.received });
    await app.drain();
    // A client that stalls in sending its request does not hold up the end.
    await Promise.race([server.shutdown(), lingered()]);
    log.info("stopped");
    return 0;
  } catch (error) {
    if (
      !(error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.PermissionDenied)
    ) {
      throw error;
    }
    const why = error instanceof Deno.errors.AddrInUse ? "it is in use" : "not permitted";
    log.error(`cannot listen on ${options.hostname}:${options.port}: ${why}`);
    return 1;
  } finally {
    stop.dispose();
    if (onHangup) Deno.removeSignalListener("SIGHUP", onHangup);
    globalThis.removeEventListener("unhandledrejection", onUnhandled);
  }
}

function lingered(): Promise<void> {
  return new Promise((resolve) => Deno.unrefTimer(setTimeout(resolve, LINGER)));
}

function stopSignal(): { received: Promise<Deno.Signal>; dispose(): void } {
  const { promise, resolve } = Promise.withResolvers<Deno.Signal>();
  const onTerm = () => resolve("SIGTERM");
  const onInt = () => resolve("SIGINT");
  Deno.addSignalListener("SIGTERM", onTerm);
  Deno.addSignalListener("SIGINT", onInt);
  return {
    received: promise,
    dispose() {
      Deno.removeSignalListener("SIGTERM", onTerm);
      Deno.removeSignalListener("SIGINT", onInt);
    },
  };
}
