import { command, text } from "./command.ts";
import { grouped } from "./help/groups.ts";
import { serve as runServe } from "./serve.ts";
import { settingFlags } from "./setting_flags.ts";

/** Flags of serve, and of what starts it. */
export const SERVE_FLAGS = settingFlags("serve");

/** Serves; flags without a command do so, too. */
export const serve = command(
  () => Promise.resolve(runServe), // imported above: to load it apart takes a tenth of the start
  {
    flags: {
      ...SERVE_FLAGS,
      ...grouped("process", {
        pidFile: text("Hold this file while serving; it names the process and the URL", "file"),
      }),
      ...grouped("output", {
        logFile: text(
          "Write the log to this file, by turns of 10 MiB, not to the terminal",
          "file",
        ),
      }),
    },
    brief: "Serve the HTTP API",
    full:
      "Serves the HTTP API until SIGTERM or Ctrl-C; then requests under way end first. SIGHUP " +
      "reads the configuration again.\n\nFlags without a command serve, too.",
    examples: [
      ["", "Serve the kubeconfigs in ./clusters on http://127.0.0.1:8091"],
      ["--clusters-folder /etc/kubeconfigs --port 9000", "Others, on another port"],
    ],
  },
);
