import { loadConfig } from "../../config/load.ts";
import type { Settings } from "../../config/schema.ts";
import { configureLog } from "../../log/logger.ts";
import { Failure } from "../failure.ts";
import { DEFAULT_CONFIG, type SettingFlags, settingsGiven } from "../setting_flags.ts";
import { printError } from "../terminal.ts";
import type { Api } from "./request.ts";
import { type ServerFlags, serverOf } from "./which_server.ts";
import type { OutputFormat } from "./words.ts";

/** By what a request is carried out, and how the answer is shown. */
export type ProgramFlags =
  & Pick<
    SettingFlags,
    | "config"
    | "clustersFolder"
    | "kubectlTimeout"
    | "transport"
    | "argocdNamespace"
    | "logLevel"
  >
  & ServerFlags
  & { readonly output?: OutputFormat };

/** What a request is for. */
export type Purpose =
  | "read"
  | "write"
  /** Nothing is sent, only looked at. */
  | "check";

/**
 * What carries out requests: a server that runs, or the program in this process.
 * @throws {Failure}
 * @throws {ConfigError}
 */
export async function openApi(flags: ProgramFlags, purpose: Purpose): Promise<Api> {
  const server = serverOf(flags);
  if (server === undefined) return await openOwn(flags, purpose);
  for (const flag of OF_THIS_PROCESS) {
    if (flags[flag] === undefined) continue;
    const why = `is of no use with ${server.namedBy}: the server has its own`;
    throw new Failure(`--${kebab(flag)} ${why}`, 2);
  }
  const ofServer = async () => (await import("./remote.ts")).remote(server);
  if (purpose !== "check") return await ofServer();
  const { checked } = await import("./checked.ts");
  return checked(undefined, { place: `the server at ${server.url}`, open: ofServer });
}

/** Flags for who asks a server. */
const OF_A_SERVER = ["serverCa", "serverPlainHttp", "requestTimeout"] as const;

/** Flags that a server has been started with. */
const OF_THIS_PROCESS = [
  "config",
  "clustersFolder",
  "kubectlTimeout",
  "transport",
  "argocdNamespace",
  "logLevel",
] as const;

const kebab = (flag: string) => flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

async function openOwn(flags: ProgramFlags, purpose: Purpose): Promise<Api> {
  for (const flag of OF_A_SERVER) {
    if (flags[flag] === undefined) continue;
    throw new Failure(`--${kebab(flag)} is of no use without --server`, 2);
  }
  const settings = await settingsOf(flags);
  if (purpose === "check") {
    const { checked } = await import("./checked.ts");
    return checked(settings["argocd-namespace"], {
      place: `the folder ${settings["clusters-folder"]}`,
      open: () => ofFolder(settings, "read"),
    });
  }
  return await ofFolder(settings, purpose);
}

async function ofFolder(settings: Settings, purpose: Exclude<Purpose, "check">): Promise<Api> {
  const { inProcess } = await import("./in_process.ts");
  return await inProcess(settings, purpose);
}

/** The settings, with the log as a command wants it. */
async function settingsOf(flags: ProgramFlags): Promise<Settings> {
  const file = flags.config ?? DEFAULT_CONFIG;
  const { settings, warnings } = await loadConfig({
    flags: settingsGiven(flags),
    env: Deno.env.toObject(),
    file,
    fileRequired: flags.config !== undefined,
  });
  // That there is no file where none has to be is worth a word in a server's log only.
  const isThere = await Deno.stat(file).then(() => true, () => false);
  for (const warning of isThere ? warnings : []) printError(`warning: ${warning}\n`);
  // The setting log-level is a server's; what goes wrong with the request the answer says.
  const { logLevel } = flags;
  configureLog({
    format: "text",
    level: logLevel === undefined ? "warning" : settings["log-level"],
    ...(logLevel === undefined ? { parts: SAID_BY_THE_ANSWER } : {}),
  });
  return settings;
}

/** Parts of the program whose warnings the answer repeats. */
const SAID_BY_THE_ANSWER = { kubectl: "error", api: "error", clusters: "error" } as const;
