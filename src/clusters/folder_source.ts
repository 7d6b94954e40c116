import { dirname } from "node:path";
import { KubeError } from "../kube/errors.ts";
import { serverIdentity } from "../kube/kubeconfig/identity.ts";
import { shownServer } from "../kube/kubeconfig/server_url.ts";
import { observe } from "../observe/observe.ts";
import { fleetTransport } from "./fleet_transport.ts";
import { clustersFolder } from "./folder.ts";
import type { LabelsByCluster } from "./labels.ts";
import { LabelsFile, LabelsUnreadable } from "./labels_file.ts";
import { type OwnSettings, ownSettings } from "./own_settings.ts";
import type { ClusterListWarning, ClusterSource, UsableCluster } from "./source.ts";
import type { FolderLog } from "./folder_log.ts";
import { KubeconfigRejected, vetKubeconfig, type VetRules, type Vetted } from "./vet.ts";

/**
 * The clusters of the clusters folder, one `NAME.kubeconfig` each, with the labels of its `labels.yaml`.
 * The folder is read each time, so that a new or changed file is used immediately.
 *
 * While the labels cannot be read, no cluster can be used, not even to read: whether it has an Argo CD, and
 * in which namespace, is unknown then. The clusters are listed anyway, with a warning.
 *
 * Permissions: `--allow-read` of the folder and of the files that kubeconfigs name.
 * @param path of the folder, as configured
 * @param rules which kubeconfigs are accepted
 * @param log what is wrong with the files, each problem once
 */
export function folderSource(
  path: string,
  rules: VetRules,
  log: FolderLog,
): ClusterSource {
  const folder = clustersFolder(path);
  const labelsFile = new LabelsFile(path, rules);
  const seen = new Map<string, Vetted>();
  return {
    kind: "folder",
    async list() {
      const names = await log.namesIn(folder);
      const { labels, problem } = labelsIn(labelsFile, log);
      const clusters = names.map((name) => ({ name, labels: labels.get(name) ?? {} }));
      if (problem !== undefined) {
        const warning = { kind: "labels_unusable", text: whyUnreadable(problem) } as const;
        return { clusters, warnings: [warning], labelsProblem: problem };
      }
      return { clusters, warnings: warningsOf(labelsFile.path, labels, names) };
    },
    async find(name) {
      const file = folder.fileOf(name);
      const { labels, own, problem } = ownOf(name, labelsFile, log);
      const transport = own.transport ?? (rules.isOverApi ? "api" : "kubectl");
      try {
        const vetted = await vetKubeconfig(
          file,
          { ...rules, isOverApi: transport === "api" },
          seen,
        );
        log.kubeconfig(name, file, undefined);
        if (problem !== undefined) return { name, labels, problem };
        if (vetted.othersMayRead) observe("clusters.kubeconfig_readable", { cluster: name, file });
        log.contexts(file, vetted.contexts);
        const { fleetOverApi: permissions, env = {} } = rules;
        const inFleet = () => {
          const current = vetted.current.reveal();
          return own.transport === undefined && permissions !== undefined
            ? fleetTransport(dirname(vetted.path), current, env, permissions)
            : { transport, runsPrograms: transport === "kubectl" || current.usesPlugin };
        };
        const labelsAt = labelsFile.path;
        return entryOf(vetted, { name, labels, transport, inFleet, own, labelsAt });
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        return { name, labels, problem: problem ?? problemOf(error, { cluster: name, file, log }) };
      }
    },
    locationOf: (name) => folder.fileOf(name),
  };
}

function entryOf(
  { path, content, current, version, warnings }: Vetted,
  about: Pick<UsableCluster, "name" | "labels" | "transport" | "inFleet" | "own" | "labelsAt">,
): UsableCluster {
  const identity = serverIdentity(current.reveal());
  const server = shownServer(current.reveal().server);
  return { ...about, identity, version, kubeconfig: { path, content }, server, warnings };
}

/** The labels of all clusters; none, and the problem, while they cannot be read. */
function labelsIn(
  file: LabelsFile,
  log: FolderLog,
): { labels: LabelsByCluster; problem?: KubeError } {
  try {
    const labels = file.read();
    log.labelsFile(file.path, undefined);
    return { labels };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    log.labelsFile(file.path, whyUnreadable(error));
    return { labels: new Map(), problem: error };
  }
}

const whyUnreadable = (problem: KubeError) =>
  problem instanceof LabelsUnreadable ? problem.named : problem.message;

/** The labels and settings of one cluster, or why it cannot be used. */
function ownOf(
  cluster: string,
  file: LabelsFile,
  log: FolderLog,
): { labels: Readonly<Record<string, string>>; own: OwnSettings; problem?: KubeError } {
  const { labels: all, problem } = labelsIn(file, log);
  const labels = all.get(cluster) ?? {};
  if (problem !== undefined) {
    const { kind, message, details } = problem;
    return { labels, own: {}, problem: new KubeError(kind, message, { ...details, cluster }) };
  }
  const settings = ownSettings(labels);
  if ("own" in settings) {
    log.labels(cluster, file.path, undefined);
    return { labels, own: settings.own };
  }
  const message = `Cannot use cluster '${cluster}': ${settings.why} (in ${file.path})`;
  log.labels(cluster, file.path, message);
  return { labels, own: {}, problem: new KubeError("invalid_labels", message, { cluster }) };
}

/** The most names without a kubeconfig that a warning lists. */
const MOST = 20;

function warningsOf(
  file: string,
  labels: LabelsByCluster,
  names: readonly string[],
): ClusterListWarning[] {
  const known = new Set(names);
  const unknown = [...labels.keys()].filter((name) => !known.has(name)).sort();
  if (unknown.length === 0) return [];
  const clusters = unknown.slice(0, MOST);
  const more = unknown.length > MOST ? ` and ${unknown.length - MOST} more` : "";
  const text = `${file} has labels for clusters without a kubeconfig: ${
    clusters.join(", ")
  }${more}`;
  return [{ kind: "labels_unused", file, clusters, total: unknown.length, text }];
}

/** The problem that an error is for the cluster. @throws any other error */
function problemOf(
  error: unknown,
  { cluster, file, log }: {
    readonly cluster: string;
    readonly file: string;
    readonly log: FolderLog;
  },
): KubeError {
  if (error instanceof Error && error.message.includes("os error 24")) { // EMFILE
    const message = `Cannot use kubeconfig '${file}': too many open files on the server`;
    return new KubeError("busy", message, { cluster, retryAfter: 5 });
  }
  if (!(error instanceof KubeconfigRejected)) throw error;
  log.kubeconfig(cluster, file, error.message);
  return new KubeError("invalid_kubeconfig", error.message, { cluster });
}
