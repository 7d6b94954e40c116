import { clusterChecker } from "./clusters/check_clusters.ts";
import { clusterChooser } from "./clusters/choose.ts";
import { clusterDescriber } from "./clusters/describe.ts";
import { folderSource } from "./clusters/folder_source.ts";
import { clusterOpener } from "./clusters/open.ts";
import { argocdNamespaceOf } from "./clusters/own_settings.ts";
import {
  type ClusterListWarning,
  type ClusterSource,
  listClusters,
  type SourceEntry,
} from "./clusters/source.ts";
import { type ServerMachine, vetRules } from "./clusters/vet.ts";
import type { Settings } from "./config/schema.ts";
import type { RunProcess } from "./kube/process.ts";
import { apiTransport, kubectlTransport, transportsOf } from "./kube/transport.ts";
import { observe } from "./observe/observe.ts";
import type { Sealed } from "./log/sealed.ts";
import type { Services } from "./operations/operation.ts";
import { fleetLimits, serverLimits } from "./operations/server_limits.ts";
import { OPERATIONS } from "./operations/table.ts";
import { type Shared, shared } from "./shared.ts";
import { addressRules } from "./verify/address_rules.ts";
import type { Send } from "./verify/way.ts";

/** The machine that the program runs on. */
export interface Machine extends ServerMachine {
  readonly cores: number;
  /** The admin token of the environment. */
  readonly token?: Sealed<string>;
  /** Runs kubectl and exec plugins. @default runProcess */
  readonly run?: RunProcess;
  /** kubectl's folder for cached discovery. @default kubectl's own */
  readonly kubectlCache?: string;
  /** Replaces all requests that verify credentials, for the demo. @default real requests */
  readonly send?: Send;
}

/** The wired program, for the server and the command line. */
export type Wired = ReturnType<typeof wire>;

/** Wires the program: settings, clusters, stores, use-cases. */
export function wire(
  settings: Settings,
  machine: Machine,
  version: string,
  common: Shared = shared(machine),
) {
  const { limits, fleet, gate, locks, breakers, tries, finds } = common;
  const { kubectl_timeout: seconds, "argocd-namespace": argocdNamespace } = settings;
  const rules = vetRules(settings, machine);
  // By the transport and timeout of the settings. Clusters with their own take slots of the same limits.
  limits.configure(serverLimits({
    maxRequests: settings["max-requests"],
    seconds,
    gate: rules.isOverApi ? undefined : gate.limits,
  }));
  const keyFile = settings["fingerprint-key-file"];
  const fingerprints = keyFile === undefined
    ? undefined
    : common.fingerprintKeys.at(keyFile, rules);
  fleet.configure(fleetLimits(settings["fleet-at-once"], gate.limits));
  const auditPath = settings["audit-log"];
  const auditLog = auditPath === undefined ? undefined : common.auditLogs.at(auditPath, {
    trust: rules,
    maxSize: settings["audit-log-max-size"] || Infinity,
    files: settings["audit-log-files"],
    fingerprints,
  });
  const transports = transportsOf({
    api: () => apiTransport(machine, settings["connect-timeout"]),
    kubectl: () => kubectlTransport(machine, gate),
  });
  // A cluster name is searched in this order.
  const sources: readonly ClusterSource[] = [
    folderSource(settings["clusters-folder"], rules, common.folderLog),
  ];
  const usual = rules.isOverApi ? "api" : "kubectl";
  const transportIn = (entry?: SourceEntry) =>
    entry === undefined || entry.problem ? usual : entry.transport;
  /** The warnings of the last list. A warning is logged once, and again after it was gone. */
  let warned: readonly string[] = [];
  async function list() {
    const listed = await listClusters(sources);
    for (const warning of listed.warnings) {
      if (!warned.includes(warning.text)) logListWarning(warning);
    }
    warned = listed.warnings.map(({ text }) => text);
    return listed;
  }
  const allowed = addressRules(settings["verify-allow"]);
  const services: Services = {
    version,
    settings: {
      dockerLabels: settings["docker-labels"],
      dockerNamespaces: settings["docker-namespaces"],
    },
    clusters: {
      names: async () => (await list()).clusters.map(({ name }) => name),
      list,
      choose: clusterChooser(sources),
      open: clusterOpener({
        sources,
        storeOf: (cluster, transport) => transports.of(transport).storeOf(cluster),
        breakers,
        seconds,
        argocdNamespace,
        onOpen: common.onOpen,
      }),
      describe: clusterDescriber(sources, transportIn),
      check: clusterChecker({
        sources,
        probeOf: (cluster) => transports.of(cluster.transport).probeOf(cluster),
        breakers,
        turns: common.checkTurns,
        argocdNamespaceOf: ({ own }) => argocdNamespaceOf(own, argocdNamespace),
        secondsOf: ({ own }) => own.seconds ?? seconds,
        isStopping: () => limits.isClosed,
      }),
    },
    operations: OPERATIONS,
    locks,
    // With the timeout of a request to a cluster that has none of its own.
    async verifyOne(what, request) {
      const { verifyCredential } = await import("./verify/verify.ts");
      const budgets = { request, process: common.readBudget };
      const { kubectlEnv: env, send } = machine;
      const { issuerAnswers: issuerMemory } = common;
      const options = { seconds, allowed, env, budgets, issuerMemory };
      return await verifyCredential(what, { ...options, ...send && { send } });
    },
    onBug: (error) => observe("write.internal_error", { error }),
    fingerprint: async (credential) =>
      fingerprints === undefined
        ? await (auditLog ?? common).fingerprint(credential)
        : await fingerprints.of(credential).catch(() => undefined), // the error is logged
    checks: common.checks,
    fingerprintsEnd: fingerprints ?? auditLog ? undefined : common.fingerprintsEnd,
    fingerprintsAreNew: fingerprints ?? auditLog ? false : common.fingerprintsAreNew,
    auditLog,
    rotations: common.rotations,
  };
  return {
    services,
    gates: { limits, fleet, tries, finds },
    /** Closes the connections to clusters. */
    close: transports.close,
  };
}

function logListWarning(warning: ClusterListWarning): void {
  switch (warning.kind) {
    case "labels_unusable":
      return; // logged where the file is read
    case "labels_unused": {
      const { file, clusters, total } = warning;
      return observe("clusters.labels_unused", { file, clusters, total });
    }
    case "defined_twice":
      return observe("clusters.defined_twice", { cluster: warning.cluster });
  }
}
