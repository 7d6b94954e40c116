import { buildChoiceParser, buildRouteMap } from "@stricli/core";
import { command, number, text } from "./command.ts";
import {
  audit,
  clusters,
  deleteCommand,
  docker,
  repo,
  secrets,
  verify,
} from "./credential_commands.ts";
import { type Shell, SHELLS } from "./completion/shells.ts";
import type { LogsFlags } from "./logs.ts";
import type { RestartFlags } from "./restart.ts";
import { serve, SERVE_FLAGS } from "./serve_command.ts";
import type { StartFlags } from "./start.ts";
import type { StatusFlags } from "./status.ts";
import type { StopFlags } from "./stop.ts";
import { print } from "./terminal.ts";
import { token } from "./token_commands.ts";
import { versionDetails } from "./version.ts";

const RUN_DIR = {
  runDir: text(
    "Folder of server.pid, server.children and server.log (default: the working directory)",
    "folder",
  ),
} as const;

const WAIT = {
  wait: number("Time until the server has to answer (seconds; default: 30)", "seconds"),
} as const;

const TIMEOUT = {
  timeout: number(
    "Time until it is killed (seconds; default: a little more than status says that it needs)",
    "seconds",
  ),
} as const;

const LINES = (brief: string) => ({ lines: number(brief, "number") }) as const;

const start = command<StartFlags>(
  async () => (await import("./start.ts")).start,
  { flags: { ...SERVE_FLAGS, ...RUN_DIR, ...WAIT } },
  {
    brief: "Serve in the background",
    full: "Starts the server in the background and returns when it answers, or says why it does " +
      "not. When it runs already, that is said and all is well; but with other flags than those " +
      "given here, or without tokens that it would ask for, that is exit code 1: see restart.",
    examples: [
      ["", "server.pid and server.log are in the working directory"],
      ["--run-dir /var/lib/argocd-configurer --port 9000", "They are elsewhere"],
    ],
  },
);

const stop = command<StopFlags>(
  async () => (await import("./stop.ts")).stop,
  { flags: { ...RUN_DIR, ...TIMEOUT } },
  {
    brief: "Stop what serves in the background",
    full: "Lets the server end its requests, writes above all, and waits for that. After the " +
      "timeout it is killed, which is exit code 1.",
    examples: [["", "The server of this folder"]],
  },
);

const restart = command<RestartFlags>(
  async () => (await import("./restart.ts")).restart,
  { flags: { ...SERVE_FLAGS, ...RUN_DIR, ...WAIT, ...TIMEOUT } },
  {
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
  },
);

const status = command<StatusFlags>(
  async () => (await import("./status.ts")).status,
  {
    flags: { ...RUN_DIR, ...LINES("Lines of the log to show (default: 5)") },
    aliases: { n: "lines" },
  },
  {
    brief: "Show what serves in the background",
    full: "Exit code 0: it runs. 3: it does not. 1: it runs, but does not answer.",
    examples: [["", "The server of this folder"]],
  },
);

const logs = command<LogsFlags>(
  async () => (await import("./logs.ts")).logs,
  {
    flags: {
      follow: { kind: "boolean", brief: "Go on until Ctrl-C", optional: true, withNegated: false },
      ...LINES("Lines to show (default: 50)"),
      ...RUN_DIR,
    },
    aliases: { f: "follow", n: "lines" },
  },
  {
    brief: "Show the log of what serves in the background",
    examples: [
      ["-n 100", "The last hundred lines"],
      ["-f", "What comes, too"],
    ],
  },
);

const demo = command<{ port?: number }>(
  async () => (await import("./demo.ts")).demo,
  { flags: { port: number("Port to listen on; 0 for any free one (default: 8091)", "number") } },
  {
    brief: "Try it without a cluster: serve three emulated ones",
    examples: [["", "Serve them until Ctrl-C, and print curl commands to try"]],
  },
);

const completion = command<Record<never, never>, [shell: Shell]>(
  async () => {
    const { completionScript } = await import("./completion.ts");
    return (_flags, shell) => {
      print(completionScript(shell));
      return 0;
    };
  },
  {
    positional: {
      kind: "tuple",
      parameters: [{
        brief: "bash, zsh or fish",
        placeholder: "shell",
        parse: buildChoiceParser(SHELLS),
        proposeCompletions: () => SHELLS,
      }],
    },
  },
  {
    brief: "Print what makes a shell complete the command line",
    examples: [
      ["bash", "source <(argocd-configurer completion bash)"],
      ["zsh", "source <(argocd-configurer completion zsh), after compinit"],
      ["fish", "argocd-configurer completion fish | source"],
    ],
  },
);

const version = command<Record<never, never>>(
  () =>
    Promise.resolve(() => {
      print(versionDetails() + "\n");
      return 0;
    }),
  {},
  {
    brief: "Show version, commit and runtime",
    examples: [["", "What to say when you report a problem"]],
  },
);

/** All commands. */
export const ROUTES = buildRouteMap({
  routes: {
    serve,
    start,
    stop,
    restart,
    status,
    logs,
    clusters,
    secrets,
    docker,
    repo,
    verify,
    delete: deleteCommand,
    audit,
    token,
    demo,
    completion,
    version,
  },
  docs: {
    brief: "Puts, shows and checks the credentials of Argo CD and kubelets on many clusters.",
  },
});
