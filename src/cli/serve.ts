import { resolve } from "node:path";
import { clustersFolder } from "../clusters/folder.ts";
import { PassedOverFiles } from "../clusters/passed_over_files.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { Settings } from "../config/schema.ts";
import { systemdNotifier } from "../daemon/systemd_notify.ts";
import { noting } from "../kube/process.ts";
import { type LogFile, logFile } from "../log/line_writer.ts";
import { configureLog } from "../log/logger.ts";
import { observe } from "../observe/observe.ts";
import type { Wiring } from "../server/reload.ts";
import { runServer } from "../server/run_server.ts";
import { Failure } from "./failure.ts";
import { holdPidFile } from "./hold_pid_file.ts";
import { thisMachine } from "./machine.ts";
import { asksForTokens, readSettings } from "./read_settings.ts";
import { reasonOf } from "./reason.ts";
import type { SettingFlags } from "./setting_flags.ts";
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
  const { settings } = config;
  using ending = new DisposableStack();
  const file = flags.logFile === undefined
    ? undefined
    : ending.adopt(openLog(flags.logFile), (each) => each.close());
  // The first stack of an error takes a file descriptor; without one left Deno 2.9.6 would panic.
  void new Error().stack;
  say(config, file);
  const notifier = ending.adopt(
    systemdNotifier({
      socket: Deno.env.get("NOTIFY_SOCKET"),
      watchdogUsec: Deno.env.get("WATCHDOG_USEC"),
      watchdogPid: Deno.env.get("WATCHDOG_PID"),
    }),
    (each) => each.close(),
  );
  const passedOver = new PassedOverFiles();
  await lookForClusters(settings, passedOver);
  const { pidFile } = flags;
  const held = pidFile === undefined ? undefined : await holdPidFile(pidFile, flags, config);
  ending.defer(() => held?.release());
  const children = pidFile === undefined
    ? undefined
    : await (await import("./take_over_children.ts")).takeOverChildren(pidFile);
  ending.defer(() => children?.release());
  const here = thisMachine(children && noting(children.add));
  let asked = asksForTokens(settings);
  return await runServer({
    settings,
    read: () => readSettings(flags, config),
    async load(onLonger): Promise<Wiring> {
      const [{ shared }, { wireServer }] = await Promise.all([
        import("../shared.ts"),
        import("../wire_server.ts"),
      ]);
      const common = shared(here, passedOver, onLonger);
      return {
        program: wireServer(settings, here, VERSION, common),
        again: (settings) => wireServer(settings, here, VERSION, common),
        stopping: () => common.limits.close(),
        end: () => common.auditLogs.close(),
      };
    },
    onListening(url) {
      held?.publish(url);
      notifier.ready();
      sayTransport(settings.transport, here.hasKubectl);
    },
    async onReload(next, stopSeconds) {
      say(next, file);
      await lookForClusters(next.settings, passedOver);
      held?.change(next.settings, stopSeconds);
      const asks = asksForTokens(next.settings);
      if (asked && !asks) observe("config.authentication_disabled");
      asked = asks;
    },
    onLongerStop: (stopSeconds) => held?.changeStop(stopSeconds),
    onStopping: () => notifier.stopping(),
  });
}

function openLog(path: string): LogFile {
  try {
    return logFile(path, {
      onLost: (lines, why) => observe("log.lines_lost", { lines, why }),
      onStuck: (why) => observe("log.not_rotated", { why }),
    });
  } catch (error) {
    throw new Failure(`Cannot open log file ${path}: ${reasonOf(error)}`);
  }
}

/** Logs as configured from now on, and what is configured. */
function say(config: LoadedConfig, log: LogFile | undefined): void {
  const { settings, warnings, file, isThere } = config;
  configureLog({ format: settings["log-format"], level: settings["log-level"], write: log });
  observe("config.loaded", {
    file: isThere ? resolve(file) : "none",
    clusters: resolve(settings["clusters-folder"]),
    timeout: settings.kubectl_timeout,
  });
  for (const warning of warnings) observe("config.warning", { warning });
}

/** So that the log says what is no kubeconfig in their folder, or that there is no such folder. */
async function lookForClusters(settings: Settings, passedOver: PassedOverFiles): Promise<void> {
  const folder = clustersFolder(settings["clusters-folder"]);
  try {
    await passedOver.namesIn(folder);
  } catch (error) {
    observe("clusters.folder_unreadable", { folder: folder.path, reason: reasonOf(error) });
  }
}

/** Without kubectl, `auto` goes on without it and `kubectl` cannot do anything. */
function sayTransport(transport: Settings["transport"], hasKubectl: boolean): void {
  if (hasKubectl || transport === "api") return;
  observe(transport === "auto" ? "kubectl.not_found" : "kubectl.missing");
}
