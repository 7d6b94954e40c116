import { resolve } from "node:path";
import { delay } from "../async/timed.ts";
import { ConfigError } from "../config/load.ts";
import { type Background, ownCommand, startInBackground } from "../daemon/background.ts";
import { lastLines } from "../daemon/log_tail.ts";
import { problemsIn, warningsIn } from "../daemon/log_warnings.ts";
import type { ServerRecord } from "../daemon/pid_file.ts";
import { Failure } from "./failure.ts";
import { areTokensRequired, readSettings } from "./read_settings.ts";
import { reasonOf } from "./reason.ts";
import {
  isHealthy,
  lookIn,
  requiresToken,
  type RunFlags,
  type RunFolder,
  runFolder,
  unclear,
} from "./run_folder.ts";
import { settingArguments, type SettingFlags, settingsGiven } from "./setting_flags.ts";
import { differences, ofServer, shownSetting } from "./settings_in_effect.ts";
import { print, printError } from "./terminal.ts";

export type StartFlags = SettingFlags & RunFlags & {
  /** Seconds to wait until the server is healthy. */
  readonly wait?: number;
};

/** Lines of the log that are shown after a failed start. */
const SHOWN = 20;

/** Milliseconds to wait for the warnings about clusters after the server is healthy. */
const WARNINGS = 2000;

/** Lines of the log that are searched for warnings. */
const MOST_READ = 1000;

/** A server to start. */
export interface Start {
  readonly flags: SettingFlags;
  /** Its working directory, to which relative paths in the flags belong. */
  readonly cwd: string;
  /** Seconds to wait until the server is healthy. @default 30 */
  readonly wait?: number;
  /** Whether it replaces a server that was stopped for it. @default false */
  readonly isRestart?: boolean;
}

/** Starts the server in the background and waits until it is healthy. */
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
        // Another start was first; ours must not wait for the pid file.
        if (code === undefined) Deno.kill(server.pid, "SIGKILL");
        await server.ended;
        return await already(folder, now.record, what);
      }
      if (now.record.url && await isHealthy(now.record.url)) {
        await sawClusters(folder);
        await showWarnings(folder.log, from);
        const done = what.isRestart === true ? "restarted" : "started";
        print(
          `argocd-configurer ${done} (pid ${server.pid}), listening on ${now.record.url}\n` +
            `${clustersIn(now.record)}  log       ${folder.log}\n`,
        );
        return 0;
      }
    }
  } while (code === undefined && Date.now() < end);

  await showLog(folder.log, from);
  if (code !== undefined) {
    throw new Failure(
      `Cannot start argocd-configurer: the server exited with code ${code}. Log: ${folder.log}`,
      code === 2 ? 2 : 1,
    );
  }
  Deno.kill(server.pid, "SIGTERM"); // our child, which has not exited: no other process has its id
  await Promise.race([server.ended, delay(5000)]);
  throw new Failure(
    `Cannot start argocd-configurer: the server was not healthy within ${wait} s, and was stopped. ` +
      `Log: ${folder.log}`,
  );
}

/** Waits until the log has the clusters that cannot be used, but not for a very large or slow folder. */
async function sawClusters(folder: RunFolder): Promise<void> {
  const end = Date.now() + WARNINGS;
  while (Date.now() < end) {
    const now = await lookIn(folder);
    if (now.state !== "running" || now.record.sawClusters) return;
    await delay(20);
  }
}

/** A line with the clusters folder of the server. */
function clustersIn(record: ServerRecord): string {
  const { "clusters-folder": folder } = ofServer(record).settings;
  return typeof folder === "string" ? `  clusters  ${resolve(record.cwd, folder)}\n` : "";
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
    throw new Failure(
      `Cannot start argocd-configurer with run directory ${folder.path}: ${reasonOf(error)}`,
    );
  }
}

/** Another server is running, or is starting. */
async function already(folder: RunFolder, { pid }: ServerRecord, what: Start): Promise<number> {
  const { wait = 30 } = what;
  const end = Date.now() + wait * 1000;
  for (;;) {
    const now = await lookIn(folder);
    if (now.state !== "running") {
      throw new Failure(
        `Another server (pid ${pid}, run directory ${folder.path}) was running, but has stopped. ` +
          "Try again",
      );
    }
    refuseOthers(folder, now.record, what);
    const { url } = now.record;
    if (url !== undefined && await isHealthy(url)) {
      await refuseOpen(folder, now.record, url, what);
      print(
        `argocd-configurer is already running (pid ${now.record.pid}), listening on ${url}\n` +
          `  run dir   ${folder.path}\n`,
      );
      return 0;
    }
    if (Date.now() >= end) {
      throw new Failure(
        `${alreadyRunning(now.record, folder)}, but ${
          url === undefined ? "is not listening yet" : `does not respond at ${url}`
        }`,
      );
    }
    await delay(50);
  }
}

const alreadyRunning = ({ pid }: ServerRecord, { path }: RunFolder) =>
  `argocd-configurer is already running (pid ${pid}, run directory ${path})`;

/** @throws {Failure} when the running server has other settings than the flags */
function refuseOthers(folder: RunFolder, record: ServerRecord, { flags, cwd }: Start): void {
  const wrong = differences({ settings: settingsGiven(flags), cwd }, ofServer(record));
  if (wrong.length === 0) return;
  const list = wrong.map(({ key, now, wanted }) =>
    `${shownSetting(key, now)}, not ${shownSetting(key, wanted)}`
  );
  throw new Failure(
    `${alreadyRunning(record, folder)}, but with ${list.join("; with ")}. ` +
      "Run 'argocd-configurer restart' with these flags",
  );
}

/**
 * The environment and the configuration can require tokens, too.
 * @throws {Failure} when they do, and the running server does not
 */
async function refuseOpen(
  folder: RunFolder,
  record: ServerRecord,
  url: string,
  { flags }: Start,
): Promise<void> {
  try {
    if (!areTokensRequired((await readSettings(flags)).settings)) return;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    printError(`warning: A restart would fail with these settings: ${error.message}\n`);
    return;
  }
  if (record.asksForTokens ?? await requiresToken(url) ?? true) return;
  throw new Failure(
    `${alreadyRunning(record, folder)}, but without authentication, which the settings here ` +
      "require. Run 'argocd-configurer restart'",
  );
}

/** Prints the warnings and errors that this start has logged. */
async function showWarnings(log: string, from: number): Promise<void> {
  const lines = await lastLines(log, MOST_READ, from).catch(() => []);
  for (const line of warningsIn(lines)) printError(`${line}\n`);
}

/** Prints why the server exited: its warnings and errors, else the end of its log. */
async function showLog(path: string, from: number): Promise<void> {
  const lines = await lastLines(path, SHOWN, from).catch(() => []);
  const problems = problemsIn(lines);
  for (const line of problems.length > 0 ? problems : lines) printError(`${line}\n`);
}
