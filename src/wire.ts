import type { AuditLog } from "./audit/audit_log.ts";
import { AuditLogs } from "./audit/audit_logs.ts";
import { type AuditKey, passingFingerprints } from "./audit/key.ts";
import { folderSource } from "./clusters/folder_source.ts";
import { clusterOpener } from "./clusters/open.ts";
import { type ClusterSource, listClusters } from "./clusters/source.ts";
import { ToldFiles } from "./clusters/told_files.ts";
import { isOverKubectl, vetRules } from "./clusters/vet.ts";
import type { Settings } from "./config/schema.ts";
import { configuredTrust, type Trust } from "./files/trusted.ts";
import type { VerifyOne } from "./credentials/verify_credential.ts";
import { Locks } from "./credentials/write/locks.ts";
import { Breakers } from "./kube/breaker.ts";
import { defaultGateLimits, ProcessGate } from "./kube/kubectl/gate.ts";
import type { RunProcess } from "./kube/process.ts";
import { overApi, overKubectl } from "./kube/transport.ts";
import { loggerOf } from "./log/logger.ts";
import type { Sealed } from "./log/sealed.ts";
import { TRIES_A_MINUTE } from "./operations/call.ts";
import { Limits } from "./operations/limits.ts";
import type { Clusters, Services } from "./operations/operation.ts";
import { serverLimits } from "./operations/server_limits.ts";
import { OPERATIONS } from "./operations/table.ts";
import { PerMinute } from "./rate_limit/per_minute.ts";
import { type App, createApp } from "./server/app.ts";
import { trustedProxies } from "./server/client_address.ts";
import { type Tokens, tokensFrom } from "./tokens/tokens.ts";
import { addressRules } from "./verify/address_rules.ts";
import { MAX_HELD, ReadBudget } from "./verify/read_budget.ts";

/** What the program knows of the machine that it runs on. */
export interface Surroundings {
  /** The environment of kubectl. */
  readonly kubectlEnv: Record<string, string>;
  readonly cores: number;
  /** Of the server's own process. */
  readonly user: number;
  readonly group: number;
  /** Whether kubectl can be run. */
  readonly hasKubectl: boolean;
  /** A token of an admin. */
  readonly token?: Sealed<string>;
  /** Who acts where no token is asked for. @default anonymous */
  readonly anyone?: string;
  /** What runs kubectl and exec plugins. @default runProcess */
  readonly run?: RunProcess;
  /** Where kubectl keeps what it discovered of clusters. @default kubectl's own */
  readonly kubectlCache?: string;
}

/** The whole program, to be served. */
export interface Program extends App {
  /** Closes the connections to clusters. */
  close(): void;
}

/** What programs in one process have in common, so that one may follow another while it serves. */
export interface Shared {
  readonly locks: Locks;
  /** As the program that was put together last has them. */
  readonly limits: Limits;
  readonly gate: ProcessGate;
  readonly breakers: Breakers;
  readonly auditLogs: AuditLogs;
  /** Of credentials, where no audit log has a key for them. */
  readonly fingerprint: AuditKey["fingerprint"];
  /** Of answers to who tries credentials: what of them is held at once. */
  readonly readBudget: ReadBudget;
  /** Dry runs and tried credentials of each token or address. */
  readonly tries: PerMinute;
  /** Files in folders of kubeconfigs of which the log says already that they are none. */
  readonly toldFiles: ToldFiles;
}

export function shared(
  { cores }: Pick<Surroundings, "cores">,
  toldFiles: ToldFiles = new ToldFiles(),
): Shared {
  const log = loggerOf("clusters");
  const breakers = new Breakers({
    onOpened: (cluster, { message: reason }) =>
      log.warn("cluster does not answer and is left alone for moments", { cluster, reason }),
    onClosed: (cluster) => log.info("cluster answers again", { cluster }),
  });
  const gate = new ProcessGate(defaultGateLimits(cores));
  return {
    locks: new Locks(),
    limits: new Limits(serverLimits({ maxRequests: 1, seconds: 1 })),
    gate,
    breakers,
    auditLogs: new AuditLogs(),
    fingerprint: passingFingerprints(),
    readBudget: new ReadBudget(MAX_HELD),
    tries: new PerMinute({ allowed: TRIES_A_MINUTE }),
    toldFiles,
  };
}

