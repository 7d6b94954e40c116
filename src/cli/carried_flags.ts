import { resolve } from "node:path";
import { Failure } from "./failure.ts";
import type { SettingFlags } from "./setting_flags.ts";

/** Flags of a server that goes on as another process. */

/** How the value of each flag is written. */
const KINDS: Readonly<Record<keyof SettingFlags, "text" | "number" | "path" | "on">> = {
  config: "path",
  host: "text",
  port: "number",
  clustersFolder: "path",
  kubectlTimeout: "number",
  transport: "text",
  argocdNamespace: "text",
  tokensFile: "path",
  tlsCert: "path",
  tlsKey: "path",
  behindProxy: "on",
  logFormat: "text",
  logLevel: "text",
};

/**
 * The flags that `settingArguments` made these of.
 * @throws {Failure} names one that is none of this version
 */
export function flagsOf(args: readonly string[]): SettingFlags {
  return Object.fromEntries(args.map((arg) => {
    const [, name = "", value] = /^--([a-z-]+)(?:=([^]*))?$/.exec(arg) ?? [];
    const flag = name.replaceAll(/-[a-z]/g, (each) => each[1]!.toUpperCase());
    const kind = Object.hasOwn(KINDS, flag) ? KINDS[flag as keyof SettingFlags] : undefined;
    if (kind === undefined || (value === undefined) !== (kind === "on")) {
      throw new Failure(`This version knows no flag ${arg.split("=", 1)[0]}`);
    }
    return [flag, kind === "on" ? true : kind === "number" ? Number(value) : value];
  }));
}

/** The same with paths that do not depend on the working directory. */
export function withWholePaths(flags: SettingFlags, cwd: string): SettingFlags {
  return Object.fromEntries(
    Object.entries(flags).map(([flag, value]) => [
      flag,
      KINDS[flag as keyof SettingFlags] === "path" && typeof value === "string" && value !== ""
        ? resolve(cwd, value)
        : value,
    ]),
  );
}

/** Of all flags of a command those that are settings. */
export function settingsAmong(flags: SettingFlags): SettingFlags {
  return Object.fromEntries(
    Object.entries(flags).filter(([flag, value]) =>
      Object.hasOwn(KINDS, flag) && value !== undefined
    ),
  );
}
