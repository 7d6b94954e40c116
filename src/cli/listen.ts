import { loggerOf, ofNoRequest } from "../log/logger.ts";
import type { Front } from "../server/front.ts";
import { endRequests, settlesWithin } from "./end_requests.ts";
import { failedAnswer } from "./failed_answer.ts";
import { lasting, type Server } from "./lasting.ts";
import { LINGER } from "./stop_time.ts";
import type { TlsFiles } from "./tls.ts";

export interface ListenOptions {
  readonly hostname: string;
  readonly port: number;
  /** To serve HTTPS. */
  readonly tls?: TlsFiles;
  /** Called with the URL when requests are taken. */
  readonly onListening?: (url: string) => void | Promise<void>;
  /** Asked when it stops: seconds that requests may take to end. */
  readonly stopSeconds: () => number;
  /** Called when a signal has come to end it. */
  readonly onStopping?: () => void;
  /** Called at each SIGHUP, unless that is a terminal's end, which ends the program as usual. */
  readonly onHangup?: () => void;
}

/**
 * Serves until SIGTERM or SIGINT, then lets requests under way end, writes above all.
 * @returns the exit code: 0, 1 when the address cannot be had or requests did not end, 2 when the
 * certificate cannot be used
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
  const reload = Deno.stdin.isTerminal() ? undefined : options.onHangup;
  const onHangup = reload && (() => ofNoRequest(reload));
  if (onHangup) Deno.addSignalListener("SIGHUP", onHangup);
  try {
    const server = await serverAt(
      options,
      (request, info) => app.fetch(request, () => info.remoteAddr.hostname),
    );
    const { hostname, port } = server.addr;
    const scheme = options.tls ? "https" : "http";
    const url = `${scheme}://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
    log.info("listening", { url });
    await options.onListening?.(url);
    log.info("stopping", { signal: await stop.received });
    options.onStopping?.();
    const all = await endRequests(app, options.stopSeconds());
    // A client that stalls in sending its request does not hold up the end.
    await settlesWithin(server.shutdown(), LINGER);
    log.info("stopped");
    return all ? 0 : 1;
  } catch (error) {
    if (error instanceof Error && error.name === "CertificateInvalid") {
      log.error(`cannot serve HTTPS: ${error.message}`);
      return 2;
    }
    const why = error instanceof Deno.errors.AddrInUse
      ? "it is in use"
      : error instanceof Deno.errors.PermissionDenied
      ? "not permitted"
      : error instanceof Deno.errors.AddrNotAvailable
      ? "this machine does not have the address"
      : undefined;
    if (why === undefined) throw error;
    log.error(`cannot listen on ${options.hostname}:${options.port}: ${why}`);
    return 1;
  } finally {
    stop.dispose();
    if (onHangup) Deno.removeSignalListener("SIGHUP", onHangup);
    globalThis.removeEventListener("unhandledrejection", onUnhandled);
  }
}

async function serverAt(
  { hostname, port, tls }: ListenOptions,
  handler: Deno.ServeHandler<Deno.NetAddr>,
): Promise<Server> {
  if (tls === undefined) {
    const options = { hostname, onListen: () => {}, onError: failedAnswer };
    return lasting((port) => Deno.serve({ ...options, port }, handler), port);
  }
  const { serveTls } = await import("./tls.ts");
  return serveTls({ hostname, port }, tls, handler);
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
