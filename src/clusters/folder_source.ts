import { dirname } from "node:path";
import { KubeError } from "../kube/errors.ts";
import { serverIdentity } from "../kube/kubeconfig/identity.ts";
import { shownServer } from "../kube/kubeconfig/server_url.ts";
import { observe } from "../observe/observe.ts";
import { fleetWay } from "./fleet_way.ts";
import { clustersFolder } from "./folder.ts";
import { importCommand } from "./further_contexts.ts";
import type { LabelsByCluster } from "./labels.ts";
import { LabelsFile } from "./labels_file.ts";
import { type OwnSettings, ownSettings } from "./own_settings.ts";
import type { ClusterSource, UsableCluster } from "./source.ts";
import type { PassedOverFiles } from "./passed_over_files.ts";
import { KubeconfigRefused, vetKubeconfig, type VetRules, type Vetted } from "./vet.ts";

/**
 * The clusters of a folder of kubeconfigs, `NAME.kubeconfig` each, with the labels of its
 * `labels.yaml`. It is looked at anew each time, so that a file that is dropped in or changed counts
 * at once.
 *
 * While the labels cannot be read, no cluster is used, be it to read: what the file says of one that
 * has no Argo CD, or has it in another namespace, is not known then, and neither is where a secret
 * would be written or why a list would be empty. The clusters are listed all the same, with a warning.
 *
 * Permissions: `--allow-read` of the folder and of what kubeconfigs name.
 * @param path of the folder, as configured
 * @param rules which kubeconfigs are used
 * @param passedOver by which the log says once of each file that it is not taken
 */
export function folderSource(
  path: string,
  rules: VetRules,
  passedOver: PassedOverFiles,
): ClusterSource {
  const folder = clustersFolder(path);
  const labelsFile = new LabelsFile(path, rules);
  const seen = new Map<string, Vetted>();
  /** Clusters of which the log says that they have further contexts. */
  const told = new Set<string>();
  return {
    kind: "folder",
    async list() {
      const names = await passedOver.namesIn(folder);
      const { labels, problem } = labelsIn(labelsFile);
      const clusters = names.map((name) => ({ name, labels: labels.get(name) ?? {} }));
      if (problem !== undefined) {
        return { clusters, warnings: [problem.message], labelsProblem: problem };
      }
      return { clusters, warnings: warningsOf(labelsFile.path, labels, names) };
    },
    async find(name) {
      const file = folder.fileOf(name);
      const { labels, own, problem } = ownOf(name, labelsFile);
      const transport = own.transport ?? (rules.isOverApi ? "api" : "kubectl");
      try {
        const vetted = await vetKubeconfig(
          file,
          { ...rules, isOverApi: transport === "api" },
          seen,
        );
        if (problem !== undefined) return { name, labels, problem };
        for (const warning of vetted.warnings) observe("clusters.kubeconfig_warning", { warning });
        if (vetted.contexts > 1 && !told.has(name)) {
          told.add(name);
          const contexts = vetted.contexts - 1;
          observe("clusters.further_contexts", { file, contexts, import: importCommand(file) });
        }
        const { fleetOverApi: permissions, env = {} } = rules;
        const inFleet = () => {
          const current = vetted.current.reveal();
          return own.transport === undefined && permissions !== undefined
            ? fleetWay(dirname(vetted.path), current, env, permissions)
            : { transport, runsPrograms: transport === "kubectl" || current.usesPlugin };
        };
        const labelsAt = labelsFile.path;
        return entryOf(vetted, { name, labels, transport, inFleet, own, labelsAt });
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        return { name, labels, problem: problem ?? problemOf(error, name, file) };
      }
    },
    placeOf: (name) => folder.fileOf(name),
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

/** The labels of all, none while they cannot be read. */
function labelsIn(file: LabelsFile): { labels: LabelsByCluster; problem?: KubeError } {
  try {
    return { labels: file.read() };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return { labels: new Map(), problem: error };
  }
}

/** What the labels of one cluster say, or why it is not used. */
function ownOf(
  cluster: string,
  file: LabelsFile,
): { labels: Readonly<Record<string, string>>; own: OwnSettings; problem?: KubeError } {
  const { labels: all, problem } = labelsIn(file);
  const labels = all.get(cluster) ?? {};
  if (problem !== undefined) {
    const { kind, message, place } = problem;
    observe("clusters.labels_unusable", { cluster, reason: message });
    return { labels, own: {}, problem: new KubeError(kind, message, { ...place, cluster }) };
  }
  const said = ownSettings(labels);
  if ("own" in said) return { labels, own: said.own };
  const message = `Cannot use cluster '${cluster}': its ${said.why} (in ${file.path})`;
  observe("clusters.labels_unusable", { cluster, reason: message });
  return { labels, own: {}, problem: new KubeError("invalid_labels", message, { cluster }) };
}

/** Of how many names without a kubeconfig a warning tells. */
const MOST = 20;

function warningsOf(file: string, labels: LabelsByCluster, names: readonly string[]): string[] {
  const known = new Set(names);
  const unknown = [...labels.keys()].filter((name) => !known.has(name)).sort();
  if (unknown.length === 0) return [];
  const more = unknown.length > MOST ? ` and ${unknown.length - MOST} more` : "";
  return [
    `${file} has labels for clusters without a kubeconfig: ` +
    unknown.slice(0, MOST).join(", ") + more,
  ];
}

/** @throws what is no problem of this cluster's */
function problemOf(error: unknown, cluster: string, file: string): KubeError {
  if (error instanceof Error && error.message.includes("os error 24")) { // EMFILE
    const message = `Cannot use kubeconfig '${file}': the server has too many files open`;
    return new KubeError("busy", message, { cluster, retryAfter: 5 });
  }
  if (!(error instanceof KubeconfigRefused)) throw error;
  observe("clusters.kubeconfig_refused", { cluster, reason: error.message });
  return new KubeError("invalid_kubeconfig", error.message, { cluster });
}
