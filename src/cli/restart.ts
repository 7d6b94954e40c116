import { resolve } from "node:path";
import { ConfigError } from "../config/load.ts";
import type { ServerRecord } from "../daemon/pid_file.ts";
import { checkRestart } from "./check_restart.ts";
import { Failure } from "./failure.ts";
import { readSettings } from "./read_settings.ts";
import { lookIn, type RunFolder, runFolder, stoppedIn, unclear } from "./run_folder.ts";
import { flagsOf, settingArguments, type SettingFlags, withWholePaths } from "./setting_flags.ts";
import { type StartFlags, startIn } from "./start.ts";
import { stopIn } from "./stop.ts";
import { printError } from "./terminal.ts";

export type RestartFlags = StartFlags & {
  /** Seconds until the running server is killed. */
  readonly timeout?: number;
};

/**
 * Stops the server and starts it again with its previous flags, overridden by the given ones. The
 * settings are checked first: the server keeps running if it could not start with them.
 */
export async function restart({ runDir, wait, timeout, ...others }: RestartFlags): Promise<number> {
  const folder = runFolder({ runDir });
  const looked = await lookIn(folder);
  if (looked.state === "unclear") return unclear(folder);
  const { record } = looked;
  if (record === undefined) {
    if (looked.state === "stopped" && looked.left) {
      throw new Failure(
        `Cannot restart: ${folder.pidFile} does not record the previous flags. ` +
          "Start the server with all its flags: argocd-configurer start",
      );
    }
    await printPlan(folder, others);
    return await startIn(folder, { flags: others, cwd: Deno.cwd(), wait });
  }
  const isRestart = looked.state === "running";
  const flags = await checked(record, others, isRestart);
  await stopIn(folder, timeout);
  return await startIn(folder, { flags, cwd: record.cwd, wait, isRestart });
}

/**
 * Prints what a server is started with when there is none to restart.
 * @throws {ConfigError}
 */
async function printPlan(folder: RunFolder, flags: SettingFlags): Promise<void> {
  const { file, isThere, settings, home } = await readSettings(flags);
  const config = isThere
    ? resolve(file)
    : home.kind === "none"
    ? `none; searched ${home.looked.join(", ")}`
    : `none in ${home.path}`;
  printError(
    `${stoppedIn(folder)}Starting it with only the flags given here\n` +
      `  configuration    ${config}\n  clusters folder  ${resolve(settings["clusters-folder"])}\n`,
  );
}

/**
 * The flags for the new server; prints which of the previous flags are kept.
 * @throws {Failure} when the server could not start, or would lose its authentication
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
      const place = record.cwd === here ? "" : ` (paths relative to ${record.cwd})`;
      printError(`Previous flags kept: ${kept.join(" ")}${place}\n`);
    }
    return flags;
  } catch (error) {
    const isUsage = error instanceof ConfigError;
    if (!isUsage && !(error instanceof Failure)) throw error;
    const goesOn = isRunning ? `\nThe server (pid ${record.pid}) keeps running unchanged` : "";
    throw new Failure(error.message + goesOn, isUsage ? 2 : error.exitCode);
  }
}

/** The previous flags, overridden by the given ones; relative paths keep their own base directory. */
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

/** Enters the server's working directory, to which its relative paths belong. */
function enter(cwd: string): void {
  try {
    Deno.chdir(cwd);
  } catch {
    throw new Failure(
      `Cannot restart: cannot enter the server's working directory ${cwd}. To use another one, run ` +
        "'argocd-configurer stop' and then 'start'",
    );
  }
}
