import { choice, command, on } from "./command.ts";
import type { Placed } from "./routes.ts";
import { SERVE_FLAGS } from "./serve_command.ts";

const view = command(async () => (await import("./config_view.ts")).configView, {
  flags: {
    ...SERVE_FLAGS,
    showOrigin: on("Show the source of each setting: flag, environment variable, file or default"),
    output: choice("Output format (default: table)", ["table", "yaml", "json"]),
  },
  aliases: { o: "output" },
  brief: "Show the settings in effect, and their source",
  full:
    "Shows the paths of the configuration, the clusters folder and the run directory, and each setting " +
    "in effect. Search order: flags; environment variables; the working directory, if it has " +
    "configs/defaults.yaml or clusters/; $XDG_CONFIG_HOME/argocd-configurer " +
    "(~/.config/argocd-configurer), then /etc/argocd-configurer, if it has config.yaml or clusters/. The " +
    "environment variables ARGOCD_CONFIGURER_CONFIG and ARGOCD_CONFIGURER_RUN_DIR set --config and " +
    "--run-dir.",
  examples: [
    ["", "Show the settings that a command or a start in this directory would use"],
    [
      "--show-origin",
      "Show the flag, environment variable, file and line, or default of each setting",
    ],
  ],
});

export const CONFIG_COMMANDS: readonly Placed[] = [
  { words: ["config", "view"], brief: view.brief, group: "Show the configuration", command: view },
];