/** Puts the program together: clusters, stores, use-cases, HTTP. */
export function wire(
  settings: Settings,
  surroundings: Surroundings,
  version: string,
  common: Shared = shared(surroundings),
): Program {
  const { limits, gate, breakers, auditLogs } = common;
  limits.configure(serverLimits({
    maxRequests: settings["max-requests"],
    seconds: settings.kubectl_timeout,
    gate: isOverKubectl(settings, surroundings.hasKubectl) ? gate.limits : undefined,
  }));
  const auditPath = settings["audit-log"];
  const auditLog = auditPath === undefined ? undefined : auditLogs.at(auditPath, {
    trust: trustOf(settings, surroundings),
    maxSize: settings["audit-log-max-size"] || Infinity,
    files: settings["audit-log-files"],
  });
  const transport = isOverKubectl(settings, surroundings.hasKubectl)
    ? overKubectl(surroundings, gate)
    : overApi(surroundings, settings["connect-timeout"]);
  const rules = vetRules(settings, surroundings);
  // A name is looked for in each, in this order.
  const sources: readonly ClusterSource[] = [
    folderSource(settings["clusters-folder"], rules, common.toldFiles),
  ];
  const seconds = settings.kubectl_timeout;
  const open = clusterOpener({ sources, storeOf: transport.storeOf, breakers, seconds });
  const services = servicesOf(settings, surroundings, {
    version,
    clusters: { names: () => namesIn(sources), open },
    common,
    auditLog,
  });
  const app = createApp({
    services,
    gates: { limits, tries: common.tries },
    allowedHosts: settings["allowed-hosts"],
    corsOrigins: settings["cors-origins"],
    maxRequests: settings["max-requests"],
    bodySeconds: settings["body-timeout"],
    behindProxy: trustedProxies(settings["behind-proxy"]),
    tokens: tokensOf(settings, surroundings),
    anyone: surroundings.anyone,
  });
  return { ...app, close: transport.close };
}

/** Who may own the files that the server uses, and write to them. */
function trustOf(settings: Settings, { user, group }: Surroundings): Trust {
  return configuredTrust(settings["trusted-owners"], { owners: [user], group });
}

/** The tokens that are accepted; none when anyone may act. */
function tokensOf(settings: Settings, { token }: Surroundings): Tokens | undefined {
  const file = settings["tokens-file"];
  if (file === undefined && token === undefined) return undefined;
  return tokensFrom({ file, fromEnvironment: token });
}

/** What operations work with. */
function servicesOf(
  settings: Settings,
  surroundings: Surroundings,
  { version, clusters, common, auditLog }: {
    readonly version: string;
    readonly clusters: Clusters;
    readonly common: Shared;
    readonly auditLog: AuditLog | undefined;
  },
): Services {
  const { locks, fingerprint, readBudget } = common;
  const argocdNamespace = settings["argocd-namespace"];
  const writeLog = loggerOf("write");
  return {
    version,
    settings: {
      argocdNamespace,
      dockerLabels: settings["docker-labels"],
      dockerNamespaces: settings["docker-namespaces"] ??
        ["kube-system", "default", argocdNamespace],
      seconds: settings.kubectl_timeout,
    },
    clusters,
    operations: OPERATIONS,
    locks,
    verifyOne: verifier(settings, surroundings, readBudget),
    onFault: (error) => writeLog.error("internal error during a write", { error }),
    fingerprint: async (credential) =>
      auditLog === undefined ? fingerprint(credential) : await auditLog.fingerprint(credential),
    auditLog,
  };
}

/** Names of the clusters, sorted. */
async function namesIn(sources: readonly ClusterSource[]): Promise<string[]> {
  const { clusters, warnings } = await listClusters(sources);
  for (const warning of warnings) loggerOf("clusters").warn(warning);
  return clusters.map(({ name }) => name);
}

/** Tries credentials, under the same time as a request to a cluster. */
function verifier(
  settings: Settings,
  { kubectlEnv: env }: Surroundings,
  process: ReadBudget,
): VerifyOne {
  const allowed = addressRules(settings["verify-allow"]);
  return async (what, request) => {
    const { verify } = await import("./verify/verify.ts");
    const budgets = { request, process };
    return await verify(what, { seconds: settings.kubectl_timeout, allowed, env, budgets });
  };
}
