import { envName } from "../config/names.ts";
import { SETTINGS } from "../config/settings.ts";
import { commandsFor } from "./commands.ts";
import { PASSWORD_VARIABLE } from "./client/secret_input.ts";
import { manText } from "./help/man.ts";
import { allCommands, type Entry, helpPage } from "./help/model.ts";
import { VERSION } from "./version.ts";

/** The manual page of the program, as `man` reads it: `argocd-configurer.1`. */
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

const ENVIRONMENT: readonly Entry[] = [
  {
    term: PASSWORD_VARIABLE,
    brief: "The password or token of a credential, where no flag names a file with it.",
  },
  { term: "ARGOCD_CONFIGURER_SERVER", brief: "URL of the running server to ask, as --server." },
  {
    term: "ARGOCD_CONFIGURER_SERVER_TOKEN, ARGOCD_CONFIGURER_TOKEN",
    brief: "Token for that server; the second one also is the token that a server asks for.",
  },
  {
    term: "ARGOCD_CONFIGURER_SERVER_CA",
    brief: "Certificates that the server's is trusted by, as --server-ca.",
  },
  {
    term: "ARGOCD_CONFIGURER_SETTING",
    brief: "Any setting of the configuration file: " +
      `${envName("clusters-folder")} is clusters-folder. Settings: ${
        Object.keys(SETTINGS).join(", ")
      }.`,
  },
  {
    term: "NO_COLOR, CLICOLOR_FORCE",
    brief: "Without --color: no colours, or colours also where the output is no terminal.",
  },
  { term: "COLUMNS", brief: "Width of help where the output is no terminal." },
];

const FILES: readonly Entry[] = [
  {
    term: "configs/defaults.yaml, clusters/",
    brief:
      "Configuration file and clusters folder in the working directory; either is enough for " +
      "it to be used.",
  },
  {
    term: "~/.config/argocd-configurer/, /etc/argocd-configurer/",
    brief: "Otherwise the first of these that has config.yaml or clusters/ ($XDG_CONFIG_HOME).",
  },
  { term: "clusters/NAME.kubeconfig", brief: "The kubeconfig of the cluster NAME." },
  { term: "clusters/labels.yaml", brief: "Labels of the clusters." },
  {
    term: "server.pid, server.log",
    brief: "Process, URL and log of the background server: in the working directory when that is " +
      "used, else in ~/.local/state/argocd-configurer ($XDG_STATE_HOME).",
  },
];
