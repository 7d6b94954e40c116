import { resolve } from "node:path";
import type { ServerRecord } from "../daemon/pid_file.ts";
import type { SettingTable } from "../config/setting.ts";
import { flagsOf, settingsGiven, WITH_CONFIG } from "./setting_flags.ts";

/** Settings by key, with the configuration file as `config`, and the base of relative paths. */
interface Placed {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly cwd: string;
}

/** The settings of a server; for an older version, only its flags are known. */
export function ofServer({ settings, args, cwd }: ServerRecord): Placed {
  return { settings: settings ?? settingsGiven(flagsOf(args)), cwd };
}

/**
 * The settings that differ between a server and the wanted ones; paths are compared resolved.
 * @param keys to compare. @default all wanted ones
 */
export function differences(
  wanted: Placed,
  server: Placed,
  keys = Object.keys(wanted.settings).filter((key) => wanted.settings[key] !== undefined),
  table: SettingTable = WITH_CONFIG,
): { key: string; now: unknown; wanted: unknown }[] {
  const comparable = (key: string, { settings, cwd }: Placed) => {
    const value = settings[key];
    const isPath = typeof value === "string" && table[key]?.path !== undefined;
    return JSON.stringify(isPath ? resolve(cwd, value) : value);
  };
  return keys
    .filter((key) => comparable(key, wanted) !== comparable(key, server))
    .map((key) => ({ key, now: server.settings[key], wanted: wanted.settings[key] }));
}

/** For messages: `port 8091`, `no tokens-file` */
export function shownSetting(key: string, value: unknown): string {
  if (value === undefined) return `no ${key}`;
  return `${key} ${typeof value === "string" ? value : JSON.stringify(value)}`;
}
