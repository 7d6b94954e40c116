import { clustersFolder } from "../clusters/folder.ts";
import { ToldFiles } from "../clusters/told_files.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { Settings } from "../config/schema.ts";
import { configuredTrust } from "../files/trusted.ts";
import { type LogFile, logFile } from "../log/line_writer.ts";
import { configureLog, loggerOf } from "../log/logger.ts";
import { front } from "../server/front.ts";
import type { Children } from "../daemon/children.ts";
import type { ServerRecord } from "../daemon/pid_file.ts";
import { noting } from "../kube/process.ts";
import { type SystemdNotifier, systemdNotifier } from "../daemon/systemd_notify.ts";
import { Failure } from "./failure.ts";
import { settlesWithin } from "./end_requests.ts";
import { listen } from "./listen.ts";
import { asksForTokens, readSettings } from "./read_settings.ts";
import { reasonOf } from "./reason.ts";
import { reloader, type Wiring } from "./reload.ts";
import { DEFAULT_CONFIG, inEffect, settingArguments, type SettingFlags } from "./setting_flags.ts";
import { CLOSING, stopSeconds } from "./stop_time.ts";
import { surroundings } from "./surroundings.ts";
import type { TlsFiles } from "./tls.ts";
import { VERSION } from "./version.ts";

export type ServeFlags = SettingFlags & {
  /** Where the log goes instead of standard error. */
  readonly logFile?: string;
  /** Held while serving; see {@link claim}. */
  readonly pidFile?: string;
};

/** Serves the HTTP API until a signal ends it. */
export async function serve(flags: ServeFlags): Promise<number> {
  const config = await readSettings(flags);
  const file = flags.logFile === undefined ? undefined : openLog(flags.logFile);
  let held: HeldPidFile | undefined;
  let children: Children | undefined;
  let notifier: SystemdNotifier | undefined;
  try {
    // The first stack of an error takes a file descriptor; without one left Deno 2.9.6 would panic.
    void new Error().stack;
    say(config, flags, file);
    notifier = systemdNotifier({
      socket: Deno.env.get("NOTIFY_SOCKET"),
      watchdogUsec: Deno.env.get("WATCHDOG_USEC"),
      watchdogPid: Deno.env.get("WATCHDOG_PID"),
    });
    const told = new ToldFiles();
    await sayClusters(config.settings, told);
    if (flags.pidFile !== undefined) {
      held = await holdPidFile(flags.pidFile, flags, config.settings);
      const { takeOverChildren } = await import("./take_over_children.ts");
      children = await takeOverChildren(flags.pidFile);
    }
    const here = surroundings(children && noting(children.add));
    const load = async (): Promise<Wiring> => {
      const { wire, shared } = await import("../wire.ts");
      const common = shared(here, told);
      return {
        program: wire(config.settings, here, VERSION, common),
        again: (settings) => wire(settings, here, VERSION, common),
        stopping: () => common.limits.close(),
        end: () => common.auditLogs.close(),
      };
    };
    let wiring: Promise<Wiring> | undefined;
    const wired = () =>
      wiring ??= load().catch((error) => {
        wiring = undefined; // the next request tries again
        throw error;
      });
    const app = front(async () => (await wired()).program);
    let asked = asksForTokens(config.settings);
    let longestStop = stopSeconds(config.settings);
    const reloads = reloader({
      read: () => readSettings(flags, config.settings),
      async onRead(next) {
        say(next, flags, file);
        await sayClusters(next.settings, told);
        // Requests that began before keep their time.
        longestStop = Math.max(longestStop, stopSeconds(next.settings));
        held?.change(next.settings, longestStop);
        const asks = asksForTokens(next.settings);
        if (asked && !asks) {
          loggerOf("config").warn("tokens are asked for no longer; anyone on this machine may act");
        }
        asked = asks;
      },
      bound: config.settings,
      app,
      wired,
    });
    const code = await listen(app, {
      hostname: config.settings.host,
      port: config.settings.port,
      tls: tlsOf(config.settings),
      onListening: (url) => {
        held?.publish(url);
        notifier?.ready();
        sayTransport(config.settings.transport, here.hasKubectl);
        // What a crash has interrupted is reported at the start, not with the first request.
        if (config.settings["audit-log"] !== undefined) void wired();
      },
      onStopping() {
        notifier?.stopping();
        wiring?.then(({ stopping }) => stopping()).catch(() => {}); // what was not there stops, too
      },
      onHangup: reloads.reload,
      stopSeconds: () => longestStop,
    });
    const ended = async () => {
      if (wiring === undefined) return;
      (await reloads.current()).close();
      await (await wiring).end();
    };
    // What requests were left unfinished may hold, nobody gets any more.
    await settlesWithin(ended(), CLOSING);
    return code;
  } finally {
    children?.release();
    notifier?.close();
    held?.release();
    file?.close();
  }
}

