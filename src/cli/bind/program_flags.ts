import { choice, type CliContext, duration, list, number, on, text } from "../command.ts";
import { READ_SECONDS, WRITE_SECONDS } from "../client/which_server.ts";
import { grouped } from "../help/groups.ts";
import { settingFlags } from "../setting_flags.ts";

/** Flags that every operation's command has, and flags that select clusters. */

const OUTPUT_FORMATS = ["table", "wide", "json", "yaml", "name"] as const;

export type OutputFormat = typeof OUTPUT_FORMATS[number];

const outputOf = <const Format extends OutputFormat>(formats: readonly Format[]) =>
  ({ ...choice("Output format (default: table)", formats), group: "output" }) as const;

/** Which server carries out the operation, and the output format. */
export const PROGRAM_FLAGS = {
  output: outputOf(OUTPUT_FORMATS),
  ...grouped("connection", {
    server: text(
      "URL of a running server to use (default: ARGOCD_CONFIGURER_SERVER); its token is read from " +
        "ARGOCD_CONFIGURER_SERVER_TOKEN or ARGOCD_CONFIGURER_TOKEN",
      "url",
    ),
    serverCa: text(
      "CA certificates (PEM) to trust for the server, besides the system's (default: " +
        "ARGOCD_CONFIGURER_SERVER_CA)",
      "file",
    ),
    serverPlainHttp: on("Allow plain HTTP to a server on another machine"),
    requestTimeout: duration(
      "Time to wait for the server's response, for several clusters for the next one: seconds, or " +
        `90s, 5m; 0 waits forever (default: ${READ_SECONDS}, for writes ${WRITE_SECONDS})`,
    ),
  }),
  ...settingFlags("commands"),
} as const;

/** The output formats without `name`, for commands that list no secrets. */
export const OUTPUT_WITHOUT_NAMES = {
  output: outputOf(OUTPUT_FORMATS.filter((each) => each !== "name")),
} as const;

/** Completes the last name of a comma-separated list of clusters. */
async function proposeClusters(this: CliContext, partial: string): Promise<readonly string[]> {
  const { clusterNames } = await import("../client/propose_clusters.ts");
  const before = partial.slice(0, partial.lastIndexOf(",") + 1);
  return (await clusterNames(this.words ?? [])).map((name) => before + name);
}

/** A flag that takes the name of one cluster. */
export const clusterFlag = (brief: string) => ({
  ...text(brief, "cluster"),
  proposeCompletions: proposeClusters,
});

/**
 * Flags that select the clusters of an operation.
 * @param isRequired whether there is no positional argument for the cluster. Stricli does not enforce
 * it: it would report one missing flag at a time
 */
export const clusterFlags = (isRequired: boolean) =>
  grouped("where", {
    cluster: {
      ...list(
        "Clusters, comma-separated or repeated; '*' is a wildcard and '!NAME' excludes a cluster (quote " +
          "both)" + (isRequired ? " (required, or --selector, or --all-clusters)" : ""),
        "names",
      ),
      proposeCompletions: proposeClusters,
    },
    selector: text(
      "Label selector, as kubectl -l: env=prod,region!=eu; with --cluster, both must match",
      "labels",
    ),
    allClusters: on("All clusters, instead of --cluster and --selector"),
  });

/**
 * Flags of commands that write to several clusters.
 * @param most default of `--max-failures`, for help
 */
export const limitFlags = (most: string) =>
  grouped("where", {
    first: {
      ...list(
        "Selected clusters to start with: the others follow only if all of these succeed",
        "names",
      ),
      proposeCompletions: proposeClusters,
    },
    maxFailures: number(
      "Maximum number of failed clusters; once exceeded, no further cluster is started " +
        `(default: ${most})`,
      "number",
    ),
  });

/** The cluster as a positional argument. */
export const CLUSTER_ARGUMENT = clusterFlag(
  "Cluster; omit it with --cluster, --selector or --all-clusters",
);

/**
 * The cluster and the name of a secret, or secrets as `-o name` prints them.
 * @param isFirst whether the word to complete is the first argument
 * @param isNeeded whether the name is required
 */
export const SECRET_ARGUMENTS = (
  isFirst: (words: readonly string[]) => boolean,
  isNeeded: boolean,
) => ({
  brief: `CLUSTER ${isNeeded ? "NAME" : "[NAME]"} (NAME alone with --cluster, --selector or ` +
    "--all-clusters); " +
    "or secrets as -o name prints them: secret/NAME, CLUSTER/NAMESPACE/NAME",
  placeholder: isNeeded ? "cluster name" : "cluster [name]",
  parse: String,
  proposeCompletions(this: CliContext, partial: string) {
    return isFirst(this.words ?? []) ? proposeClusters.call(this, partial) : [];
  },
});

export const DRY_RUN_FLAG = {
  dryRun: {
    ...choice(
      "without a value: client; server: ask the cluster what would change; client: print the request, " +
        "send nothing",
      ["none", "client", "server"],
    ),
    bare: "client",
  },
} as const;

export type DryRun = typeof DRY_RUN_FLAG.dryRun.values[number];

/** `--dry-run` of a rotation: without a value it is `server`, which shows the plan. */
export const PLAN_FLAG = {
  dryRun: {
    ...DRY_RUN_FLAG.dryRun,
    brief:
      "without a value: server; server: show the plan, write nothing; client: print the request, send " +
      "nothing",
    bare: "server",
  },
} as const;

/** For commands with a dry run. */
export const EXIT_CODE_FLAG = {
  exitCode: on("With --dry-run=server: exit with code 5 if something would change"),
} as const;

/** For commands that ask for confirmation. */
export const YES_FLAG = { yes: on("Do not prompt for confirmation") } as const;

/** For commands that delete. */
export const DELETE_FLAGS = {
  ...YES_FLAG,
  ignoreNotFound: on("Treat a secret that does not exist as a success"),
} as const;
