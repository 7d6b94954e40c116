import { type Background, ownCommand, startInBackground } from "../daemon/background.ts";
import { lastLines } from "../daemon/log_tail.ts";
import type { ServerRecord } from "../daemon/pid_file.ts";
import { Failure } from "./failure.ts";
import {
  isHealthy,
  lookIn,
  type RunFlags,
  type RunFolder,
  runFolder,
  unclear,
} from "./run_folder.ts";
import { settingArguments, type SettingFlags } from "./setting_flags.ts";
import { print, printError } from "./terminal.ts";

export type StartFlags = SettingFlags & RunFlags & {
  /** Seconds until the server has to answer. */
  readonly wait?: number;
};

/** Lines of the log that tell why a start failed. */
const SHOWN = 20;

/** Starts the server in the background and waits until it answers. */
export async function start(flags: StartFlags): Promise<number> {
  return await startIn(runFolder(flags), settingArguments(flags), Deno.cwd(), flags.wait);
}

/**
 * @param args flags of `serve`
 * @param cwd where paths in them begin
 */
export async function startIn(
  folder: RunFolder,
  args: readonly string[],
  cwd: string,
  wait = 30,
): Promise<number> {
  const before = await lookIn(folder);
  if (before.state === "unclear") return unclear(folder);
  if (before.state === "running") return await already(folder, before.record, wait);

  const from = await sizeOf(folder.log);
  const server = await spawnServer(folder, args, cwd);
  let code: number | undefined;
  server.ended.then((ended) => code = ended);
  const end = Date.now() + wait * 1000;
  do {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const now = await lookIn(folder);
    if (now.state === "running") {
      if (now.record.pid !== server.pid) {
        // Ours came too late; it must not wait to take the other's place.
        if (code === undefined) Deno.kill(server.pid, "SIGKILL");
        await server.ended;
        return await already(folder, now.record, wait);
      }
      if (now.record.url && await isHealthy(now.record.url)) {
        print(`Started: ${now.record.url} (process ${server.pid}, log in ${folder.log})\n`);
        return 0;
      }
    }
  } while (code === undefined && Date.now() < end);

  await showLog(folder.log, from);
  if (code !== undefined) {
    throw new Failure(`Cannot start: the server ended with exit code ${code}`, code === 2 ? 2 : 1);
  }
  Deno.kill(server.pid, "SIGTERM"); // our child, which has not ended: nobody else has its id
  await Promise.race([server.ended, new Promise((resolve) => setTimeout(resolve, 5000))]);
  throw new Failure(`Cannot start: the server did not answer within ${wait} seconds; it is ended`);
}

async function spawnServer(
  folder: RunFolder,
  args: readonly string[],
  cwd: string,
): Promise<Background> {
  try {
    await Deno.mkdir(folder.path, { recursive: true });
    const { program, args: own } = ownCommand();
    const files = ["--log-file", folder.log, "--pid-file", folder.pidFile];
    return await startInBackground(
      { program, args: [...own, "serve", ...args, ...files] },
      { cwd, log: folder.log },
    );
  } catch (error) {
    throw new Failure(
      `Cannot start with run directory ${folder.path}: ${(error as Error).message}`,
    );
  }
}

/** Another one runs; it may itself be about to start. */
async function already(folder: RunFolder, { pid }: ServerRecord, wait: number): Promise<number> {
  const end = Date.now() + wait * 1000;
  for (;;) {
    const now = await lookIn(folder);
    if (now.state !== "running") {
      throw new Failure(`It ran already (process ${pid}), and has ended`);
    }
    const { url } = now.record;
    if (url !== undefined && await isHealthy(url)) {
      print(`It runs already: ${url} (process ${now.record.pid})\n`);
      return 0;
    }
    if (Date.now() >= end) {
      throw new Failure(`It runs already (process ${pid}), but does not answer at ${url ?? "all"}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function sizeOf(path: string): Promise<number> {
  return await Deno.stat(path).then(({ size }) => size, () => 0);
}

async function showLog(path: string, from: number): Promise<void> {
  const lines = await lastLines(path, SHOWN, from).catch(() => []);
  if (lines.length > 0) printError(`${lines.join("\n")}\n`);
}
