import { choice, type Context, duration, list, number, on, text } from "../command.ts";
import { READ_SECONDS, WRITE_SECONDS } from "../client/which_server.ts";
import { grouped } from "../help/groups.ts";
import { settingFlags } from "../setting_flags.ts";

/** Flags of the program itself, which every operation's command has, and those for clusters. */

const OUTPUT_FORMATS = ["table", "wide", "json", "yaml", "name"] as const;

export type OutputFormat = typeof OUTPUT_FORMATS[number];

const outputOf = <const Format extends OutputFormat>(formats: readonly Format[]) =>
  ({ ...choice("How the answer is shown (default: table)", formats), group: "output" }) as const;

/** By what an operation is carried out, and how the answer is shown. */
export const PROGRAM_FLAGS = {
  output: outputOf(OUTPUT_FORMATS),
  ...grouped("connection", {
    server: text(
      "Ask this running server (default: ARGOCD_CONFIGURER_SERVER), with the token in " +
        "ARGOCD_CONFIGURER_SERVER_TOKEN, else in ARGOCD_CONFIGURER_TOKEN",
      "url",
    ),
    serverCa: text(
      "Certificates (PEM) that the server's is trusted by, besides the usual (default: " +
        "ARGOCD_CONFIGURER_SERVER_CA)",
      "file",
    ),
    serverPlainHttp: on("Send to a server on another machine without TLS"),
    requestTimeout: duration(
      `How long the server's answer is waited for, of several clusters the next one's: seconds, or ` +
        `90s, 5m; 0 for as long as it takes (default: ${READ_SECONDS}, of what writes ` +
        `${WRITE_SECONDS})`,
    ),
  }),
  ...settingFlags("commands"),
} as const;

/** The same where no secret's name is to be shown alone. */
export const OUTPUT_WITHOUT_NAMES = {
  output: outputOf(OUTPUT_FORMATS.filter((each) => each !== "name")),
} as const;

/** Proposes the last of several clusters. */
async function proposeClusters(this: Context, partial: string): Promise<readonly string[]> {
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
 * Flags for the clusters of an operation.
 * @param isRequired whether there is no argument for the one cluster. It is no matter of Stricli,
 * which would not tell all that is missing at once
 */
export const clusterFlags = (isRequired: boolean) =>
  grouped("where", {
    cluster: {
      ...list(
        "Clusters, by commas or given again; in quotes, '*' stands for anything, and '!' before one " +
          "excludes it" + (isRequired ? " (required, or --selector, or --all-clusters)" : ""),
        "names",
      ),
      proposeCompletions: proposeClusters,
    },
    selector: text(
      "Label selector, as of kubectl -l: env=prod,region!=eu; with --cluster, both must match",
      "labels",
    ),
    allClusters: on("All clusters, in place of --cluster and --selector"),
  });

/**
 * Of what writes on several clusters.
 * @param most how many may fail where that is not said
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

/** The one cluster as an argument. */
export const CLUSTER_ARGUMENT = clusterFlag(
  "Cluster; left out where there is --cluster, --selector or --all-clusters",
);

/**
 * The cluster and a secret's name, or secrets as `-o name` prints them.
 * @param isFirst whether the word that is completed is the first argument
 * @param isNeeded whether a name is
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
  proposeCompletions(this: Context, partial: string) {
    return isFirst(this.words ?? []) ? proposeClusters.call(this, partial) : [];
  },
});

export const DRY_RUN_FLAG = {
  dryRun: {
    ...choice(
      "server: ask the cluster what would come of it; client: show what would be sent",
      ["none", "client", "server"],
    ),
    bare: "client",
  },
} as const;

export type DryRun = typeof DRY_RUN_FLAG.dryRun.values[number];

/** The same of what plans over several clusters before it writes: the plan is what a dry run is for. */
export const PLAN_FLAG = {
  dryRun: {
    ...DRY_RUN_FLAG.dryRun,
    brief: "server: show the plan, and write nothing; client: show what would be sent",
    bare: "server",
  },
} as const;

/** Of what has a dry run. */
export const EXIT_CODE_FLAG = {
  exitCode: on("With --dry-run=server: exit code 5 when something would change"),
} as const;

/** Of what asks first. */
export const YES_FLAG = { yes: on("Do not ask") } as const;

/** Of what deletes. */
export const DELETE_FLAGS = {
  ...YES_FLAG,
  ignoreNotFound: on("Exit code 0 where the secret does not exist"),
} as const;
