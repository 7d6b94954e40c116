import type { AuditLog } from "./audit/audit_log.ts";
import { AuditLogs } from "./audit/audit_logs.ts";
import { type AuditKey, passingFingerprints } from "./audit/key.ts";
import { clustersFolder } from "./clusters/folder.ts";
import { ToldFiles } from "./clusters/told_files.ts";
import {
  isOverKubectl,
  KubeconfigRefused,
  vetKubeconfig,
  vetRules,
  type Vetted,
} from "./clusters/vet.ts";
import type { Settings } from "./config/schema.ts";
import { configuredTrust, type Trust } from "./files/trusted.ts";
import { addDocker } from "./credentials/add_docker.ts";
import { addRepo } from "./credentials/add_repo.ts";
import { listSecrets } from "./credentials/list.ts";
import { removeSecrets } from "./credentials/remove_secrets.ts";
import { showSecret } from "./credentials/show_secret.ts";
import type { OpenCluster } from "./credentials/stores.ts";
import { verifyDocker, type VerifyOne, verifyRepo } from "./credentials/verify_credential.ts";
import { Locks } from "./credentials/write/locks.ts";
import type { ApiCall } from "./kube/api/client.ts";
import { type ApiStore, apiStore } from "./kube/api/store.ts";
import { Breakers } from "./kube/breaker.ts";
import { KubeError } from "./kube/errors.ts";
import type { KubectlCommand } from "./kube/kubectl/command.ts";
import { defaultGateLimits, ProcessGate } from "./kube/kubectl/gate.ts";
import { kubectlStore } from "./kube/kubectl/store.ts";
import type { RunProcess } from "./kube/process.ts";
import type { SecretStore } from "./kube/store.ts";
import { loggerOf, logInfo } from "./log/logger.ts";
import type { Sealed } from "./log/sealed.ts";
import { type App, createApp } from "./server/app.ts";
import type { UseCases } from "./server/endpoint.ts";
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
  readonly gate: ProcessGate;
  readonly breakers: Breakers;
  readonly auditLogs: AuditLogs;
  /** Of credentials, where no audit log has a key for them. */
  readonly fingerprint: AuditKey["fingerprint"];
  /** Of answers to who tries credentials: what of them is held at once. */
  readonly readBudget: ReadBudget;
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
    gate,
    breakers,
    auditLogs: new AuditLogs(),
    fingerprint: passingFingerprints(),
    readBudget: new ReadBudget(MAX_HELD),
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
  const { gate, breakers, auditLogs } = common;
  const auditPath = settings["audit-log"];
  const auditLog = auditPath === undefined
    ? undefined
    : auditLogs.at(auditPath, trustOf(settings, surroundings));
  const transport = transportOf(settings, surroundings, gate);
  const open = opener(settings, surroundings, transport.storeOf, breakers);
  const app = createApp({
    useCases: wireUseCases(settings, surroundings, open, common, auditLog),
    version,
    argocdNamespace: settings["argocd-namespace"],
    allowedHosts: settings["allowed-hosts"],
    corsOrigins: settings["cors-origins"],
    maxRequests: settings["max-requests"],
    bodySeconds: settings["body-timeout"],
    behindProxy: settings["behind-proxy"],
    tokens: tokensOf(settings, surroundings),
    anyone: surroundings.anyone,
    auditLog,
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

function wireUseCases(
  settings: Settings,
  surroundings: Surroundings,
  open: OpenCluster,
  { locks, fingerprint, readBudget, toldFiles }: Shared,
  record: AuditLog | undefined,
): UseCases {
  const folder = clustersFolder(settings["clusters-folder"]);
  const seconds = settings.kubectl_timeout;
  const argocdNamespace = settings["argocd-namespace"];
  const dockerLabels = settings["docker-labels"];
  const dockerNamespaces = settings["docker-namespaces"] ??
    ["kube-system", "default", argocdNamespace];
  const writeLog = loggerOf("write");
  const verifyOne = verifier(settings, surroundings, readBudget);
  const names = { argocdNamespace, dockerNamespaces };
  const services = {
    verifyOne,
    open,
    record,
    locks,
    seconds,
    onFault: (error: unknown) => writeLog.error("internal error during a write", { error }),
  };
  return {
    async clusterNames() {
      const found = await folder.look();
      if (found !== undefined) toldFiles.tell(folder.path, found.passedOver);
      else loggerOf("clusters").warn("no clusters folder", { folder: folder.path });
      return found?.names ?? [];
    },
    listSecrets: (cluster) =>
      listSecrets(cluster, open, { seconds, argocdNamespace, dockerLabels, dockerNamespaces }),
    addDocker: (request) => addDocker(request, { argocdNamespace, dockerLabels }, services),
    addRepo: (request) => addRepo(request, { argocdNamespace, dockerLabels }, services),
    removeSecrets: (request) => removeSecrets(request, names, services),
    showSecret: (request) =>
      showSecret(request, {
        ...names,
        open,
        seconds,
        fingerprint: async (credential) =>
          record === undefined ? fingerprint(credential) : await record.fingerprint(credential),
      }),
    verifyDocker: (credentials) => verifyDocker(credentials, verifyOne),
    verifyRepo: (request) => verifyRepo(request, verifyOne),
  };
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

/** Opens clusters of the folder. */
function opener(
  settings: Settings,
  surroundings: Surroundings,
  storeOf: Transport["storeOf"],
  breakers: Breakers,
): OpenCluster {
  const log = loggerOf("clusters");
  const folder = clustersFolder(settings["clusters-folder"]);
  const rules = vetRules(settings, surroundings);
  const seen = new Map<string, Vetted>();
  return async (cluster) => {
    const file = folder.fileOf(cluster);
    try {
      const kubeconfig = await vetKubeconfig(file, rules, seen);
      for (const warning of kubeconfig.warnings) log.debug(warning);
      const store = storeOf(cluster, kubeconfig);
      return breakers.of(cluster, kubeconfig.version).guard(store, settings.kubectl_timeout);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        return { kind: "cluster_not_found", cluster, file };
      }
      if (error instanceof Error && error.message.includes("os error 24")) { // EMFILE
        const message = `Cannot use kubeconfig '${file}': the server has too many files open`;
        return {
          kind: "refused",
          error: new KubeError("busy", message, { cluster, retryAfter: 5 }),
        };
      }
      if (!(error instanceof KubeconfigRefused)) throw error;
      log.warn("kubeconfig refused", { cluster, reason: error.message });
      const refused = new KubeError("invalid_kubeconfig", error.message, { cluster });
      return { kind: "refused", error: refused };
    }
  };
}

interface Transport {
  storeOf(cluster: string, kubeconfig: Vetted): SecretStore;
  close(): void;
}

function transportOf(
  settings: Pick<Settings, "transport" | "connect-timeout">,
  surroundings: Surroundings,
  gate: ProcessGate,
): Transport {
  return isOverKubectl(settings, surroundings.hasKubectl)
    ? overKubectl(surroundings, gate)
    : overApi(surroundings, settings["connect-timeout"]);
}

/** All clusters under one limit of processes. */
function overKubectl(surroundings: Surroundings, gate: ProcessGate): Transport {
  return {
    storeOf: (cluster, { path }) =>
      kubectlStore({
        cluster,
        kubeconfig: path,
        env: surroundings.kubectlEnv,
        gate,
        onCommand: logCommand,
        cacheDir: surroundings.kubectlCache,
        run: surroundings.run,
      }),
    close: () => {},
  };
}

/** One store a cluster, which keeps its connections until the kubeconfig changes. */
function overApi(surroundings: Surroundings, connectSeconds: number): Transport {
  const kept = new Map<string, { version: string; store: ApiStore }>();
  return {
    storeOf(cluster, { path, content, version }) {
      const known = kept.get(cluster);
      if (known?.version === version) return known.store;
      known?.store.close();
      const store = apiStore({
        cluster,
        kubeconfig: { path, content },
        env: surroundings.kubectlEnv,
        connectSeconds,
        run: surroundings.run,
        onCall: (call) => logCall(cluster, call),
      });
      kept.set(cluster, { version, store });
      return store;
    },
    close: () => kept.forEach(({ store }) => store.close()),
  };
}

function logCall(cluster: string, call: ApiCall): void {
  const { method, path, status, milliseconds, failure } = call;
  const properties = { cluster, method, path, status, ms: milliseconds, failure };
  const log = loggerOf("api");
  if (failure === undefined || failure === "not_found") logInfo(log, "request", properties);
  else log.warn("request failed", properties);
}

function logCommand(command: KubectlCommand): void {
  const { cluster, args, code, ended, milliseconds, failures } = command;
  const failed = code !== 0 || ended !== "exit";
  const properties = {
    cluster,
    args: args.map(shortened),
    code,
    ms: milliseconds,
    ...(ended === "exit" ? {} : { ended }),
    ...(failures.length === 0 ? {} : { failures: [...new Set(failures)] }),
  };
  const log = loggerOf("kubectl");
  if (failed) log.warn("command failed", properties);
  else log.info("command", properties);
}

/** A template says nothing new each time. */
function shortened(arg: string): string {
  return arg.startsWith("--output=go-template=") ? "--output=go-template=…" : arg;
}
