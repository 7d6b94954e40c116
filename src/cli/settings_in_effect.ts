import { resolve } from "node:path";
import type { ServerRecord } from "../daemon/pid_file.ts";
import { flagsOf, settingsAmong } from "./carried_flags.ts";
import { type SettingFlags, settingsGiven } from "./setting_flags.ts";

/** Settings by key, and the configuration file as `config`. */
export type ByKey = Readonly<Record<string, unknown>>;

/** Settings, and where paths in them begin. */
export interface Placed {
  readonly settings: ByKey;
  readonly cwd: string;
}

/** What differs between settings that are asked for and those of a server. */
export interface Difference {
  readonly key: string;
  readonly now: unknown;
  readonly wanted: unknown;
}

const PATHS = ["config", "clusters-folder", "tokens-file", "tls-cert", "tls-key", "audit-log"];

/** What a server has in effect; of an older version only what its flags tell. */
export function ofServer({ settings, args, cwd }: ServerRecord): Placed {
  return { settings: settings ?? given(flagsOf(args)), cwd };
}

/** What flags ask for. */
export function given(flags: SettingFlags): ByKey {
  const { config, ...others } = settingsAmong(flags);
  return { ...(config === undefined ? {} : { config }), ...settingsGiven(others) };
}

/**
 * What a server has in another way than it is wanted; spellings do not matter.
 * @param keys those to compare; else all that are asked for
 */
export function differences(
  wanted: Placed,
  server: Placed,
  keys = Object.keys(wanted.settings).filter((key) => wanted.settings[key] !== undefined),
): Difference[] {
  return keys
    .filter((key) => comparable(key, wanted) !== comparable(key, server))
    .map((key) => ({ key, now: server.settings[key], wanted: wanted.settings[key] }));
}

function comparable(key: string, { settings, cwd }: Placed): string | undefined {
  const value = settings[key];
  const isPath = PATHS.includes(key) && typeof value === "string";
  return JSON.stringify(isPath ? resolve(cwd, value) : value);
}

/** For messages: `port 8091`, `no tokens-file` */
export function shownSetting(key: string, value: unknown): string {
  if (value === undefined) return `no ${key}`;
  return `${key} ${typeof value === "string" ? value : JSON.stringify(value)}`;
}
