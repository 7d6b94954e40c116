import { command, text } from "./command.ts";
import { grouped } from "./help/groups.ts";
import { serve as runServe } from "./serve.ts";
import { settingFlags } from "./setting_flags.ts";

/** Flags of serve, and of the commands that start it. */
export const SERVE_FLAGS = settingFlags("serve");

/** `serve`, which flags without a command run, too. */
export const serveCommand = command(
  () => Promise.resolve(runServe), // a static import: a dynamic one takes a tenth of the start
  {
    flags: {
      ...SERVE_FLAGS,
      ...grouped("process", {
        pidFile: text("Write the process id and the URL to this file, and lock it", "file"),
      }),
      ...grouped("output", {
        logFile: text(
          "Write the log to this file instead of standard error; it rotates at 10 MiB",
          "file",
        ),
      }),
    },
    brief: "Serve the HTTP API in the foreground",
    full:
      "Serves until SIGTERM or Ctrl-C, and finishes the requests in progress before it exits. SIGHUP " +
      "reloads the configuration.\n\nThe word serve can be omitted if flags follow.",
    examples: [
      ["", "Serve the clusters of ./clusters on http://127.0.0.1:8091"],
      [
        "--clusters-folder /etc/kubeconfigs --port 9000",
        "Serve the clusters of another folder on another port",
      ],
    ],
  },
);
