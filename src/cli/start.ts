import { resolve } from "node:path";
import { delay } from "../async/timed.ts";
import { ConfigError } from "../config/load.ts";
import { type Background, ownCommand, startInBackground } from "../daemon/background.ts";
import { lastLines } from "../daemon/log_tail.ts";
import { warningsIn } from "../daemon/log_warnings.ts";
import type { ServerRecord } from "../daemon/pid_file.ts";
import { Failure } from "./failure.ts";
import { asksForTokens, readSettings } from "./read_settings.ts";
import { reasonOf } from "./reason.ts";
import {
  isAskedForToken,
  isHealthy,
  lookIn,
  type RunFlags,
  type RunFolder,
  runFolder,
  unclear,
} from "./run_folder.ts";
import { settingArguments, type SettingFlags, settingsGiven } from "./setting_flags.ts";
import { differences, ofServer, shownSetting } from "./settings_in_effect.ts";
import { print, printError } from "./terminal.ts";

export type StartFlags = SettingFlags & RunFlags & {
  /** Seconds until the server has to answer. */
  readonly wait?: number;
};

/** Lines of the log that tell why a start failed. */
const SHOWN = 20;

/** Lines of the log of a start that are read for warnings. */
const MOST_READ = 1000;

/** What is to be started. */
export interface Start {
  readonly flags: SettingFlags;
  /** Where paths in them begin. */
  readonly cwd: string;
  /** Seconds until the server has to answer. @default 30 */
  readonly wait?: number;
}

/** Starts the server in the background and waits until it answers. */
export async function start({ runDir, wait, ...flags }: StartFlags): Promise<number> {
  return await startIn(runFolder({ runDir }), { flags, cwd: Deno.cwd(), wait });
}

export async function startIn(folder: RunFolder, what: Start): Promise<number> {
  const { wait = 30 } = what;
  const before = await lookIn(folder);
  if (before.state === "unclear") return unclear(folder);
  if (before.state === "running") return await already(folder, before.record, what);

  const from = await Deno.stat(folder.log).then(({ size }) => size, () => 0);
  const server = await spawnServer(folder, settingArguments(what.flags), what.cwd);
  let code: number | undefined;
  server.ended.then((ended) => code = ended);
  const end = Date.now() + wait * 1000;
  do {
    await delay(20);
    const now = await lookIn(folder);
    if (now.state === "running") {
      if (now.record.pid !== server.pid) {
        // Ours came too late; it must not wait to take the other's place.
        if (code === undefined) Deno.kill(server.pid, "SIGKILL");
        await server.ended;
        return await already(folder, now.record, what);
      }
      if (now.record.url && await isHealthy(now.record.url)) {
        await showWarnings(folder.log, from);
        print(
          `Started: ${now.record.url} (process ${server.pid}, ${clustersIn(now.record)}` +
            `log in ${folder.log})\n`,
        );
        return 0;
      }
    }
  } while (code === undefined && Date.now() < end);

  await showLog(folder.log, from);
  if (code !== undefined) {
    throw new Failure(`Cannot start: the server ended with exit code ${code}`, code === 2 ? 2 : 1);
  }
  Deno.kill(server.pid, "SIGTERM"); // our child, which has not ended: nobody else has its id
  await Promise.race([server.ended, delay(5000)]);
  throw new Failure(`Cannot start: the server did not answer within ${wait} seconds; it is ended`);
}

/** Which clusters it serves. */
function clustersIn(record: ServerRecord): string {
  const { "clusters-folder": folder } = ofServer(record).settings;
  return typeof folder === "string" ? `clusters in ${resolve(record.cwd, folder)}, ` : "";
}

async function spawnServer(
  folder: RunFolder,
  args: readonly string[],
  cwd: string,
): Promise<Background> {
  try {
    await Deno.mkdir(folder.path, { recursive: true, mode: 0o700 });
    const { program, args: own } = ownCommand();
    const files = ["--log-file", folder.log, "--pid-file", folder.pidFile];
    return await startInBackground(
      { program, args: [...own, "serve", ...args, ...files] },
      { cwd, log: folder.log },
    );
  } catch (error) {
    throw new Failure(`Cannot start with run directory ${folder.path}: ${reasonOf(error)}`);
  }
}

/** Another one runs; it may itself be about to start. */
async function already(folder: RunFolder, { pid }: ServerRecord, what: Start): Promise<number> {
  const { wait = 30 } = what;
  const end = Date.now() + wait * 1000;
  for (;;) {
    const now = await lookIn(folder);
    if (now.state !== "running") {
      throw new Failure(
        `Another server (process ${pid}, run directory ${folder.path}) was running, and has ended`,
      );
    }
    refuseOthers(folder, now.record, what);
    const { url } = now.record;
    if (url !== undefined && await isHealthy(url)) {
      await refuseOpen(folder, now.record, url, what);
      print(
        `Already running: ${url} (process ${now.record.pid}, run directory ${folder.path})\n`,
      );
      return 0;
    }
    if (Date.now() >= end) {
      throw new Failure(
        `Already running (process ${pid}, run directory ${folder.path}), but does not answer at ` +
          `${url ?? "all"}`,
      );
    }
    await delay(50);
  }
}

/** @throws {Failure} when what was asked for is not what runs */
function refuseOthers({ path }: RunFolder, record: ServerRecord, { flags, cwd }: Start): void {
  const wrong = differences({ settings: settingsGiven(flags), cwd }, ofServer(record));
  if (wrong.length === 0) return;
  const list = wrong.map(({ key, now, wanted }) =>
    `${shownSetting(key, now)}, not ${shownSetting(key, wanted)}`
  );
  throw new Failure(
    `Already running (process ${record.pid}, run directory ${path}), but with ` +
      `${list.join("; with ")}. ` +
      "'argocd-configurer restart' with these flags changes that",
  );
}

/**
 * The environment and the configuration may ask for tokens, too.
 * @throws {Failure} when they do, and what runs does not
 */
async function refuseOpen(
  { path }: RunFolder,
  record: ServerRecord,
  url: string,
  { flags }: Start,
): Promise<void> {
  try {
    if (!asksForTokens((await readSettings(flags)).settings)) return;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    printError(`warning: It could not be started again like this: ${error.message}\n`);
    return;
  }
  if (record.asksForTokens ?? await isAskedForToken(url) ?? true) return;
  throw new Failure(
    `Already running (process ${record.pid}, run directory ${path}), but asks nobody for a token, ` +
      "as it would if it were started now. 'argocd-configurer restart' changes that",
  );
}

/** What the log has warned of in this start. */
async function showWarnings(log: string, from: number): Promise<void> {
  const lines = await lastLines(log, MOST_READ, from).catch(() => []);
  for (const line of warningsIn(lines)) printError(`${line}\n`);
}

async function showLog(path: string, from: number): Promise<void> {
  const lines = await lastLines(path, SHOWN, from).catch(() => []);
  if (lines.length > 0) printError(`${lines.join("\n")}\n`);
}
