import { buildRouteMap } from "@stricli/core";
import { choice, command, list, number, on, text } from "./command.ts";
import * as flags from "./credential_flags.ts";
import type { AuditFlags } from "./credentials/audit.ts";
import type { DeleteFlags } from "./credentials/delete.ts";
import type { DockerAddFlags } from "./credentials/docker_add.ts";
import type { ProgramFlags } from "./credentials/open_api.ts";
import type { RepoAddFlags } from "./credentials/repo_add.ts";
import type { SecretsFlags } from "./credentials/secrets.ts";
import type { VerifyFlags } from "./credentials/verify.ts";

/** Of every command here. */
const BY = "Works on the folder of kubeconfigs itself; with --server a running server does it. ";

const SECRETS_HELP = "A password is no argument, since everyone on the machine sees these: " +
  "--password-stdin or --password-file gives it, or the variable ARGOCD_CONFIGURER_PASSWORD; " +
  "before a terminal it is asked for, and so is the user name of a registry. ";

const EXIT_CODES = "Exit code 1: failed; 2: wrong usage, nothing was done; 3: done on some of " +
  "several clusters only.";

export const clusters = command<ProgramFlags>(
  async () => (await import("./credentials/clusters.ts")).clusters,
  { flags: flags.PROGRAM_FLAGS, aliases: flags.PROGRAM_ALIASES },
  {
    brief: "Show the clusters",
    full: BY + "Without a server, -o wide shows the API server's address, and whether the " +
      "kubeconfig can be used or why not; no cluster is asked for that.",
    examples: [
      ["", "Those of ./clusters"],
      ["-o wide", "And which kubeconfigs are refused"],
      ["-o name --server http://localhost:8091", "Those of a running server"],
    ],
  },
);

export const secrets = command<SecretsFlags, [first?: string, second?: string]>(
  async () => (await import("./credentials/secrets.ts")).secrets,
  {
    flags: {
      ...flags.CLUSTERS_FLAG,
      namespace: text("That of the one secret", "namespace"),
      ...flags.PROGRAM_FLAGS,
    },
    aliases: { ...flags.PROGRAM_ALIASES, n: "namespace" },
    positional: {
      kind: "tuple",
      parameters: [
        {
          ...flags.clusterArgument("Cluster; left out where there is --cluster or --all-clusters"),
          optional: true,
        },
        {
          brief: "One secret, in all namespaces",
          placeholder: "name",
          parse: String,
          optional: true,
        },
      ],
    },
  },
  {
    brief: "Show the credentials of clusters, without their values",
    full: BY + "With a name, what is known of that one secret in each namespace; equal " +
      "fingerprints there are equal values, in all the clusters shown together. They are by the " +
      "key of the audit log, where the setting audit-log names one; else they end with this run, " +
      "and of a server with that. " + EXIT_CODES,
    examples: [
      ["test-cluster", "All of them"],
      ["test-cluster my-docker-secret -o wide", "One, and all that is known of it"],
      ["--cluster 'prod-*,test-cluster' my-docker-secret", "Whether it is the same in several"],
      ["--all-clusters", "Those of all clusters"],
    ],
  },
);

const dockerAdd = command<DockerAddFlags>(
  async () => (await import("./credentials/docker_add.ts")).dockerAdd,
  {
    flags: {
      ...flags.WRITE_CLUSTERS_FLAG,
      name: flags.required(text("The secret's name", "name")),
      ...flags.LOGIN_FLAGS,
      username: flags.required(flags.LOGIN_FLAGS.username, ", or --registries-file"),
      ...flags.REGISTRY_FLAGS,
      ...flags.NAMESPACE_FLAGS,
      serviceAccounts: list("Service accounts that get it as a pull secret, by commas", "names"),
      merge: on("Keep the other registries that an existing secret has; implies --upsert"),
      gitWriteBack: on("Also write NAME-iu, for the commits of Argo CD Image Updater"),
      ...flags.WRITE_FLAGS,
      ...flags.PROGRAM_FLAGS,
    },
    aliases: { ...flags.PROGRAM_ALIASES, n: "namespaces" },
  },
  {
    brief: "Write a pull secret into namespaces, and into Argo CD's",
    full: `${BY}In each cluster it is written in all the namespaces or in none. ${SECRETS_HELP}` +
      EXIT_CODES,
    examples: [
      [
        "--cluster test-cluster --name ghcr --username ci --password-stdin --namespaces web,api " +
        "< token",
        "For ghcr.io, into two namespaces",
      ],
      [
        "--cluster a,b --name hub --registry docker.io --username ci --password-file token " +
        "--all-namespaces --exclude-namespaces 'kube-*' --upsert --dry-run server",
        "What would come of it in two clusters",
      ],
    ],
  },
);

