import { dump } from "js-yaml";
import { resolve } from "node:path";
import { lastLines } from "../daemon/log_tail.ts";
import type { Looked, ServerRecord } from "../daemon/pid_file.ts";
import {
  isFile,
  isHealthy,
  lookIn,
  otherPlaces,
  type RunFlags,
  type RunFolder,
  runFolder,
  unclear,
} from "./run_folder.ts";
import { ofServer } from "./settings_in_effect.ts";
import { print } from "./terminal.ts";

export type StatusFlags = RunFlags & {
  /** Lines of the log to show. */
  readonly lines?: number;
  /** @default "table" */
  readonly output?: "table" | "json" | "yaml";
};

/** The exit code for a server that does not run, as init scripts have it. */
const NOT_RUNNING = 3;

/** Of what is told for scripts; `null` is what is not known, or of no server that runs. */
interface Status {
  /** `killed`: it has gone without a word, or the machine has. */
  readonly state: "running" | "stopped" | "killed";
  readonly healthy: boolean;
  readonly pid: number | null;
  readonly url: string | null;
  readonly version: string | null;
  /** RFC 3339. */
  readonly started: string | null;
  readonly uptime_seconds: number | null;
  /** Within which it ends when it is asked to. */
  readonly stop_seconds: number | null;
  readonly run_directory: string;
  readonly log: string;
  /** Absolute, as is the next one. */
  readonly config: string | null;
  readonly clusters_folder: string | null;
}

/** Shows whether the server in the background runs; 1 when it does but does not answer. */
export async function status(flags: StatusFlags): Promise<number> {
  const folder = runFolder(flags);
  const looked = await lookIn(folder);
  if (looked.state === "unclear") return unclear(folder);
  const told = await statusOf(folder, looked);
  const { output = "table" } = flags;
  if (output === "json") print(JSON.stringify(told, null, 2) + "\n");
  else if (output === "yaml") print(dump(told, { lineWidth: -1 }));
  else await show(folder, told, flags.lines ?? 5);
  return told.state !== "running" ? NOT_RUNNING : told.healthy ? 0 : 1;
}

async function statusOf(
  folder: RunFolder,
  looked: Exclude<Looked, { state: "unclear" }>,
): Promise<Status> {
  const running = looked.state === "running" ? looked.record : undefined;
  const { pid = null, url, version = null, started, stopSeconds = null } = running ?? {};
  const uptime = started && Math.max(0, Math.floor((Date.now() - started.getTime()) / 1000));
  return {
    state: running ? "running" : looked.state === "stopped" && looked.left ? "killed" : "stopped",
    healthy: url !== undefined && await isHealthy(url),
    pid,
    url: url ?? null,
    version,
    started: started?.toISOString() ?? null,
    uptime_seconds: uptime ?? null,
    stop_seconds: stopSeconds,
    run_directory: folder.path,
    log: folder.log,
    config: running ? configIn(running) : null,
    clusters_folder: running ? pathIn(running, "clusters-folder") : null,
  };
}

/** The configuration file of a server, where there is one. */
function configIn(record: ServerRecord): string | null {
  const path = pathIn(record, "config");
  return path !== null && isFile(path) ? path : null;
}

/** A path that a server has in effect; an older version may not tell it. */
function pathIn(record: ServerRecord, key: string): string | null {
  const path = ofServer(record).settings[key];
  return typeof path === "string" ? resolve(record.cwd, path) : null;
}

async function show(folder: RunFolder, told: Status, count: number): Promise<void> {
  const lines = await lastLines(folder.log, count).catch(() => []);
  const shownLog = lines.length === 0 ? "" : `\n${lines.join("\n")}\n`;
  if (told.state !== "running") {
    const how = told.state === "killed" ? "stopped: it was killed, or the machine was" : "stopped";
    print(`${how}
  run dir  ${told.run_directory}
  log      ${told.log}
${otherPlaces(folder)}${shownLog}`);
    return;
  }
  print(`running
  process  ${told.pid}
  uptime   ${duration((told.uptime_seconds ?? 0) * 1000)}
  url      ${told.url ?? "none yet"}
  health   ${told.healthy ? "healthy" : "no answer"}
  version  ${told.version}
  stop     ${told.stop_seconds === null ? "not known" : `within ${told.stop_seconds} seconds`}
  config   ${told.config ?? "none"}
  clusters ${told.clusters_folder ?? "not known"}
  run dir  ${told.run_directory}
  log      ${told.log}
${shownLog}`);
}

/** `2 days 03:04:05` */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const days = Math.floor(seconds / 86_400);
  const clock = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
  return days === 0 ? clock : `${days} day${days === 1 ? "" : "s"} ${clock}`;
}
