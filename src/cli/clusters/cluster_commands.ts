import { NAMING_RULE } from "../../clusters/import/names.ts";
import { clusterFlag } from "../bind/program_flags.ts";
import { command, list, on, text } from "../command.ts";
import type { Placed } from "../routes.ts";
import { settingFlags } from "../setting_flags.ts";

const { config, clustersFolder } = settingFlags("commands");

const FOLDER_FLAGS = {
  config,
  clustersFolder,
  server: { ...text("Not for this command", "url"), hidden: true },
} as const;

const KUBECONFIG = text(
  "Kubeconfig to import from (default, as for kubectl: KUBECONFIG or ~/.kube/config)",
  "file",
);

const LABEL = list("Label for the clusters, stored in labels.yaml; repeatable", "key=value");

const OVERWRITE = on(
  "Replace existing kubeconfigs and labels that differ",
);

const importCommand = command(async () => (await import("./import.ts")).importClusters, {
  flags: {
    kubeconfig: KUBECONFIG,
    context: list(
      "Contexts to import, comma-separated or repeated; '*' is a wildcard (quote it), and " +
        "'!PATTERN' excludes (default: all)",
      "patterns",
    ),
    label: LABEL,
    overwrite: OVERWRITE,
    dryRun: on("Show the plan and change nothing"),
    yes: on("Do not prompt for confirmation"),
    ...FOLDER_FLAGS,
  },
  aliases: { y: "yes" },
  brief: "Import contexts of a kubeconfig as clusters",
  full: "Writes one private kubeconfig (mode 0600) per context to the clusters folder, with " +
    "certificates and keys embedded, as 'kubectl config view --minify --flatten --raw' does. Shows " +
    "the plan and prompts first. Contexts that could not be used are skipped, with the " +
    `reason. No cluster is contacted.\n\n${NAMING_RULE}`,
  exitCodes:
    "0: every context has its cluster, or the plan was not confirmed; 1: no context has its cluster; " +
    "2: wrong usage; 3: only some contexts have their clusters",
  examples: [
    ["", "All contexts of ~/.kube/config"],
    ["--context 'prod-*,!prod-test' --label env=prod", "Some contexts, with a label"],
    ["--kubeconfig all.yaml --dry-run", "Show the plan for another file"],
  ],
});

/** Optional for Stricli: the command reports a missing name with its own usage. */
const NEW_NAME = {
  brief: "Name of the cluster",
  placeholder: "name",
  parse: String,
  optional: true,
  isNeeded: true,
} as const;

const addCommand = command(async () => (await import("./add.ts")).addCluster, {
  flags: {
    kubeconfig: KUBECONFIG,
    context: text("Context to add (default: the current one)", "context"),
    label: LABEL,
    overwrite: OVERWRITE,
    dryRun: on("Show what would be done and change nothing"),
    ...FOLDER_FLAGS,
  },
  positional: {
    kind: "tuple",
    parameters: [NEW_NAME],
  },
  brief: "Add one context of a kubeconfig as a cluster",
  full: "Writes one private kubeconfig, as 'clusters import' does, under a name of your own. The " +
    "cluster is not contacted.",
  exitCodes:
    "0: the cluster has this kubeconfig and these labels; 1: failed; 2: wrong usage; 3: the " +
    "cluster has this kubeconfig, but keeps a label that differs",
  examples: [
    ["prod-eu --kubeconfig admin.conf", "The current context of a file"],
    [
      "prod-us --context admin@prod-us --label env=prod,region=us",
      "A context of ~/.kube/config, with labels",
    ],
  ],
});

/** Stricli accepts an empty list: the command reports it with its own usage. */
const REMOVED = {
  brief: "Clusters to remove",
  placeholder: "name",
  parse: String,
  proposeCompletions: clusterFlag("").proposeCompletions,
  isNeeded: true,
} as const;

const removeCommand = command(async () => (await import("./remove.ts")).removeClusters, {
  flags: { yes: on("Do not prompt for confirmation"), ...FOLDER_FLAGS },
  aliases: { y: "yes" },
  positional: {
    kind: "array",
    parameter: REMOVED,
  },
  brief: "Remove clusters from the clusters folder",
  full: "Removes the clusters' kubeconfigs and labels from the clusters folder, after a prompt. " +
    "Nothing changes on the clusters themselves: secrets there stay.",
  exitCodes:
    "0: removed, or not confirmed; 1: failed, nothing was removed; 2: wrong usage; 3: only some " +
    "clusters were removed, or labels were left",
  examples: [
    ["prod-old", "Remove prod-old.kubeconfig, after a prompt"],
    ["prod-old test --yes", "Remove two clusters without a prompt"],
  ],
});

const GROUP = "Show clusters, import them from kubeconfigs, check and remove them";

export const CLUSTER_COMMANDS: readonly Placed[] = [
  {
    words: ["clusters", "import"],
    brief: importCommand.brief,
    group: GROUP,
    command: importCommand,
  },
  { words: ["clusters", "add"], brief: addCommand.brief, command: addCommand },
  {
    words: ["clusters", "remove"],
    aliases: ["delete"],
    brief: removeCommand.brief,
    command: removeCommand,
  },
];
