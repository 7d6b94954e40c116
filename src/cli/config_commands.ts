import { choice, command, on } from "./command.ts";
import type { Placed } from "./routes.ts";
import { SERVE_FLAGS } from "./serve_command.ts";

const view = command(async () => (await import("./config_view.ts")).configView, {
  flags: {
    ...SERVE_FLAGS,
    showOrigin: on("Show where each setting comes from"),
    output: choice("How it is shown (default: table)", ["table", "yaml", "json"]),
  },
  aliases: { o: "output" },
  brief: "Show the settings in effect, and where they come from",
  full:
    "Shows where configuration, clusters and run files were found, and each setting in effect. " +
    "They are looked for in this order: flags; environment variables; the working directory, when it " +
    "has configs/defaults.yaml or clusters/; $XDG_CONFIG_HOME/argocd-configurer " +
    "(~/.config/argocd-configurer) and /etc/argocd-configurer, with config.yaml or clusters/. " +
    "ARGOCD_CONFIGURER_CONFIG and ARGOCD_CONFIGURER_RUN_DIR stand for --config and --run-dir.",
  examples: [
    ["", "What a command or a start from here would use"],
    ["--show-origin", "The flag, environment variable, file and line, or default of each setting"],
  ],
});

export const CONFIG_COMMANDS: readonly Placed[] = [
  { words: ["config", "view"], brief: view.brief, group: "Show the configuration", command: view },
];
