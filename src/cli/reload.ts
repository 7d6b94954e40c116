import { ConfigError, type LoadedConfig } from "../config/load.ts";
import type { Settings } from "../config/schema.ts";
import { loggerOf } from "../log/logger.ts";
import type { Front } from "../server/front.ts";
import type { Program } from "../wire.ts";

/** The programs of one process, of which one serves at a time. */
export interface Wiring {
  readonly program: Program;
  again(settings: Settings): Program;
  /** Refuses requests that are not begun. */
  stopping(): void;
  /** Called when none of its programs serves any more. */
  end(): Promise<void>;
}

export interface Reloading {
  /** @throws {ConfigError} for what cannot be used */
  read(): Promise<LoadedConfig>;
  /** Called with what is used from now on, before it serves. */
  onRead(config: LoadedConfig): Promise<void>;
  /** What the process listens with, which stays. */
  readonly bound: Settings;
  readonly app: Front;
  wired(): Promise<Wiring>;
}

/** Puts a program with the configuration as it is now in the place of the one that serves. */
export function reloader({ read, onRead, bound, app, wired }: Reloading) {
  const log = loggerOf("config");
  let current: Promise<Program> | undefined;
  const present = () =>
    current ??= wired().then(({ program }) => program).catch((error) => {
      current = undefined;
      throw error;
    });

  async function replaced(before: Program): Promise<Program> {
    const config = await read().catch((error) => {
      if (!(error instanceof ConfigError)) throw error;
      log.error("configuration not reloaded; the one before stays", { reason: error.message });
    });
    if (config === undefined) return before;
    await onRead(config);
    for (const key of ["host", "port", "tls-cert", "tls-key"] as const) {
      if (config.settings[key] === bound[key]) continue;
      log.warn(`Setting '${key}' has changed, which takes effect with the next start only`);
    }
    const next = (await wired()).again(config.settings);
    // Its requests under way, streams to their last event, end in their own time and need it until then.
    app.replace(next).then(() => before.close());
    log.info("configuration reloaded");
    return next;
  }

  return {
    /** The program that serves. */
    current: present,
    /** A configuration that cannot be used changes nothing. */
    reload() {
      current = present().then(async (before) => {
        try {
          return await replaced(before);
        } catch (error) {
          log.error("internal error in reloading the configuration", { error });
          return before;
        }
      });
    },
  };
}
