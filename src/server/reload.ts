import { ConfigError, type LoadedConfig } from "../config/load.ts";
import { boundKeys, type Settings } from "../config/schema.ts";
import { observe } from "../observe/observe.ts";
import type { App } from "./app.ts";
import type { Front } from "./front.ts";

/** An app that another one may follow while it serves. */
export interface Reloadable extends App {
  /** Closes the connections to clusters. */
  close(): void;
}

/** The programs of one process, of which one serves at a time. */
export interface Wiring {
  readonly program: Reloadable;
  again(settings: Settings): Reloadable;
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
      observe("config.needs_restart", { key });
    }
    const next = (await wired()).again(config.settings);
    // Its requests under way, streams to their last event, end in their own time and need it until then.
    app.replace(next).then(() => before.close());
    observe("config.reloaded");
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
          observe("config.reload_error", { error });
          return before;
        }
      });
    },
  };
}
