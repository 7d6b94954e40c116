import type { FlagParametersForType } from "@stricli/core";
import { resolve } from "node:path";
import { z } from "zod";
import { loadConfig, type LoadedConfig } from "../config/load.ts";
import { findHome, type Home } from "../config/home.ts";
import { CONFIG_VARIABLE, flagName } from "../config/names.ts";
import type { SettingKey } from "../config/schema.ts";
import {
  briefOf,
  defaultOf,
  kindOf,
  type Setting,
  type SettingTable,
  wordsOf,
} from "../config/setting.ts";
import { SETTINGS } from "../config/settings.ts";
import { type CliContext, CONFIG_FLAG, number, on, text } from "./command.ts";
import { Failure } from "./failure.ts";

/** The settings, and the configuration file: everything that can have a flag. */
export const WITH_CONFIG = {
  config: {
    schema: z.string().optional(),
    about: `${CONFIG_FLAG.brief}.`,
    flag: { commands: true },
    path: "file",
  },
  ...SETTINGS,
} as const satisfies SettingTable;

type Table = typeof WITH_CONFIG;

/** `kubectl_timeout`: `kubectlTimeout` */
type Camel<Key extends string> = Key extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Key extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}`
  : Key;

/** The type of a flag's value, by the type of its setting. */
type Given<Value> = true extends Value ? boolean : number extends Value ? number : string;

/** Flags by camel-case name, of the settings whose `flag` has this type. */
type FlagsLike<Flag> = {
  readonly [Key in keyof Table as Table[Key] extends { flag: Flag } ? Camel<Key> : never]?: Given<
    z.output<Table[Key]["schema"]>
  >;
};

/** Flags of `serve`, and of the commands that start it. */
export type SettingFlags = FlagsLike<object>;

/** Flags of settings that the commands on credentials have, too. */
export type CommandSettingFlags = FlagsLike<{ commands: unknown }>;

/** A setting that has a flag. */
interface Flagged {
  readonly key: string;
  /** The camel-case name of the flag: `kubectlTimeout`. */
  readonly name: string;
  readonly setting: Setting;
  readonly flag: NonNullable<Setting["flag"]>;
}

/** The settings that have a flag. */
export function flagged(table: SettingTable = WITH_CONFIG): Flagged[] {
  return Object.entries(table).flatMap(([key, setting]) => {
    const name = key.replaceAll(/[-_](.)/g, (_, letter: string) => letter.toUpperCase());
    return setting.flag === undefined ? [] : [{ key, name, setting, flag: setting.flag }];
  });
}

/** The flags of `serve` and of the commands that start it, or of the commands on credentials. */
export function settingFlags<Of extends "serve" | "commands">(
  of: Of,
  table: SettingTable = WITH_CONFIG,
): FlagParametersForType<Of extends "serve" ? SettingFlags : CommandSettingFlags, CliContext> {
  const those = flagged(table).filter(({ flag }) => of === "serve" || flag.commands !== undefined);
  return Object.fromEntries(those.map(({ name, setting, flag: { commands } }) => {
    const ofCommands = of === "commands" && typeof commands === "object" ? commands : undefined;
    const otherwise = ofCommands?.default ?? defaultInHelp(setting);
    const parameter = parameterOf(setting, otherwise ? ` (default: ${otherwise})` : "");
    return [name, { ...parameter, group: setting.flag?.group ?? "configuration" }];
  })) as never;
}

/** The default in help; `undefined` for a switch, and for a setting without one. */
function defaultInHelp(setting: Setting): string | undefined {
  const value = setting.flag?.default ?? defaultOf(setting);
  return kindOf(setting) === "switch" || value === undefined ? undefined : String(value);
}

/** @param more appended to the help */
function parameterOf(setting: Setting, more: string) {
  const brief = briefOf(setting) + more;
  const kind = kindOf(setting);
  if (kind === "switch") return on(brief);
  const value = setting.flag?.value ?? setting.path;
  if (kind === "number") return number(brief, value === "seconds" ? value : "number");
  // Also for a choice of words: a wrong one is reported like any wrong setting.
  return text(brief, value ?? "text", wordsOf(setting));
}

/** The settings from flags, by key; `undefined` where a flag is not given. */
export function settingsGiven(
  flags: SettingFlags,
  table: SettingTable = WITH_CONFIG,
): Partial<Record<SettingKey, unknown>> {
  const given = flags as Readonly<Record<string, unknown>>;
  return Object.fromEntries(flagged(table).map(({ key, name }) => [key, given[name]]));
}

/** The flags as arguments of `serve`. */
export function settingArguments(
  flags: SettingFlags,
  table: SettingTable = WITH_CONFIG,
): string[] {
  return Object.entries(settingsGiven(flags, table)).flatMap(([key, value]) => {
    if (value === undefined || value === false) return [];
    return value === true ? [flagName(key)] : [`${flagName(key)}=${value}`];
  });
}

/**
 * The reverse of {@link settingArguments}.
 * @throws {Failure} for a flag that this version does not have
 */
export function flagsOf(args: readonly string[], table?: SettingTable): SettingFlags {
  const known = new Map(flagged(table).map((each) => [flagName(each.key), each]));
  return Object.fromEntries(args.map((arg) => {
    const [, flag = "", value] = /^(--[a-z-]+)(?:=([^]*))?$/.exec(arg) ?? [];
    const { name, setting } = known.get(flag) ?? {};
    const kind = setting && kindOf(setting);
    if (kind === undefined || (value === undefined) !== (kind === "switch")) {
      throw new Failure(`This version has no flag ${arg.split("=", 1)[0]}`);
    }
    return [name, kind === "switch" ? true : kind === "number" ? Number(value) : value];
  }));
}

/** The flags with absolute paths. */
export function withWholePaths(
  flags: SettingFlags,
  cwd: string,
  table?: SettingTable,
): SettingFlags {
  const given: Readonly<Record<string, unknown>> = flags;
  const whole = flagged(table).filter(({ name, setting }) => setting.path && given[name])
    .map(({ name }) => [name, resolve(cwd, String(given[name]))]);
  return { ...flags, ...Object.fromEntries(whole) };
}

/** The configuration in effect, and the home that was found. */
export type Configured = LoadedConfig & { readonly home: Home };

/**
 * The configuration from flags, environment and file.
 * @param home of a running server, which keeps it after a reload
 * @throws {ConfigError}
 */
export async function configOf(flags: SettingFlags, home = findHome()): Promise<Configured> {
  const env = Deno.env.toObject();
  const named = flags.config ?? (env[CONFIG_VARIABLE] || undefined);
  const loaded = await loadConfig({
    flags: settingsGiven(flags, SETTINGS),
    env,
    file: named ?? home.config,
    fileRequired: named !== undefined,
    home,
  });
  return { ...loaded, home };
}

/** The settings of a server by key, and the configuration file as `config`, for its pid file. */
export function inEffect(
  { file, settings }: Pick<LoadedConfig, "file" | "settings">,
): Readonly<Record<string, unknown>> {
  return { config: file, ...settings };
}