const repoAdd = command<RepoAddFlags>(
  async () => (await import("./credentials/repo_add.ts")).repoAdd,
  {
    flags: {
      ...flags.WRITE_CLUSTERS_FLAG,
      name: flags.required(text("The secret's name", "name")),
      type: flags.required(choice("What the repository holds", flags.REPOSITORY_TYPES)),
      url: flags.required(flags.URL_FLAG.url),
      as: choice("repo-creds: a template for all below the URL (default: repository)", [
        "repository",
        "repo-creds",
      ]),
      ...flags.LOGIN_FLAGS,
      ...flags.REPOSITORY_CREDENTIAL_FLAGS,
      repositoryName: text(
        "Argo CD's name of the repository (default: as it is; of a new one NAME)",
        "name",
      ),
      project: text("Project of Argo CD that it is for", "name"),
      template: {
        kind: "boolean",
        brief: "Write NAME-template too where the URL alone matches no chart (default: yes)",
        optional: true,
      },
      forceBasicAuth: on("Send the password without being asked for it (Git)"),
      enableLfs: on("Fetch large files (Git)"),
      depth: number("Commits that are fetched (Git)", "number"),
      ...flags.REACH_FLAGS,
      ...flags.WRITE_FLAGS,
      ...flags.PROGRAM_FLAGS,
    },
    aliases: flags.PROGRAM_ALIASES,
  },
  {
    brief: "Write a credential of Git, Helm or OCI repositories for Argo CD",
    full: `${BY}In each cluster all of the secrets are written or none. ${SECRETS_HELP}` +
      EXIT_CODES,
    examples: [
      [
        "--cluster test-cluster --name charts --type helm --url https://charts.example.com " +
        "--username ci --password-file token",
        "A Helm repository",
      ],
      [
        "--cluster a,b --name github --type git --as repo-creds --url https://github.com/org/ " +
        "--github-app-id 1 --github-app-installation-id 2 --github-app-private-key-file app.pem",
        "A template for all repositories of an organisation, in two clusters",
      ],
    ],
  },
);

export const verify = command<VerifyFlags>(
  async () => (await import("./credentials/verify.ts")).verify,
  {
    flags: {
      type: choice(
        "Of a repository; without it, a registry's pull credential",
        flags
          .REPOSITORY_TYPES,
      ),
      url: flags.required(flags.URL_FLAG.url, " with --type"),
      ...flags.LOGIN_FLAGS,
      ...flags.REGISTRY_FLAGS,
      ...flags.REPOSITORY_CREDENTIAL_FLAGS,
      ...flags.REACH_FLAGS,
      ...flags.CHECK_PROGRAM_FLAGS,
    },
    aliases: flags.PROGRAM_ALIASES,
  },
  {
    brief: "Try a credential where it would be used, and write nothing",
    full: BY + SECRETS_HELP + "Exit code 1: it is refused, or nobody answers.",
    examples: [
      ["--registry ghcr.io --username ci --password-stdin < token", "A pull credential"],
      [
        "--type git --url https://github.com/org/repo.git --username ci --password-file token",
        "That of a repository",
      ],
    ],
  },
);

export const deleteCommand = command<DeleteFlags, [first: string, second?: string]>(
  async () => (await import("./credentials/delete.ts")).deleteSecret,
  {
    flags: {
      ...flags.CLUSTERS_FLAG,
      namespaces: list("Only from these, by commas (default: all that it was written to)", "names"),
      force: on("Delete also what this program did not write, or another one looks after"),
      ...flags.DRY_RUN_FLAG,
      yes: on("Do not ask"),
      ...flags.PROGRAM_FLAGS,
    },
    aliases: { ...flags.PROGRAM_ALIASES, n: "namespaces", y: "yes" },
    positional: {
      kind: "tuple",
      parameters: [
        flags.clusterArgument("Cluster; left out where there is --cluster or --all-clusters"),
        { brief: "The secret's name", placeholder: "name", parse: String, optional: true },
      ],
    },
  },
  {
    brief: "Delete a credential that this program wrote",
    full: `${BY}In each cluster it is deleted from all the namespaces or from none. ${EXIT_CODES}`,
    examples: [
      ["test-cluster my-docker-secret", "From all namespaces that it was written to"],
      ["my-docker-secret --cluster a,b --namespaces web --yes", "From one, of two clusters"],
    ],
  },
);

export const audit = command<AuditFlags>(
  async () => (await import("./credentials/audit.ts")).audit,
  {
    flags: {
      ...flags.ONE_CLUSTER_FLAG,
      name: text("Of a secret of this name", "name"),
      since: text("Not before this date, or time with its zone: 2026-01-31T12:00:00Z", "time"),
      until: text("Before this one", "time"),
      limit: number("Entries that are shown at most, up to 1000 (default: 100)", "number"),
      ...flags.CHECK_PROGRAM_FLAGS,
    },
    aliases: flags.PROGRAM_ALIASES,
  },
  {
    brief: "Show who attempted to write what, newest first",
    full: "Reads the file that the setting audit-log names, and the older ones beside it, also " +
      "while a server writes it; with --server that server is asked, with the token of an admin. A " +
      "write is one line: how it ended, or begun while it has not; JSON and YAML show both. It warns " +
      "where lines are missing or changed.",
    examples: [
      ["--cluster test-cluster --since 2026-01-31", "What was done on one cluster since"],
      [
        "--name my-docker-secret -o wide",
        "Who wrote a secret, from where and into which namespaces",
      ],
    ],
  },
);

export const docker = buildRouteMap({
  routes: { add: dockerAdd },
  docs: { brief: "Write pull secrets of Docker registries" },
});

export const repo = buildRouteMap({
  routes: { add: repoAdd },
  docs: { brief: "Write credentials of repositories" },
});
