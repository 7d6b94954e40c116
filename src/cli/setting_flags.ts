import type { FlagParametersForType } from "@stricli/core";
import { resolve } from "node:path";
import { z } from "zod";
import { loadConfig, type LoadedConfig } from "../config/load.ts";
import { findHome, type Home } from "../config/home.ts";
import { CONFIG_VARIABLE, flagName } from "../config/names.ts";
import type { SettingKey } from "../config/schema.ts";
import { briefOf, kindOf, type Setting, type SettingTable, wordsOf } from "../config/setting.ts";
import { SETTINGS } from "../config/settings.ts";
import { CONFIG_FLAG, type Context, number, on, text } from "./command.ts";
import { Failure } from "./failure.ts";

/** What may have a flag: the settings, and where those stand that have none. */
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

/** What a flag gives of a setting that is this. */
type Given<Value> = true extends Value ? boolean : number extends Value ? number : string;

/** Flags by their names in the program, of the settings whose flag is like this. */
type FlagsLike<Flag> = {
  readonly [Key in keyof Table as Table[Key] extends { flag: Flag } ? Camel<Key> : never]?: Given<
    z.output<Table[Key]["schema"]>
  >;
};

/** Flags of `serve`, and of what starts it. */
export type SettingFlags = FlagsLike<object>;

/** Those of them that the commands about credentials have. */
export type CommandSettingFlags = FlagsLike<{ commands: unknown }>;

/** A setting that has a flag. */
interface Flagged {
  readonly key: string;
  /** The flag's name in the program: `kubectlTimeout`. */
  readonly name: string;
  readonly setting: Setting;
  readonly flag: NonNullable<Setting["flag"]>;
}

/** Those that have a flag. */
export function flagged(table: SettingTable = WITH_CONFIG): Flagged[] {
  return Object.entries(table).flatMap(([key, setting]) => {
    const name = key.replaceAll(/[-_](.)/g, (_, letter: string) => letter.toUpperCase());
    return setting.flag === undefined ? [] : [{ key, name, setting, flag: setting.flag }];
  });
}

/** The flags of `serve` and what starts it, or of the commands about credentials. */
export function settingFlags<Of extends "serve" | "commands">(
  of: Of,
  table: SettingTable = WITH_CONFIG,
): FlagParametersForType<Of extends "serve" ? SettingFlags : CommandSettingFlags, Context> {
  const those = flagged(table).filter(({ flag }) => of === "serve" || flag.commands !== undefined);
  return Object.fromEntries(those.map(({ name, setting, flag: { commands } }) => {
    const hasOwn = of === "commands" && typeof commands === "object";
    const parameter = parameterOf(setting, hasOwn ? ` (default: ${commands.default})` : "");
    return [name, { ...parameter, group: setting.flag?.group ?? "configuration" }];
  })) as never;
}

/** @param more of its help */
function parameterOf(setting: Setting, more: string) {
  const brief = briefOf(setting) + more;
  const kind = kindOf(setting);
  if (kind === "switch") return on(brief);
  const value = setting.flag?.value ?? setting.path;
  if (kind === "number") return number(brief, value === "seconds" ? value : "number");
  // Also of some words only: what is none of them is told like any wrong setting.
  return text(brief, value ?? "text", wordsOf(setting));
}

/** What flags set, by key; `undefined` where there is no such flag. */
export function settingsGiven(
  flags: SettingFlags,
  table: SettingTable = WITH_CONFIG,
): Partial<Record<SettingKey, unknown>> {
  const given = flags as Readonly<Record<string, unknown>>;
  return Object.fromEntries(flagged(table).map(({ key, name }) => [key, given[name]]));
}

/** The arguments that give `serve` the same flags. */
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
 * The flags that `settingArguments` made these of.
 * @throws {Failure} names one that is none of this version
 */
export function flagsOf(args: readonly string[], table?: SettingTable): SettingFlags {
  const known = new Map(flagged(table).map((each) => [flagName(each.key), each]));
  return Object.fromEntries(args.map((arg) => {
    const [, flag = "", value] = /^(--[a-z-]+)(?:=([^]*))?$/.exec(arg) ?? [];
    const { name, setting } = known.get(flag) ?? {};
    const kind = setting && kindOf(setting);
    if (kind === undefined || (value === undefined) !== (kind === "switch")) {
      throw new Failure(`This version knows no flag ${arg.split("=", 1)[0]}`);
    }
    return [name, kind === "switch" ? true : kind === "number" ? Number(value) : value];
  }));
}

/** The same with paths that do not depend on the working directory. */
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

/** The configuration in effect, and the home that it was looked for in. */
export type Configured = LoadedConfig & { readonly home: Home };

/**
 * The configuration that these flags, the environment and the file make.
 * @param home of a server that runs: what appears in another folder does not move it
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

/** All that a server has in effect, by key, and the configuration file as `config`: for its pid file. */
export function inEffect(
  { file, settings }: Pick<LoadedConfig, "file" | "settings">,
): Readonly<Record<string, unknown>> {
  return { config: file, ...settings };
}
