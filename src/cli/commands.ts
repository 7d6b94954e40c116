import { buildRouteMap } from "@stricli/core";
import type { Operation } from "../operations/operation.ts";
import { OPERATIONS } from "../operations/table.ts";
import { operationCommands } from "./bind.ts";
import { CLUSTER_COMMANDS } from "./clusters/cluster_commands.ts";
import { choice, command, number, on, text } from "./command.ts";
import { CONFIG_COMMANDS } from "./config_commands.ts";
import { help } from "./help_command.ts";
import { Failure } from "./failure.ts";
import { orOf } from "./proposals.ts";
import { commandRoutes } from "./routes.ts";
import { SERVE_FLAGS, serveCommand } from "./serve_command.ts";
import { print } from "./terminal.ts";
import { TOKEN_COMMANDS } from "./token_commands.ts";
import { versionDetails } from "./version.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;

const RUN_DIR = text(
  "Run directory, with server.pid and server.log (default: ~/.local/state/argocd-configurer if the " +
    "configuration or the clusters are in ~/.config or /etc, else the working directory)",
  "folder",
);

const WAIT = number("Time to wait until the server is healthy (seconds; default: 30)", "seconds");

const TIMEOUT = number(
  "Time after which the server is killed (seconds; default: slightly longer than a stop takes at most, as status shows)",
  "seconds",
);

const start = command(async () => (await import("./start.ts")).start, {
  flags: { ...SERVE_FLAGS, runDir: RUN_DIR, wait: WAIT },
  brief: "Start the server in the background and wait until it is healthy",
  full:
    "Prints the warnings of the start, such as rejected kubeconfigs, or the errors if the start fails. " +
    "If the server is already running, the exit code is 0; it is 1 if that server has other settings " +
    "than the flags given here, or no authentication although the settings require it. Use restart to " +
    "change that.",
  examples: [
    ["", "Start with the configuration and the clusters that are found"],
    [
      "--run-dir /srv/argocd-configurer --port 9000",
      "Start on another port, with another run directory",
    ],
  ],
});

const stop = command(async () => (await import("./stop.ts")).stop, {
  flags: { runDir: RUN_DIR, timeout: TIMEOUT },
  brief: "Stop the background server",
  full:
    "Waits until the server has finished the requests in progress. After the timeout, the server is " +
    "killed (exit code 1).",
  examples: [["", "Stop the server that start has started"]],
});

const restart = command(async () => (await import("./restart.ts")).restart, {
  flags: { ...SERVE_FLAGS, runDir: RUN_DIR, wait: WAIT, timeout: TIMEOUT },
  brief: "Restart the background server with its previous flags",
  full:
    "Stops the server and starts it again with the same flags and in the same working directory. " +
    "Flags given here override the previous ones. Configuration, tokens and certificate are checked " +
    "first: if they are not valid, the exit code is 2 and the server keeps running. To drop the " +
    "previous flags, or to disable authentication, use stop and start.",
  examples: [
    ["", "Restart after an upgrade"],
    ["--transport api", "Restart with one changed flag"],
  ],
});

const status = command(async () => (await import("./status.ts")).status, {
  flags: {
    runDir: RUN_DIR,
    lines: number("Lines of the log to show (default: 5)", "number"),
    output: choice("Output format (default: table)", ["table", "json", "yaml"]),
  },
  aliases: { n: "lines", o: "output" },
  brief: "Show the status of the background server",
  exitCodes: "0: running and healthy; 1: running, but not responding; 3: stopped",
  examples: [
    ["", "Show the status and the end of the log"],
    ["-o json", "Show the status for a script, without the log"],
  ],
});

const logs = command(async () => (await import("./logs.ts")).logs, {
  flags: {
    follow: on("Follow the log until Ctrl-C"),
    lines: number("Lines to show (default: 50)", "number"),
    runDir: RUN_DIR,
  },
  aliases: { f: "follow", n: "lines" },
  brief: "Show the log of the background server",
  examples: [
    ["-n 100", "Show the last 100 lines"],
    ["-f", "Show the last lines, and new ones as they are written"],
  ],
});

const demo = command(async () => (await import("./demo.ts")).demo, {
  flags: {
    port: number("Port to listen on; 0 picks a free port (default: 8091)", "number"),
    twelve: on("Serve the twelve clusters of docs/rotate.md instead of eight"),
    logFile: text(
      "Write the log to this file and keep it (default: a temporary file, deleted at the end)",
      "file",
    ),
  },
  brief: "Serve eight emulated clusters to try argocd-configurer",
  full:
    "Serves emulated clusters until Ctrl-C, and prints requests and commands to try. The log goes " +
    "to a file. Nothing leaves this machine.",
  examples: [
    ["", "Serve eight emulated clusters on port 8091"],
    ["--twelve", "Serve the clusters on which docs/rotate.md replaces a leaked token"],
  ],
});

function shellOf(input: string): typeof SHELLS[number] {
  const shell = SHELLS.find((each) => each === input);
  if (shell === undefined) throw new SyntaxError(`must be ${orOf(SHELLS)}`);
  return shell;
}

/** Optional for Stricli: the command reports a missing shell with its own usage. */
const SHELL = {
  brief: "bash, zsh or fish",
  placeholder: "shell",
  parse: shellOf,
  proposeCompletions: () => SHELLS,
  optional: true,
  isNeeded: true,
} as const;

const completion = command(
  async () => {
    const { completionScript } = await import("./completion.ts");
    return (_flags: object, shell?: typeof SHELLS[number]) => {
      if (shell === undefined) {
        throw new Failure(`Missing SHELL (completion SHELL): ${orOf(SHELLS)}`, 2, {
          isInHelp: true,
        });
      }
      print(completionScript(shell));
      return 0;
    };
  },
  {
    flags: {},
    positional: {
      kind: "tuple",
      parameters: [SHELL],
    },
    brief: "Print the completion script for a shell",
    examples: [
      ["bash", "In ~/.bashrc: source <(argocd-configurer completion bash)"],
      ["zsh", "In ~/.zshrc, after compinit: source <(argocd-configurer completion zsh)"],
      [
        "fish",
        "In ~/.config/fish/config.fish: argocd-configurer completion fish | source",
      ],
    ],
  },
);

const version = command(
  () =>
    Promise.resolve(() => {
      print(versionDetails() + "\n");
      return 0;
    }),
  {
    flags: {},
    brief: "Show the version, commit and runtime",
    examples: [["", "Show the versions to include in a bug report"]],
  },
);

/**
 * All commands.
 * @param words of the command line: commands of other operations have neither flags nor help, because
 * that would load their modules. "all" loads all of them
 */
export async function commandsFor(
  words: readonly string[] | "all",
  operations: readonly Operation[] = OPERATIONS,
) {
  return buildRouteMap({
    routes: {
      serve: serveCommand,
      start,
      stop,
      restart,
      status,
      logs,
      ...commandRoutes([
        ...await operationCommands(operations, words),
        ...CLUSTER_COMMANDS,
        ...TOKEN_COMMANDS,
        ...CONFIG_COMMANDS,
      ]),
      demo,
      completion,
      help,
      version,
    },
    docs: {
      brief:
        "Manage image pull secrets and Argo CD repository credentials on many Kubernetes clusters",
    },
  });
}
