import { resolve } from "node:path";
import { DEFAULT } from "../../config/load.ts";
import { configureLog } from "../../log/logger.ts";
import { Failure } from "../failure.ts";
import {
  type CommandSettingFlags,
  configOf,
  type Configured,
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
    const config = await configFor(flags);
    return await (await import("./in_process.ts")).inProcess(config.settings, placeOf(config));
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

/** The configuration, with the log as a command wants it. */
async function configFor(flags: ProgramFlags): Promise<Configured> {
  const config = await configOf(flags);
  const { settings, warnings, isThere } = config;
  // That there is no file where none has to be is worth a word in a server's log only.
  for (const warning of isThere ? warnings : []) printError(`warning: ${warning}\n`);
  // The setting log-level is a server's; what goes wrong with the request the answer says.
  if (flags.logLevel !== undefined) configureLog({ ...LOG, level: settings["log-level"] });
  else configureLog({ ...LOG, parts: SAID_BY_THE_ANSWER });
  return config;
}

/** Where clusters are, for messages: where nothing was found, each folder that was looked into. */
function placeOf({ settings, origins, home }: Configured): string {
  const isUnknown = home.kind === "none" && origins["clusters-folder"] === DEFAULT;
  return isUnknown
    ? `the folder clusters of ${home.looked.join(", nor of ")}`
    : `the folder ${resolve(settings["clusters-folder"])}`;
}

const LOG = { format: "text", level: "warning", hidesMessages: true } as const;

/** Parts of the program whose warnings the answer repeats. */
const SAID_BY_THE_ANSWER = { kubectl: "error", api: "error", clusters: "error" } as const;
