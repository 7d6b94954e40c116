import {
  buildChoiceParser,
  buildCommand,
  buildRouteMap,
  type CommandContext,
  numberParser,
  type TypedCommandParameters,
} from "@stricli/core";
import { ConfigError } from "../config/load.ts";
import { type Shell, SHELLS } from "./completion/shells.ts";
import { Failure } from "./failure.ts";
import { serve as runServe, type ServeFlags } from "./serve.ts";
import type { LogsFlags } from "./logs.ts";
import type { RestartFlags } from "./restart.ts";
import type { StartFlags } from "./start.ts";
import type { StatusFlags } from "./status.ts";
import type { StopFlags } from "./stop.ts";
import type { CreateTokenFlags, TokenFileFlags } from "./token.ts";
import { print, printError } from "./terminal.ts";
import { versionDetails } from "./version.ts";

/** What a command is run with. */
export interface Context extends CommandContext {
  /** Sets the program's exit code. */
  finish(exitCode: number): void;
}

type Parameters<Flags extends Readonly<Record<string, unknown>>, Args extends string[]> =
  TypedCommandParameters<
    Flags,
    Args,
    Context
  >;

/**
 * One command. What it does is loaded when it runs, because a start waits for what is loaded.
 * @param load gives the function that runs it and resolves with the exit code
 */
function command<Flags extends Readonly<Record<string, unknown>>, Args extends string[] = []>(
  load: () => Promise<(flags: Flags, ...args: Args) => number | Promise<number>>,
  parameters: Parameters<Flags, Args>,
  docs: {
    readonly brief: string;
    readonly full?: string;
    readonly examples: readonly (readonly [input: string, brief: string])[];
  },
) {
  return buildCommand<Flags, Args, Context>({
    async loader() {
      const run = await load();
      return async function (this: Context, flags: Flags, ...args: Args): Promise<void> {
        try {
          this.finish(await run(flags, ...args));
        } catch (error) {
          const isFailure = error instanceof Failure;
          if (!isFailure && !(error instanceof ConfigError)) throw error;
          printError(`error: ${error.message}\n`);
          this.finish(isFailure ? error.exitCode : 2);
        }
      };
    },
    parameters,
    docs: {
      brief: docs.brief,
      fullDescription: docs.full,
      customUsage: docs.examples.map(([input, brief]) => ({ input, brief })),
    },
  });
}

const text = (brief: string, placeholder: string) =>
  ({ kind: "parsed", parse: String, brief, placeholder, optional: true }) as const;

const number = (brief: string, placeholder: string) =>
  ({ kind: "parsed", parse: numberParser, brief, placeholder, optional: true }) as const;

const SERVE_FLAGS = {
  config: text("Configuration file (default: configs/defaults.yaml)", "file"),
  host: text("Address to listen on", "address"),
  port: number("Port to listen on; 0 for any free one", "number"),
  clustersFolder: text("Folder of kubeconfigs", "folder"),
  kubectlTimeout: number("Time for the commands of one request", "seconds"),
  transport: text("How clusters are reached: auto, kubectl or api", "transport"),
  argocdNamespace: text("Namespace of Argo CD", "namespace"),
  tokensFile: text("File of the tokens that are accepted; 'token create' makes them", "file"),
  tlsCert: text("Certificate chain (PEM), to serve HTTPS", "file"),
  tlsKey: text("Its key (PEM)", "file"),
  behindProxy: {
    kind: "boolean",
    brief: "A proxy in front does TLS",
    optional: true,
    withNegated: false,
  },
  logFormat: text("text or json", "format"),
  logLevel: text("debug, info, warning or error", "level"),
} as const;

const serve = command<ServeFlags>(
  () => Promise.resolve(runServe), // imported above: to load it apart takes a tenth of the start
  {
    flags: {
      ...SERVE_FLAGS,
      pidFile: text("Hold this file while serving; it names the process and the URL", "file"),
      logFile: text("Write the log to this file, by turns of 10 MiB, not to the terminal", "file"),
    },
  },
  {
    brief: "Serve the HTTP API",
    full:
      "Serves the HTTP API until SIGTERM or Ctrl-C; then requests under way end first. SIGHUP " +
      "reads the configuration again. This is what runs without a command.",
    examples: [
      ["", "Serve the kubeconfigs in ./clusters on http://127.0.0.1:8091"],
      ["--clusters-folder /etc/kubeconfigs --port 9000", "Others, on another port"],
    ],
  },
);

const RUN_DIR = {
  runDir: text("Folder of server.pid and server.log (default: the working directory)", "folder"),
} as const;

const WAIT = {
  wait: number("Time until the server has to answer (default: 30)", "seconds"),
} as const;

const TIMEOUT = {
  timeout: number("Time until it is killed (default: 120)", "seconds"),
} as const;

const LINES = (brief: string) => ({ lines: number(brief, "number") }) as const;

const start = command<StartFlags>(
  async () => (await import("./start.ts")).start,
  { flags: { ...SERVE_FLAGS, ...RUN_DIR, ...WAIT } },
  {
    brief: "Serve in the background",
    full: "Starts the server in the background and returns when it answers, or says why it does " +
      "not. When it runs already, that is said and all is well.",
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
    full: "Stops the server and starts it again: as it was started before or, when there are " +
      "flags of serve, with these.",
    examples: [
      ["", "After an upgrade"],
      ["--transport api", "With other flags"],
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

const TOKENS_FILE = {
  tokensFile: text("File of the tokens (default: the setting tokens-file)", "file"),
  config: SERVE_FLAGS.config,
} as const;

const needed = (brief: string, placeholder: string) =>
  ({ kind: "parsed", parse: String, brief, placeholder }) as const;

const tokenCreate = command<CreateTokenFlags>(
  async () => (await import("./token.ts")).createToken,
  {
    flags: {
      name: needed("Who or what it is for; the log names it", "name"),
      role: needed("reader, writer or admin", "role"),
      clusters: text("Names or patterns of the clusters it is for (default: all)", "list"),
      expires: text("90d, 12h, 30m or a time (default: never)", "time"),
      ...TOKENS_FILE,
    },
  },
  {
    brief: "Make a token and print it, once",
    full: "Prints a new token on standard output and keeps its SHA-256 sum in the file of tokens.",
    examples: [
      [
        "--name ci --role writer --clusters 'prod-*,test' --expires 90d --tokens-file tokens.yaml",
        "For a pipeline, for some clusters, for ninety days",
      ],
    ],
  },
);

const tokenList = command<TokenFileFlags>(
  async () => (await import("./token.ts")).listTokens,
  { flags: TOKENS_FILE },
  {
    brief: "Show the tokens' names, roles, clusters and ends",
    examples: [["--tokens-file tokens.yaml", "Those of a file"]],
  },
);

const tokenRemove = command<TokenFileFlags, [name: string]>(
  async () => (await import("./token.ts")).removeToken,
  {
    flags: TOKENS_FILE,
    positional: {
      kind: "tuple",
      parameters: [{ brief: "Of the token", placeholder: "name", parse: String }],
    },
  },
  {
    brief: "Remove a token, which stops working at once",
    examples: [["ci --tokens-file tokens.yaml", "That of the pipeline"]],
  },
);

const token = buildRouteMap({
  routes: { create: tokenCreate, list: tokenList, remove: tokenRemove },
  docs: { brief: "Make, show and remove tokens for the API" },
});

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
  routes: { serve, start, stop, restart, status, logs, token, demo, completion, version },
  docs: {
    brief: "Puts, shows and checks the credentials of Argo CD and kubelets on many clusters.",
  },
});
