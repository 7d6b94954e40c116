import { resolve } from "node:path";
import { ConfigError } from "../config/load.ts";
import type { ServerRecord } from "../daemon/pid_file.ts";
import { checkRestart } from "./check_restart.ts";
import { Failure } from "./failure.ts";
import { readSettings } from "./read_settings.ts";
import { lookIn, notRunning, type RunFolder, runFolder, unclear } from "./run_folder.ts";
import { flagsOf, settingArguments, type SettingFlags, withWholePaths } from "./setting_flags.ts";
import { type StartFlags, startIn } from "./start.ts";
import { stopIn } from "./stop.ts";
import { printError } from "./terminal.ts";

export type RestartFlags = StartFlags & {
  /** Seconds until it is killed. */
  readonly timeout?: number;
};

/**
 * Stops the server and starts it again as it was started before, but for the flags given. What it
 * would be started with is looked at first: one that could not start is not stopped for it.
 */
export async function restart({ runDir, wait, timeout, ...others }: RestartFlags): Promise<number> {
  const folder = runFolder({ runDir });
  const looked = await lookIn(folder);
  if (looked.state === "unclear") return unclear(folder);
  const { record } = looked;
  if (record === undefined) {
    if (looked.state === "stopped" && looked.left) {
      throw new Failure(
        `Cannot tell how it was started: ${folder.pidFile} does not say it. ` +
          "Start it with all its flags: argocd-configurer start",
      );
    }
    await sayWhere(folder, others);
    return await startIn(folder, { flags: others, cwd: Deno.cwd(), wait });
  }
  const flags = await checked(record, others, looked.state === "running");
  await stopIn(folder, timeout);
  return await startIn(folder, { flags, cwd: record.cwd, wait });
}

/**
 * Says what a server is started with that does not take the place of one.
 * @throws {ConfigError}
 */
async function sayWhere(folder: RunFolder, flags: SettingFlags): Promise<void> {
  const { file, isThere, settings, home } = await readSettings(flags);
  const config = isThere
    ? resolve(file)
    : home.kind === "none"
    ? `none; looked into ${home.looked.join(", ")}`
    : `none in ${home.path}`;
  printError(
    `${notRunning(folder)}Starting it with the flags given here, and no others\n` +
      `  configuration    ${config}\n  clusters folder  ${resolve(settings["clusters-folder"])}\n`,
  );
}

/**
 * The flags of a server that takes the place of one; says which are not given anew.
 * @throws {Failure} when it could not start, or would be less than the one before
 */
async function checked(
  record: ServerRecord,
  others: SettingFlags,
  isRunning: boolean,
): Promise<SettingFlags> {
  const here = Deno.cwd();
  try {
    const { flags, kept } = together(record, others, here);
    enter(record.cwd);
    await checkRestart(record, flags, isRunning);
    if (kept.length > 0) {
      const place = record.cwd === here ? "" : ` (paths begin at ${record.cwd})`;
      printError(`Kept from before: ${kept.join(" ")}${place}\n`);
    }
    return flags;
  } catch (error) {
    const isUsage = error instanceof ConfigError;
    if (!isUsage && !(error instanceof Failure)) throw error;
    const goesOn = isRunning ? `\nWhat runs (process ${record.pid}) goes on as it is` : "";
    throw new Failure(error.message + goesOn, isUsage ? 2 : error.exitCode);
  }
}

/** The flags given over those from before; relative paths of either begin where they were given. */
function together(
  { args, cwd }: ServerRecord,
  others: SettingFlags,
  here: string,
): { readonly flags: SettingFlags; readonly kept: readonly string[] } {
  const given = Object.fromEntries(
    Object.entries(others).filter(([, value]) => value !== undefined),
  );
  const over = cwd === here ? given : withWholePaths(given, here);
  const before = Object.entries(flagsOf(args)).filter(([flag]) => !Object.hasOwn(given, flag));
  const kept = Object.fromEntries(before);
  return { flags: { ...kept, ...over }, kept: settingArguments(kept) };
}

/** All paths of the server begin there. */
function enter(cwd: string): void {
  try {
    Deno.chdir(cwd);
  } catch {
    throw new Failure(
      `Cannot restart: its working directory ${cwd} cannot be entered. 'argocd-configurer stop' ` +
        "and then 'start' serve from another one",
    );
  }
}
