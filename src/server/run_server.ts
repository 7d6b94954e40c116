import { settlesWithin } from "../async/timed.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { Settings } from "../config/schema.ts";
import { front } from "./front.ts";
import { tlsFilesOf } from "./listen/exposure.ts";
import { CLOSING, stopSeconds } from "./listen/graceful_stop.ts";
import { listen } from "./listen/listen.ts";
import { reloader, type Wiring } from "./reload.ts";

export interface ServerOptions {
  /** With which it begins, and listens to its end. */
  readonly settings: Settings;
  /** The configuration as it is now. @throws {ConfigError} for what cannot be used */
  read(): Promise<LoadedConfig>;
  /**
   * What serves; it is loaded with the first request that needs it.
   * @param onLonger to be told when a request has more time than any before it, in seconds
   */
  load(onLonger: (seconds: number) => void): Promise<Wiring>;
  /** Called with the URL when requests are taken. */
  onListening(url: string): void;
  /** Called with what is used from now on, before it serves, and with the time to stop then. */
  onReload(config: LoadedConfig, stopSeconds: number): Promise<void>;
  /** Called with the time to stop, where the time of a cluster of its own has made that longer. */
  onLongerStop?(stopSeconds: number): void;
  /** Called when a signal has come to end it. */
  onStopping(): void;
}

/**
 * Serves until a signal ends it; at SIGHUP goes on with the configuration as it is then.
 * @returns the exit code, as of {@link listen}
 */
export async function runServer(options: ServerOptions): Promise<number> {
  const { settings } = options;
  let wiring: Promise<Wiring> | undefined;
  let longestStop = stopSeconds(settings);
  const onLonger = (seconds: number) => {
    const needed = stopSeconds({ kubectl_timeout: seconds });
    if (needed <= longestStop) return;
    longestStop = needed;
    options.onLongerStop?.(needed);
  };
  const wired = () =>
    wiring ??= options.load(onLonger).catch((error) => {
      wiring = undefined; // the next request tries again
      throw error;
    });
  const app = front(async () => (await wired()).program);
  const reloads = reloader({
    read: options.read,
    async onRead(next) {
      // Requests that began before keep their time.
      longestStop = Math.max(longestStop, stopSeconds(next.settings));
      await options.onReload(next, longestStop);
    },
    bound: settings,
    app,
    wired,
  });
  const code = await listen(app, {
    hostname: settings.host,
    port: settings.port,
    tls: tlsFilesOf(settings),
    onListening(url) {
      options.onListening(url);
      // What a crash has interrupted is reported at the start, not with the first request.
      if (settings["audit-log"] !== undefined) void wired();
    },
    onStopping() {
      options.onStopping();
      wiring?.then(({ stopping }) => stopping()).catch(() => {}); // what was not there stops, too
    },
    onHangup: reloads.reload,
    stopSeconds: () => longestStop,
  });
  const ended = async () => {
    if (wiring === undefined) return;
    (await reloads.current()).close();
    await (await wiring).end();
  };
  // What requests were left unfinished may hold, nobody gets any more.
  await settlesWithin(ended(), CLOSING);
  return code;
}
