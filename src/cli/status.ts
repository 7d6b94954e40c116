import { lastLines } from "../daemon/log_tail.ts";
import { isHealthy, lookIn, type RunFlags, runFolder, unclear } from "./run_folder.ts";
import { print } from "./terminal.ts";

export type StatusFlags = RunFlags & {
  /** Lines of the log to show. */
  readonly lines?: number;
};

/** The exit code for a server that does not run, as init scripts have it. */
const NOT_RUNNING = 3;

/** Shows whether the server in the background runs; 1 when it does but does not answer. */
export async function status(flags: StatusFlags): Promise<number> {
  const folder = runFolder(flags);
  const looked = await lookIn(folder);
  if (looked.state === "unclear") return unclear(folder);
  const log = await lastLines(folder.log, flags.lines ?? 5).catch(() => []);
  const shownLog = log.length === 0 ? "" : `\n${log.join("\n")}\n`;
  if (looked.state === "stopped") {
    const how = looked.left
      ? "It does not run: it was killed, or the machine was"
      : "It does not run";
    print(`${how}\n${shownLog}`);
    return NOT_RUNNING;
  }
  const { pid, url, version, started, stopSeconds } = looked.record;
  const healthy = url !== undefined && await isHealthy(url);
  print(`It runs
  process  ${pid}
  uptime   ${duration(Date.now() - started.getTime())}
  url      ${url ?? "none yet"}
  health   ${healthy ? "healthy" : "no answer"}
  version  ${version}
  stop     ${stopSeconds === undefined ? "not known" : `within ${stopSeconds} seconds`}
  log      ${folder.log}
${shownLog}`);
  return healthy ? 0 : 1;
}

/** `2 days 03:04:05` */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const days = Math.floor(seconds / 86_400);
  const clock = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
  return days === 0 ? clock : `${days} day${days === 1 ? "" : "s"} ${clock}`;
}
