import { envName } from "../config/names.ts";
import { SETTINGS } from "../config/settings.ts";
import { commandsFor } from "./commands.ts";
import { PASSWORD_VARIABLE } from "./client/secret_input.ts";
import { manText } from "./help/man.ts";
import { allCommands, type HelpEntry, helpPage } from "./help/model.ts";
import { VERSION } from "./version.ts";

/** The manual page in roff: `argocd-configurer.1`. */
export async function manPage(): Promise<string> {
  const root = await commandsFor("all");
  return manText({
    version: VERSION,
    overview: helpPage(root, []),
    pages: allCommands(root).map(({ words }) => helpPage(root, words)),
    environment: ENVIRONMENT,
    files: FILES,
  });
}

const ENVIRONMENT: readonly HelpEntry[] = [
  {
    term: PASSWORD_VARIABLE,
    brief: "Password or token of a credential, if no flag gives it.",
  },
  { term: "ARGOCD_CONFIGURER_SERVER", brief: "URL of a running server to use, as --server." },
  {
    term: "ARGOCD_CONFIGURER_SERVER_TOKEN, ARGOCD_CONFIGURER_TOKEN",
    brief:
      "Token for that server. ARGOCD_CONFIGURER_TOKEN is also an admin token that serve accepts.",
  },
  {
    term: "ARGOCD_CONFIGURER_SERVER_CA",
    brief: "CA certificates to trust for the server, as --server-ca.",
  },
  {
    term: "ARGOCD_CONFIGURER_SETTING",
    brief: "Any setting of the configuration file, for example " +
      `${envName("clusters-folder")} for clusters-folder. Settings: ${
        Object.keys(SETTINGS).join(", ")
      }.`,
  },
  {
    term: "NO_COLOR, CLICOLOR_FORCE",
    brief:
      "Disable colours, or force them if the output is not a terminal. --color overrides both.",
  },
  { term: "COLUMNS", brief: "Width of help, if the output is not a terminal." },
];

const FILES: readonly HelpEntry[] = [
  {
    term: "configs/defaults.yaml, clusters/",
    brief:
      "Configuration file and clusters folder in the working directory, which is used if it has either.",
  },
  {
    term: "~/.config/argocd-configurer/, /etc/argocd-configurer/",
    brief:
      "Otherwise, the first of these folders that has config.yaml or clusters/ ($XDG_CONFIG_HOME).",
  },
  { term: "clusters/NAME.kubeconfig", brief: "Kubeconfig of the cluster NAME." },
  { term: "clusters/labels.yaml", brief: "Labels of the clusters." },
  {
    term: "server.pid, server.log",
    brief:
      "Process id, URL and log of the background server: in ~/.local/state/argocd-configurer " +
      "($XDG_STATE_HOME) if one of those two is used, else in the working directory.",
  },
];
