import { resolve } from "node:path";
import { DEFAULT } from "../../config/load.ts";
import { warningText } from "../../config/warning.ts";
import { warningsIn } from "../../daemon/log_warnings.ts";
import { configureLog, type LogOptions } from "../../log/logger.ts";
import { Failure } from "../failure.ts";
import {
  type CommandSettingFlags,
  configOf,
  type Configured,
  settingFlags,
} from "../setting_flags.ts";
import { printError } from "../terminal.ts";
import type { Backend } from "./backend.ts";
import { type ServerFlags, serverOf } from "./which_server.ts";
import type { OutputFormat } from "../bind/program_flags.ts";

/** Flags for the backend and the output. */
export type ProgramFlags =
  & CommandSettingFlags
  & ServerFlags
  & { readonly output?: OutputFormat };

/**
 * Opens the backend: a running server, or this process.
 * @throws {Failure}
 * @throws {ConfigError}
 */
export async function openBackend(flags: ProgramFlags): Promise<Backend> {
  const server = serverOf(flags);
  if (server === undefined) {
    reject(flags, OF_A_SERVER, "needs --server");
    const config = await configFor(flags);
    return await (await import("./in_process.ts")).inProcess(config.settings, placeOf(config));
  }
  configureLog(WARNINGS);
  reject(
    flags,
    OF_THIS_PROCESS,
    `cannot be used with ${server.namedBy}: the server has its own configuration`,
  );
  return (await import("./remote.ts")).remote(server);
}

/** Flags for requests to a server. */
const OF_A_SERVER = ["serverCa", "serverPlainHttp", "requestTimeout"] as const;

/** Flags that configure this process; a server was started with its own. */
const OF_THIS_PROCESS = Object.keys(settingFlags("commands")) as (keyof CommandSettingFlags)[];

/** @throws {Failure} when one of these flags is given */
function reject(flags: ProgramFlags, rejected: readonly (keyof ProgramFlags)[], why: string): void {
  const given = rejected.find((flag) => flags[flag] !== undefined);
  if (given === undefined) return;
  const name = given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new Failure(`--${name} ${why}`, 2);
}

/** Loads the configuration, and sets up the log for a command. */
async function configFor(flags: ProgramFlags): Promise<Configured> {
  const config = await configOf(flags);
  const { settings, warnings } = config;
  for (const warning of warnings) printError(`warning: ${warningText(warning)}\n`);
  // The setting log-level is for servers. A command logs only if the flag asks for it.
  if (flags.logLevel !== undefined) configureLog({ ...LOG, level: settings["log-level"] });
  else configureLog(WARNINGS);
  return config;
}

/** Where clusters are, for messages; without a clusters folder, every place that was searched. */
function placeOf({ settings, origins, home }: Configured): string {
  const isUnknown = home.kind === "none" && origins["clusters-folder"] === DEFAULT;
  return isUnknown
    ? `the folders ${home.looked.map(clustersIn).join(", ")}`
    : `the folder ${resolve(settings["clusters-folder"])}`;
}

/** @param folder `FOLDER` or `FOLDER (REMARK)` */
function clustersIn(folder: string): string {
  const [path, ...remark] = folder.split(" (");
  return [`${path}/clusters`, ...remark].join(" (");
}

const LOG = { format: "text", hidesMessages: true } as const;

/** Events that the answer reports, too, such as a write that cannot be recorded. */
const IN_THE_ANSWER = {
  kubectl: "error",
  api: "error",
  clusters: "error",
  "audit.unwritable": "off",
  "audit.write_refused": "off",
} as const;

/** Other warnings and errors of the program, such as an interrupted write, are warnings of the command. */
const WARNINGS: LogOptions = {
  ...LOG,
  level: "warning",
  parts: IN_THE_ANSWER,
  write(line) {
    for (const each of warningsIn([line.trimEnd()])) {
      printError(`${each.replace(/^error:/, "warning:")}\n`);
    }
  },
};
