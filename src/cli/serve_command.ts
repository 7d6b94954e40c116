import { command, CONFIG_FLAG, number, on, text } from "./command.ts";
import { serve as runServe, type ServeFlags } from "./serve.ts";

/** Flags of serve, and of what starts it. */
export const SERVE_FLAGS = {
  config: CONFIG_FLAG,
  host: text("Address to listen on", "address"),
  port: number("Port to listen on; 0 for any free one", "number"),
  clustersFolder: text("Folder of kubeconfigs", "folder"),
  kubectlTimeout: number("Time for the commands of one request (seconds)", "seconds"),
  transport: text("How clusters are reached: auto, kubectl or api", "transport"),
  argocdNamespace: text("Namespace of Argo CD", "namespace"),
  tokensFile: text("File of the tokens that are accepted; 'token create' makes them", "file"),
  tlsCert: text("Certificate chain (PEM), to serve HTTPS", "file"),
  tlsKey: text("Its key (PEM)", "file"),
  behindProxy: on(
    "A proxy on this machine or in a private network does TLS; the setting names others",
  ),
  logFormat: text("text or json", "format"),
  logLevel: text("debug, info, warning or error", "level"),
} as const;

/** Serves, and is what runs without a command. */
export const serve = command<ServeFlags>(
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
