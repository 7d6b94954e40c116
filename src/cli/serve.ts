import { resolve } from "node:path";
import { delay } from "../async/timed.ts";
import { FolderLog } from "../clusters/folder_log.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { Settings } from "../config/schema.ts";
import type { ConfigWarning } from "../config/warning.ts";
import { systemdNotifier } from "../daemon/systemd_notify.ts";
import { trackProcesses } from "../kube/process.ts";
import type { LogFile } from "../log/line_writer.ts";
import { configureLog } from "../log/logger.ts";
import { observe } from "../observe/observe.ts";
import type { Wiring } from "../server/reload.ts";
import { runServer } from "../server/run_server.ts";
import { holdPidFile } from "./hold_pid_file.ts";
import { thisMachine } from "./machine.ts";
import { logClustersFolder, logRejectedKubeconfigs } from "./log_clusters_folder.ts";
import { openLog } from "./open_log.ts";
import { areTokensRequired, readSettings } from "./read_settings.ts";
import type { SettingFlags } from "./setting_flags.ts";
import { VERSION } from "./version.ts";

export type ServeFlags = SettingFlags & {
  /** @default standard error */
  readonly logFile?: string;
  /** Held while serving; see {@link claim}. */
  readonly pidFile?: string;
};

/** Milliseconds from listening to a look at the kubeconfigs, which does not delay the first probe then. */
const AFTER_START = 50;

/** Serves the HTTP API until a signal ends it. */
export async function serve(flags: ServeFlags): Promise<number> {
  const config = await readSettings(flags);
  const { settings } = config;
  using ending = new DisposableStack();
  const file = flags.logFile === undefined
    ? undefined
    : ending.adopt(openLog(flags.logFile), (each) => each.close());
  // The first stack trace needs a file descriptor: Deno 2.9.6 panics if none is left then.
  void new Error().stack;
  applyLog(config, file);
  const notifier = ending.adopt(
    systemdNotifier({
      socket: Deno.env.get("NOTIFY_SOCKET"),
      watchdogUsec: Deno.env.get("WATCHDOG_USEC"),
      watchdogPid: Deno.env.get("WATCHDOG_PID"),
    }),
    (each) => each.close(),
  );
  const folderLog = new FolderLog();
  await logClustersFolder(settings, folderLog);
  const { pidFile } = flags;
  const held = pidFile === undefined ? undefined : await holdPidFile(pidFile, flags, config);
  ending.defer(() => held?.release());
  const children = pidFile === undefined
    ? undefined
    : await (await import("./take_over_children.ts")).takeOverChildren(pidFile);
  ending.defer(() => children?.release());
  const here = thisMachine(children && trackProcesses(children.add));
  let isStopping = false;
  let wereTokensRequired = areTokensRequired(settings);
  return await runServer({
    settings,
    read: () => readSettings(flags, config),
    async load(onLonger): Promise<Wiring> {
      const [{ shared }, { wireServer }] = await Promise.all([
        import("../shared.ts"),
        import("../wire_server.ts"),
      ]);
      const common = shared(here, folderLog, onLonger);
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
      logMissingKubectl(settings.transport, here.hasKubectl);
      void (async () => {
        await delay(AFTER_START);
        await logRejectedKubeconfigs(settings, here, folderLog);
        if (!isStopping) held?.sawClusters();
      })();
    },
    async onReload(next, stopSeconds) {
      applyLog(next, file);
      await logClustersFolder(next.settings, folderLog);
      void logRejectedKubeconfigs(next.settings, here, folderLog);
      held?.change(next.settings, stopSeconds);
      const isRequired = areTokensRequired(next.settings);
      if (wereTokensRequired && !isRequired) observe("config.authentication_disabled");
      wereTokensRequired = isRequired;
    },
    onLongerStop: (stopSeconds) => held?.changeStop(stopSeconds),
    onStopping() {
      isStopping = true;
      notifier.stopping();
    },
  });
}

/** Configures the log, and logs the configuration and its warnings. */
function applyLog(config: LoadedConfig, log: LogFile | undefined): void {
  const { settings, warnings, file, isThere } = config;
  configureLog({ format: settings["log-format"], level: settings["log-level"], write: log });
  observe("config.loaded", {
    file: isThere ? resolve(file) : "none",
    clusters_folder: resolve(settings["clusters-folder"]),
    kubectl_timeout: settings.kubectl_timeout,
  });
  warnings.forEach(logConfigWarning);
}

function logConfigWarning(warning: ConfigWarning): void {
  switch (warning.kind) {
    case "unknown_setting": {
      const { setting, origin, nearest } = warning;
      return observe("config.unknown_setting", { setting, origin, did_you_mean: nearest });
    }
    case "unknown_variable": {
      const { variable, nearest } = warning;
      return observe("config.unknown_variable", { variable, did_you_mean: nearest });
    }
    case "empty_variable":
      return observe("config.empty_variable", { variable: warning.variable });
  }
}

/** Logs that there is no kubectl: `auto` works without it, `kubectl` does not. */
function logMissingKubectl(transport: Settings["transport"], hasKubectl: boolean): void {
  if (hasKubectl || transport === "api") return;
  if (transport === "auto") observe("kubectl.not_found");
  else {observe("kubectl.missing", {
      hint: "install it and have it on PATH, or use --transport api",
    });}
}