interface HeldPidFile {
  publish(url: string): void;
  /** Says what is in effect from now on; what it listens with stays. */
  change(settings: Settings, stopSeconds: number): void;
  release(): void;
}

/** @throws {Failure} when another server holds it */
async function holdPidFile(
  path: string,
  flags: SettingFlags,
  bound: Settings,
): Promise<HeldPidFile> {
  const { claim } = await import("../daemon/pid_file.ts");
  const { host, port, "tls-cert": cert, "tls-key": key } = bound;
  const of = (settings: Settings) => ({
    settings: inEffect({ ...settings, host, port, "tls-cert": cert, "tls-key": key }, flags),
    asksForTokens: asksForTokens(settings),
  });
  let record: ServerRecord = {
    pid: Deno.pid,
    version: VERSION,
    started: new Date(),
    cwd: Deno.cwd(),
    args: settingArguments(flags),
    ...of(bound),
    stopSeconds: stopSeconds(bound),
  };
  try {
    const claimed = await claim(path, record);
    if (claimed) {
      const { publish, release } = claimed;
      const tell = (more: Partial<ServerRecord>) => publish(record = { ...record, ...more });
      return {
        publish: (url) => tell({ url }),
        change(settings, stopSeconds) {
          try {
            tell({ ...of(settings), stopSeconds });
          } catch (error) { // a full disk, say; what it tells of the process is as before
            loggerOf("server").warn("pid file cannot be written", { reason: reasonOf(error) });
          }
        },
        release,
      };
    }
  } catch (error) {
    throw new Failure(`Cannot write pid file ${path}: ${reasonOf(error)}`);
  }
  throw new Failure(`Cannot serve: another server holds ${path}`);
}

function openLog(path: string): LogFile {
  try {
    return logFile(path, {
      onLost: (lines, why) => loggerOf("log").error("lines of the log were lost", { lines, why }),
      onStuck: (why) => loggerOf("log").error("no new log can be begun; this one grows", { why }),
    });
  } catch (error) {
    throw new Failure(`Cannot open log file ${path}: ${reasonOf(error)}`);
  }
}

/** Logs as configured from now on, and what is configured. */
function say(config: LoadedConfig, flags: SettingFlags, file: LogFile | undefined): void {
  const { settings, warnings } = config;
  configureLog({ format: settings["log-format"], level: settings["log-level"], write: file });
  const log = loggerOf("config");
  log.info("configuration", {
    file: flags.config ?? DEFAULT_CONFIG,
    clusters: settings["clusters-folder"],
    timeout: settings.kubectl_timeout,
  });
  for (const warning of warnings) log.warn(warning);
}

/** What is no kubeconfig in the folder of them, or that there is no such folder. */
async function sayClusters(settings: Settings, told: ToldFiles): Promise<void> {
  const folder = clustersFolder(settings["clusters-folder"]);
  const log = loggerOf("clusters");
  try {
    const found = await folder.look();
    if (found === undefined) log.warn("no clusters folder", { folder: folder.path });
    else told.tell(folder.path, found.passedOver);
  } catch (error) {
    log.warn("clusters folder cannot be read", { folder: folder.path, reason: reasonOf(error) });
  }
}

function tlsOf(settings: Settings): TlsFiles | undefined {
  const { "tls-cert": cert, "tls-key": key, "trusted-owners": owners } = settings;
  if (cert === undefined || key === undefined) return undefined;
  return { cert, key, trust: configuredTrust(owners) };
}

/** Without kubectl, `auto` goes on without it and `kubectl` cannot do anything. */
function sayTransport(transport: Settings["transport"], hasKubectl: boolean): void {
  if (hasKubectl || transport === "api") return;
  const log = loggerOf("kubectl");
  if (transport === "auto") log.info("kubectl cannot be run; clusters are reached directly");
  else log.warn("kubectl cannot be run; install it and have it on PATH, or use --transport api");
}
