import type { Settings } from "../../config/schema.ts";
import { configureLog } from "../../log/logger.ts";
import { Failure } from "../failure.ts";
import {
  type CommandSettingFlags,
  configOf,
  DEFAULT_CONFIG,
  settingFlags,
} from "../setting_flags.ts";
import { printError } from "../terminal.ts";
import type { Way } from "./way.ts";
import { type ServerFlags, serverOf } from "./which_server.ts";
import type { OutputFormat } from "../bind/program_flags.ts";

/** By what an operation is carried out, and how its answer is shown. */
export type ProgramFlags =
  & CommandSettingFlags
  & ServerFlags
  & { readonly output?: OutputFormat };

/**
 * What carries operations out: a server that runs, or this process.
 * @throws {Failure}
 * @throws {ConfigError}
 */
export async function openWay(flags: ProgramFlags): Promise<Way> {
  const server = serverOf(flags);
  if (server === undefined) {
    refuse(flags, OF_A_SERVER, "is of no use without --server");
    const settings = await settingsOf(flags);
    return await (await import("./in_process.ts")).inProcess(settings);
  }
  configureLog(LOG);
  refuse(flags, OF_THIS_PROCESS, `is of no use with ${server.namedBy}: the server has its own`);
  return (await import("./remote.ts")).remote(server);
}

/** Flags for who asks a server. */
const OF_A_SERVER = ["serverCa", "serverPlainHttp", "requestTimeout"] as const;

/** Flags that a server has been started with. */
const OF_THIS_PROCESS = Object.keys(settingFlags("commands")) as (keyof CommandSettingFlags)[];

/** @throws {Failure} when one of these flags is given */
function refuse(flags: ProgramFlags, refused: readonly (keyof ProgramFlags)[], why: string): void {
  const given = refused.find((flag) => flags[flag] !== undefined);
  if (given === undefined) return;
  const name = given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new Failure(`--${name} ${why}`, 2);
}

/** The settings, with the log as a command wants it. */
async function settingsOf(flags: ProgramFlags): Promise<Settings> {
  const { settings, warnings } = await configOf(flags);
  // That there is no file where none has to be is worth a word in a server's log only.
  const isThere = await Deno.stat(flags.config ?? DEFAULT_CONFIG).then(() => true, () => false);
  for (const warning of isThere ? warnings : []) printError(`warning: ${warning}\n`);
  // The setting log-level is a server's; what goes wrong with the request the answer says.
  if (flags.logLevel !== undefined) configureLog({ ...LOG, level: settings["log-level"] });
  else configureLog({ ...LOG, parts: SAID_BY_THE_ANSWER });
  return settings;
}

const LOG = { format: "text", level: "warning", hidesMessages: true } as const;

/** Parts of the program whose warnings the answer repeats. */
const SAID_BY_THE_ANSWER = { kubectl: "error", api: "error", clusters: "error" } as const;
