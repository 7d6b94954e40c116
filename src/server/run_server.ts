import { settlesWithin } from "../async/timed.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { Settings } from "../config/schema.ts";
import { front } from "./front.ts";
import { tlsFilesOf } from "./listen/exposure.ts";
import { CLOSING, stopSeconds } from "./listen/graceful_stop.ts";
import { listen } from "./listen/listen.ts";
import { reloader, type Wiring } from "./reload.ts";

export interface ServerOptions {
  /** Settings at the start; the listener keeps them. */
  readonly settings: Settings;
  /** Reads the current configuration. @throws {ConfigError} when it is invalid */
  read(): Promise<LoadedConfig>;
  /**
   * Loads the program at the first request that needs it.
   * @param onLonger called with the timeout of a request that is longer than any before, in seconds
   */
  load(onLonger: (seconds: number) => void): Promise<Wiring>;
  /** Called with the URL when the server accepts requests. */
  onListening(url: string): void;
  /** Called with the new configuration before it takes effect, and with the new limit for stopping. */
  onReload(config: LoadedConfig, stopSeconds: number): Promise<void>;
  /** Called with the new limit for stopping when a cluster's own timeout has raised it. */
  onLongerStop?(stopSeconds: number): void;
  /** Called when a signal starts the shutdown. */
  onStopping(): void;
}

/**
 * Serves until a signal stops it; SIGHUP reloads the configuration.
 * @returns the exit code, as for {@link listen}
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
      wiring = undefined; // the next request retries
      throw error;
    });
  const app = front(async () => (await wired()).program);
  const reloads = reloader({
    read: options.read,
    async onRead(next) {
      // Active requests keep their timeout.
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
      // Reports writes that a crash interrupted at the start, not at the first request.
      if (settings["audit-log"] !== undefined) void wired();
    },
    onStopping() {
      options.onStopping();
      wiring?.then(({ stopping }) => stopping()).catch(() => {}); // nothing to stop if loading failed
    },
    onHangup: reloads.reload,
    stopSeconds: () => longestStop,
  });
  const close = async () => {
    if (wiring === undefined) return;
    (await reloads.current()).close();
    await (await wiring).end();
  };
  // Unfinished requests may block this, so it has a limit.
  await settlesWithin(close(), CLOSING);
  return code;
}
