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

/** The exit code for a stopped server, as for init scripts. */
const NOT_RUNNING = 3;

/** The status for scripts; `null` where a value is unknown, or no server is running. */
interface Status {
  /** `killed`: the server did not stop by itself; its pid file is still there. */
  readonly state: "running" | "stopped" | "killed";
  readonly healthy: boolean;
  readonly pid: number | null;
  readonly url: string | null;
  readonly version: string | null;
  /** RFC 3339. */
  readonly started: string | null;
  readonly uptime_seconds: number | null;
  /** The longest time that a stop can take. */
  readonly stop_seconds: number | null;
  readonly run_directory: string;
  readonly log: string;
  /** Absolute, as is the next one. */
  readonly config: string | null;
  readonly clusters_folder: string | null;
  /** What a request needs. */
  readonly authentication: "tokens" | "none" | null;
}

/**
 * Shows the status of the background server.
 * @returns the exit code: 0 if it is healthy, 1 if it does not respond, 3 if it is stopped
 */
export async function status(flags: StatusFlags): Promise<number> {
  const folder = runFolder(flags);
  const looked = await lookIn(folder);
  if (looked.state === "unclear") return unclear(folder);
  const status = await statusOf(folder, looked);
  const { output = "table" } = flags;
  if (output === "json") print(JSON.stringify(status, null, 2) + "\n");
  else if (output === "yaml") print(dump(status, { lineWidth: -1 }));
  else await show(folder, status, flags.lines ?? 5);
  return status.state !== "running" ? NOT_RUNNING : status.healthy ? 0 : 1;
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
    authentication: authenticationOf(running),
  };
}

/** `null` if it is stopped, or an older version, which does not record it. */
function authenticationOf(running: ServerRecord | undefined): Status["authentication"] {
  const { asksForTokens } = running ?? {};
  return asksForTokens === undefined ? null : asksForTokens ? "tokens" : "none";
}

/** The configuration file of a server; `null` if it has none. */
function configIn(record: ServerRecord): string | null {
  const path = pathIn(record, "config");
  return path !== null && isFile(path) ? path : null;
}

/** A path from the server's settings in effect; an older version may not record it. */
function pathIn(record: ServerRecord, key: string): string | null {
  const path = ofServer(record).settings[key];
  return typeof path === "string" ? resolve(record.cwd, path) : null;
}

async function show(folder: RunFolder, status: Status, count: number): Promise<void> {
  const lines = await lastLines(folder.log, count).catch(() => []);
  const shownLog = lines.length === 0 ? "" : `\n${lines.join("\n")}\n`;
  const { stop_seconds: stop } = status;
  const rows = status.state === "running"
    ? [
      ["url", status.url ?? "none yet"],
      ["health", status.healthy ? "healthy" : "not responding"],
      ["auth", AUTHENTICATION[status.authentication ?? "unknown"]],
      ["version", status.version],
      ["started", status.started],
      ["stop", stop === null ? "unknown" : `takes up to ${stop} s`],
      ["config", status.config ?? "none"],
      ["clusters", status.clusters_folder ?? "unknown"],
    ]
    : [];
  const all = [...rows, ["run dir", status.run_directory], ["log", status.log]];
  const table = all.map(([name, value]) => `  ${name!.padEnd(8)}  ${value}\n`).join("");
  print(
    `${headline(status)}\n${table}${
      status.state === "running" ? "" : otherPlaces(folder)
    }${shownLog}`,
  );
}

const AUTHENTICATION = {
  tokens: "tokens",
  none: "none: every user of this machine can write credentials",
  unknown: "unknown",
};

/** The first line, which says everything in a sentence. */
function headline({ state, healthy, pid, url, uptime_seconds: up }: Status): string {
  if (state === "stopped") return "argocd-configurer is stopped";
  if (state === "killed") {
    return "argocd-configurer is stopped: it was killed, or the machine was restarted";
  }
  const running = `argocd-configurer is running (pid ${pid}, up ${uptimeOf(up ?? 0)})`;
  if (healthy) return running;
  return `${running}, but ${url === null ? "is not listening yet" : "does not respond"}`;
}

/** `45 s`, `12 min`, `2 h`, `3 d`: in the largest unit, rounded down. */
export function uptimeOf(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
