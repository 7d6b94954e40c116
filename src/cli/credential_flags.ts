import { choice, CONFIG_FLAG, type Context, duration, list, number, on, text } from "./command.ts";
import { READ_SECONDS, WRITE_SECONDS } from "./credentials/which_server.ts";
import { DRY_RUNS, OUTPUT_FORMATS } from "./credentials/words.ts";

/** Flags of the commands that are about credentials: the API's fields in the words of a shell. */

/** By what the request is carried out, and how the answer is shown. */
export const PROGRAM_FLAGS = {
  output: choice("How the answer is shown (default: table)", OUTPUT_FORMATS),
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
    `How long the server's answer is waited for: seconds, or 90s, 5m; 0 for as long as it takes ` +
      `(default: ${READ_SECONDS}, of what writes ${WRITE_SECONDS})`,
  ),
  config: CONFIG_FLAG,
  clustersFolder: text("Folder of kubeconfigs", "folder"),
  kubectlTimeout: number("Time for the commands of one request (seconds)", "seconds"),
  transport: text("How clusters are reached: auto, kubectl or api", "transport"),
  argocdNamespace: text("Namespace of Argo CD", "namespace"),
  logLevel: text("debug, info, warning or error (default: warning)", "level"),
} as const;

/** The same where no secret's name is to be shown alone. */
export const CHECK_PROGRAM_FLAGS = {
  ...PROGRAM_FLAGS,
  output: choice(PROGRAM_FLAGS.output.brief, OUTPUT_FORMATS.filter((each) => each !== "name")),
} as const;

export const PROGRAM_ALIASES = { o: "output" } as const;

/** Proposes the last of several clusters. */
async function proposeClusters(this: Context, partial: string): Promise<readonly string[]> {
  const { clusterNames } = await import("./credentials/propose_clusters.ts");
  const before = partial.slice(0, partial.lastIndexOf(",") + 1);
  return (await clusterNames(this.words ?? [])).map((name) => before + name);
}

export const CLUSTERS_FLAG = {
  cluster: {
    ...list(
      "Clusters to do it on, by commas or given again; '*', in quotes, stands for anything",
      "names",
    ),
    proposeCompletions: proposeClusters,
  },
  allClusters: on("All clusters that there are, in place of --cluster"),
} as const;

/**
 * A flag that a command does not do without. It is no matter of Stricli, which would not ask for
 * what can be asked for, and not tell of all that is missing at once.
 * @param but what may stand in for it
 */
export const required = <Flag extends { readonly brief: string }>(flag: Flag, but = ""): Flag => ({
  ...flag,
  brief: `${flag.brief} (required${but})`,
});

/** The same of what writes. */
export const WRITE_CLUSTERS_FLAG = {
  ...CLUSTERS_FLAG,
  cluster: required(CLUSTERS_FLAG.cluster, ", or --all-clusters"),
} as const;

/** The one cluster that something is about. */
export const ONE_CLUSTER_FLAG = {
  cluster: { ...text("Of this cluster", "name"), proposeCompletions: proposeClusters },
} as const;

/** The same as an argument. */
export const clusterArgument = (brief: string) =>
  ({
    brief,
    placeholder: "cluster",
    parse: String,
    proposeCompletions: proposeClusters,
  }) as const;

export const DRY_RUN_FLAG = {
  dryRun: choice(
    "server: ask the cluster what would come of it; client: show what would be sent",
    DRY_RUNS,
  ),
} as const;

/** Of everything that writes a credential. */
export const WRITE_FLAGS = {
  upsert: on("Replace what exists"),
  force: on("With --upsert: replace also what is no such credential, or has to be deleted for it"),
  verify: on("Try the credential first, and write it if it is accepted"),
  ...DRY_RUN_FLAG,
} as const;

export const LOGIN_FLAGS = {
  username: text("User name", "name"),
  passwordStdin: on("Read the password from standard input"),
  passwordFile: text("Read it from a file; - is standard input", "file"),
} as const;

export const REGISTRY_FLAGS = {
  registry: text("The registry's host (default: ghcr.io)", "host"),
  registriesFile: text(
    "Several in one secret: a JSON array of objects with registry, username and password",
    "file",
  ),
} as const;

export const NAMESPACE_FLAGS = {
  namespaces: required(
    list("Namespaces to write to, by commas, besides Argo CD's", "names"),
    ", or one of the next two",
  ),
  namespaceSelector: text("Also all namespaces with these labels: team=web,env!=test", "selector"),
  allNamespaces: on("Also all namespaces that there are"),
  excludeNamespaces: list(
    "Left out of those that are selected, by commas; * stands for anything",
    "names",
  ),
  createNamespaces: on("Create namespaces that do not exist"),
} as const;

export const REPOSITORY_TYPES = ["git", "helm", "oci"] as const;

export const URL_FLAG = {
  url: list("Where it is; several with the same credential by several --url", "url"),
} as const;

/** Of a repository's credential; what is secret comes from files. */
export const REPOSITORY_CREDENTIAL_FLAGS = {
  bearerTokenStdin: on("Read a bearer token from standard input"),
  bearerTokenFile: text("Read it from a file", "file"),
  sshPrivateKeyFile: text("Private key for SSH", "file"),
  githubAppId: text("Id of a GitHub App", "id"),
  githubAppInstallationId: text("Id of its installation", "id"),
  githubAppPrivateKeyFile: text("Its private key (PEM)", "file"),
  githubAppEnterpriseUrl: text("API of a GitHub Enterprise Server: https://HOST/api/v3", "url"),
  gcpServiceAccountKeyFile: text("Key of a Google service account (JSON)", "file"),
  tlsClientCertFile: text("Client certificate (PEM)", "file"),
  tlsClientKeyFile: text("Its key (PEM)", "file"),
} as const;

/** How a repository is reached. */
export const REACH_FLAGS = {
  proxy: text("Proxy to reach it by", "url"),
  proxyFile: text("The same from a file, where there is a password in it", "file"),
  noProxy: text("Hosts that are reached without it, by commas", "hosts"),
  insecure: on("Do not verify the server's certificate or host key"),
  insecureOciHttp: on("Reach the registry by plain HTTP"),
} as const;
