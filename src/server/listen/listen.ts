import { settlesWithin } from "../../async/timed.ts";
import { ofNoRequest } from "../../log/logger.ts";
import { observe } from "../../observe/observe.ts";
import type { Front } from "../front.ts";
import { endRequests, LINGER } from "./graceful_stop.ts";
import { failedAnswer } from "./failed_answer.ts";
import { addressFault, restartingListener, type Server } from "./restarting_listener.ts";

import type { TlsFiles } from "./tls.ts";

const IN_USE = "another process listens there: choose another port";

export interface ListenOptions {
  readonly hostname: string;
  readonly port: number;
  /** Present for HTTPS. */
  readonly tls?: TlsFiles;
  /** Called with the URL when the server accepts requests. */
  readonly onListening?: (url: string) => void | Promise<void>;
  /** Called at shutdown: seconds to wait for active requests. */
  readonly stopSeconds: () => number;
  /** Called when a signal starts the shutdown. */
  readonly onStopping?: () => void;
  /** Called at each SIGHUP, unless the server has a terminal: then SIGHUP ends the process. */
  readonly onHangup?: () => void;
}

/**
 * Serves until SIGTERM or SIGINT, then waits for active requests, especially writes.
 * @returns the exit code: 0; 1 if the address is not available or requests did not finish; 2 if the
 * certificate cannot be used
 */
export async function listen(app: Front, options: ListenOptions): Promise<number> {
  // An unhandled rejection ends a Deno process by default; the server must keep running.
  const onUnhandled = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    observe("server.unhandled_rejection", { error: event.reason });
  };
  globalThis.addEventListener("unhandledrejection", onUnhandled);
  using ending = new DisposableStack();
  ending.defer(() => globalThis.removeEventListener("unhandledrejection", onUnhandled));
  const listener = (signal: Deno.Signal, act: () => void) => {
    Deno.addSignalListener(signal, act);
    ending.defer(() => Deno.removeSignalListener(signal, act));
  };
  const stop = Promise.withResolvers<Deno.Signal>();
  listener("SIGTERM", () => stop.resolve("SIGTERM"));
  listener("SIGINT", () => stop.resolve("SIGINT"));
  const reload = Deno.stdin.isTerminal() ? undefined : options.onHangup;
  if (reload) listener("SIGHUP", () => ofNoRequest(reload));
  try {
    const server = await serverAt(
      options,
      (request, info) => app.fetch(request, () => info.remoteAddr.hostname),
    );
    const { hostname, port } = server.addr;
    const scheme = options.tls ? "https" : "http";
    const url = `${scheme}://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
    observe("server.listening", { url });
    await options.onListening?.(url);
    observe("server.stopping", { signal: await stop.promise });
    options.onStopping?.();
    const all = await endRequests(app, options.stopSeconds());
    // A client that stalls while sending its request does not delay the shutdown.
    await settlesWithin(server.shutdown(), LINGER);
    observe("server.stopped");
    return all ? 0 : 1;
  } catch (error) {
    if (error instanceof Error && error.name === "CertificateInvalid") {
      observe("server.cannot_serve_https", { reason: error.message });
      return 2;
    }
    const reason = addressFault(error);
    if (reason === undefined) throw error;
    const { hostname: host, port } = options;
    const hint = error instanceof Deno.errors.AddrInUse ? IN_USE : undefined;
    observe("server.cannot_listen", { host, port, reason, hint });
    return 1;
  }
}

async function serverAt(
  { hostname, port, tls }: ListenOptions,
  handler: Deno.ServeHandler<Deno.NetAddr>,
): Promise<Server> {
  if (tls === undefined) {
    const options = { hostname, onListen: () => {}, onError: failedAnswer };
    return restartingListener((port) => Deno.serve({ ...options, port }, handler), port);
  }
  const { serveTls } = await import("./tls.ts");
  return serveTls({ hostname, port }, tls, handler);
}
