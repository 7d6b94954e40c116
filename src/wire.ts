import { clusterChecker } from "./clusters/check_clusters.ts";
import { clusterChooser } from "./clusters/choose.ts";
import { clusterDescriber } from "./clusters/describe.ts";
import { folderSource } from "./clusters/folder_source.ts";
import { clusterOpener } from "./clusters/open.ts";
import { argocdNamespaceOf } from "./clusters/own_settings.ts";
import { type ClusterEntry, type ClusterSource, listClusters } from "./clusters/source.ts";
import { type ServerMachine, vetRules } from "./clusters/vet.ts";
import type { Settings } from "./config/schema.ts";
import type { RunProcess } from "./kube/process.ts";
import { overApi, overKubectl, transportsOf } from "./kube/transport.ts";
import { observe } from "./observe/observe.ts";
import type { Sealed } from "./log/sealed.ts";
import type { Services } from "./operations/operation.ts";
import { fleetLimits, serverLimits } from "./operations/server_limits.ts";
import { OPERATIONS } from "./operations/table.ts";
import { type Shared, shared } from "./shared.ts";
import { addressRules } from "./verify/address_rules.ts";
import type { Send } from "./verify/way.ts";

/** What the program knows of the machine that it runs on. */
export interface Machine extends ServerMachine {
  readonly cores: number;
  /** A token of an admin. */
  readonly token?: Sealed<string>;
  /** What runs kubectl and exec plugins. @default runProcess */
  readonly run?: RunProcess;
  /** Where kubectl keeps what it discovered of clusters. @default kubectl's own */
  readonly kubectlCache?: string;
  /** Answers whoever tries credentials, in place of every server; for the demo. @default they are asked */
  readonly send?: Send;
}

/** The program, to be asked by whichever face. */
export type Wired = ReturnType<typeof wire>;

/** Puts the program together: settings, clusters, stores, use-cases. */
export function wire(
  settings: Settings,
  machine: Machine,
  version: string,
  common: Shared = shared(machine),
) {
  const { limits, fleet, gate, locks, breakers, tries, finds } = common;
  const { kubectl_timeout: seconds, "argocd-namespace": argocdNamespace } = settings;
  const rules = vetRules(settings, machine);
  // By the transport and the time of most clusters: one that has its own of both takes its places as
  // they do, and who waits for one waits no longer than for another.
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
    api: () => overApi(machine, settings["connect-timeout"]),
    kubectl: () => overKubectl(machine, gate),
  });
  // A name is looked for in each, in this order.
  const sources: readonly ClusterSource[] = [
    folderSource(settings["clusters-folder"], rules, common.passedOverFiles),
  ];
  const usual = rules.isOverApi ? "api" : "kubectl";
  const transportIn = (entry?: ClusterEntry) =>
    entry === undefined || entry.problem ? usual : entry.transport;
  /** Of the last list: each is logged once, and again when it has been gone. */
  let warned: readonly string[] = [];
  async function list() {
    const listed = await listClusters(sources);
    for (const warning of listed.warnings) {
      if (!warned.includes(warning)) observe("clusters.warning", { warning });
    }
    warned = listed.warnings;
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
        async storeOf(cluster, transport) {
          const way = transports.of(transport);
          await way.ready();
          return way.storeOf(cluster);
        },
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
    // Under the same time as a request to a cluster that has none of its own.
    async verifyOne(what, request) {
      const { verify } = await import("./verify/verify.ts");
      const budgets = { request, process: common.readBudget };
      const { kubectlEnv: env, send } = machine;
      const { issuerAnswers: issuerMemory } = common;
      const options = { seconds, allowed, env, budgets, issuerMemory };
      return await verify(what, { ...options, ...send && { send } });
    },
    onFault: (error) => observe("write.internal_error", { error }),
    fingerprint: async (credential) =>
      fingerprints === undefined
        ? await (auditLog ?? common).fingerprint(credential)
        : await fingerprints.of(credential).catch(() => undefined), // which is logged
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
