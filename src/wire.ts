import { folderSource } from "./clusters/folder_source.ts";
import { clusterOpener } from "./clusters/open.ts";
import { type ClusterSource, listClusters } from "./clusters/source.ts";
import { type ServerMachine, vetRules } from "./clusters/vet.ts";
import type { Settings } from "./config/schema.ts";
import type { RunProcess } from "./kube/process.ts";
import { overApi, overKubectl } from "./kube/transport.ts";
import { observe } from "./observe/observe.ts";
import type { Sealed } from "./log/sealed.ts";
import type { Services } from "./operations/operation.ts";
import { serverLimits } from "./operations/server_limits.ts";
import { OPERATIONS } from "./operations/table.ts";
import { type Shared, shared } from "./shared.ts";
import { addressRules } from "./verify/address_rules.ts";

/** What the program knows of the machine that it runs on. */
export interface Machine extends ServerMachine {
  readonly cores: number;
  /** A token of an admin. */
  readonly token?: Sealed<string>;
  /** What runs kubectl and exec plugins. @default runProcess */
  readonly run?: RunProcess;
  /** Where kubectl keeps what it discovered of clusters. @default kubectl's own */
  readonly kubectlCache?: string;
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
  const { limits, gate, locks, breakers, tries } = common;
  const { kubectl_timeout: seconds, "argocd-namespace": argocdNamespace } = settings;
  const rules = vetRules(settings, machine);
  limits.configure(serverLimits({
    maxRequests: settings["max-requests"],
    seconds,
    gate: rules.isOverApi ? undefined : gate.limits,
  }));
  const auditPath = settings["audit-log"];
  const auditLog = auditPath === undefined ? undefined : common.auditLogs.at(auditPath, {
    trust: rules,
    maxSize: settings["audit-log-max-size"] || Infinity,
    files: settings["audit-log-files"],
  });
  const transport = rules.isOverApi
    ? overApi(machine, settings["connect-timeout"])
    : overKubectl(machine, gate);
  // A name is looked for in each, in this order.
  const sources: readonly ClusterSource[] = [
    folderSource(settings["clusters-folder"], rules, common.passedOverFiles),
  ];
  const allowed = addressRules(settings["verify-allow"]);
  const services: Services = {
    version,
    settings: {
      argocdNamespace,
      dockerLabels: settings["docker-labels"],
      dockerNamespaces: settings["docker-namespaces"] ??
        ["kube-system", "default", argocdNamespace],
      seconds,
    },
    clusters: {
      async names() {
        const { clusters, warnings } = await listClusters(sources);
        for (const warning of warnings) observe("clusters.warning", { warning });
        return clusters.map(({ name }) => name);
      },
      open: clusterOpener({ sources, storeOf: transport.storeOf, breakers, seconds }),
    },
    operations: OPERATIONS,
    locks,
    // Under the same time as a request to a cluster.
    async verifyOne(what, request) {
      const { verify } = await import("./verify/verify.ts");
      const budgets = { request, process: common.readBudget };
      return await verify(what, { seconds, allowed, env: machine.kubectlEnv, budgets });
    },
    onFault: (error) => observe("write.internal_error", { error }),
    fingerprint: async (credential) => await (auditLog ?? common).fingerprint(credential),
    auditLog,
  };
  return {
    services,
    gates: { limits, tries },
    /** Closes the connections to clusters. */
    close: transport.close,
  };
}
