import { ConfigError, type LoadedConfig } from "../config/load.ts";
import { boundKeys, type Settings } from "../config/schema.ts";
import { observe } from "../observe/observe.ts";
import type { App } from "./app.ts";
import type { Front } from "./front.ts";

/** An app that can be replaced while the server runs. */
export interface Reloadable extends App {
  /** Closes the connections to clusters. */
  close(): void;
}

/** Creates the programs of a process; one of them serves at a time. */
export interface Wiring {
  readonly program: Reloadable;
  again(settings: Settings): Reloadable;
  /** Rejects requests that have not started. */
  stopping(): void;
  /** Called when no program serves any more. */
  end(): Promise<void>;
}

export interface Reloading {
  /** @throws {ConfigError} when the configuration is invalid */
  read(): Promise<LoadedConfig>;
  /** Called with the new configuration before it takes effect. */
  onRead(config: LoadedConfig): Promise<void>;
  /** Settings that the process was started with; some of them cannot be reloaded. */
  readonly bound: Settings;
  readonly app: Front;
  wired(): Promise<Wiring>;
}

/** Replaces the running program by one with the current configuration. */
export function reloader({ read, onRead, bound, app, wired }: Reloading) {
  let current: Promise<Reloadable> | undefined;
  const present = () =>
    current ??= wired().then(({ program }) => program).catch((error) => {
      current = undefined;
      throw error;
    });

  async function replaced(before: Reloadable): Promise<Reloadable> {
    const config = await read().catch((error) => {
      if (!(error instanceof ConfigError)) throw error;
      observe("config.not_reloaded", { reason: error.message });
    });
    if (config === undefined) return before;
    await onRead(config);
    for (const key of boundKeys()) {
      if (config.settings[key] === bound[key]) continue;
      observe("config.needs_restart", { setting: key });
    }
    const next = (await wired()).again(config.settings);
    // Active requests and streams of the previous program still need it.
    app.replace(next).then(() => before.close());
    observe("config.reloaded");
    return next;
  }

  return {
    /** The running program. */
    current: present,
    /** Reloads the configuration; an invalid one changes nothing. */
    reload() {
      current = present().then(async (before) => {
        try {
          return await replaced(before);
        } catch (error) {
          observe("config.reload_error", { error });
          return before;
        }
      });
    },
  };
}
