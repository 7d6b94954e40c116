import { buildRouteMap } from "@stricli/core";
import type { Operation } from "../operations/operation.ts";
import { OPERATIONS } from "../operations/table.ts";
import { allSecretWays, operationCommands } from "./bind.ts";
import { CLUSTER_COMMANDS } from "./clusters/cluster_commands.ts";
import { choice, command, number, on, text } from "./command.ts";
import { CONFIG_COMMANDS } from "./config_commands.ts";
import { help } from "./help_command.ts";
import { orOf } from "./proposals.ts";
import { routesOf } from "./routes.ts";
import { serve, SERVE_FLAGS } from "./serve_command.ts";
import { print } from "./terminal.ts";
import { TOKEN_COMMANDS } from "./token_commands.ts";
import { versionDetails } from "./version.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;

const RUN_DIR = text(
  "Folder of server.pid, server.children and server.log (default: the working directory when it has " +
    "configs/defaults.yaml or clusters/, else ~/.local/state/argocd-configurer)",
  "folder",
);

const WAIT = number("Time until the server has to answer (seconds; default: 30)", "seconds");

const TIMEOUT = number(
  "Time until it is killed (seconds; default: a little more than status says that it needs)",
  "seconds",
);

const start = command(async () => (await import("./start.ts")).start, {
  flags: { ...SERVE_FLAGS, runDir: RUN_DIR, wait: WAIT },
  brief: "Serve in the background",
  full: "Starts the server in the background and returns when it answers, or says why it does " +
    "not. When it runs already, that is said and all is well; but with other flags than those " +
    "given here, or without tokens that it would ask for, that is exit code 1: see restart.",
  examples: [
    ["", "With the configuration and the clusters that are found"],
    ["--run-dir /srv/argocd-configurer --port 9000", "server.pid and server.log are there"],
  ],
});

const stop = command(async () => (await import("./stop.ts")).stop, {
  flags: { runDir: RUN_DIR, timeout: TIMEOUT },
  brief: "Stop what serves in the background",
  full: "Lets the server end its requests, writes above all, and waits for that. After the " +
    "timeout it is killed, which is exit code 1.",
  examples: [["", "That which start started, from any directory"]],
});

const restart = command(async () => (await import("./restart.ts")).restart, {
  flags: { ...SERVE_FLAGS, runDir: RUN_DIR, wait: WAIT, timeout: TIMEOUT },
  brief: "Stop and start again",
  full: "Stops the server and starts it again as it was started before, in the same working " +
    "directory; flags of serve that are given here take the place of those from before. What is " +
    "wrong with the configuration, the tokens or the certificate is said first, with exit code " +
    "2, and the server goes on. To start with other flags and none from before, or without " +
    "tokens: stop, then start.",
  examples: [
    ["", "After an upgrade"],
    ["--transport api", "With this flag besides those from before"],
  ],
});

const status = command(async () => (await import("./status.ts")).status, {
  flags: {
    runDir: RUN_DIR,
    lines: number("Lines of the log to show (default: 5)", "number"),
    output: choice("How it is shown (default: table)", ["table", "json", "yaml"]),
  },
  aliases: { n: "lines", o: "output" },
  brief: "Show what serves in the background",
  exitCodes: "0: running; 1: running, but not answering; 3: stopped",
  examples: [
    ["", "With the end of its log"],
    ["-o json", "For a script, without the log"],
  ],
});

const logs = command(async () => (await import("./logs.ts")).logs, {
  flags: {
    follow: on("Go on until Ctrl-C"),
    lines: number("Lines to show (default: 50)", "number"),
    runDir: RUN_DIR,
  },
  aliases: { f: "follow", n: "lines" },
  brief: "Show the log of what serves in the background",
  examples: [
    ["-n 100", "The last hundred lines"],
    ["-f", "What comes, too"],
  ],
});

const demo = command(async () => (await import("./demo.ts")).demo, {
  flags: {
    port: number("Port to listen on; 0 for any free one (default: 8091)", "number"),
    twelve: on("Serve the twelve clusters of docs/rotate.md instead"),
  },
  brief: "Try it without a cluster: serve eight emulated ones",
  examples: [
    ["", "Serve them until Ctrl-C, and print commands to try"],
    ["--twelve", "Those on which docs/rotate.md replaces a leaked token"],
  ],
});

function shellOf(input: string): typeof SHELLS[number] {
  const shell = SHELLS.find((each) => each === input);
  if (shell === undefined) throw new SyntaxError(`must be ${orOf(SHELLS)}`);
  return shell;
}

const completion = command(
  async () => {
    const { completionScript } = await import("./completion.ts");
    return (_flags: object, shell: typeof SHELLS[number]) => {
      print(completionScript(shell));
      return 0;
    };
  },
  {
    flags: {},
    positional: {
      kind: "tuple",
      parameters: [{
        brief: "bash, zsh or fish",
        placeholder: "shell",
        parse: shellOf,
        proposeCompletions: () => SHELLS,
      }],
    },
    brief: "Print what makes a shell complete the command line",
    examples: [
      ["bash", "source <(argocd-configurer completion bash)"],
      ["zsh", "source <(argocd-configurer completion zsh), after compinit"],
      ["fish", "argocd-configurer completion fish | source"],
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
    brief: "Show version, commit and runtime",
    examples: [["", "What to say when you report a problem"]],
  },
);

/**
 * All commands.
 * @param words of the command line; those of operations that are not meant have neither flags nor
 * help, whose modules would have to be loaded for that. "all" for all of them whole
 */
export async function commandsFor(
  words: readonly string[] | "all",
  operations: readonly Operation[] = OPERATIONS,
) {
  return buildRouteMap({
    routes: {
      serve,
      start,
      stop,
      restart,
      status,
      logs,
      ...routesOf([
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

/** How secrets are given, for who has given one as an argument; by the flag that there is not. */
export const secretWays = () => allSecretWays(OPERATIONS);
