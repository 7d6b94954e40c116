import type { KubeconfigSource } from "./api/connection.ts";
import { IdleConnections } from "./api/idle_connections.ts";
import type { ApiCall } from "./api/send.ts";
import { type ApiStore, apiStore } from "./api/store.ts";
import type { KubeErrorKind } from "./errors.ts";
import { credentialExpiry } from "./kubeconfig/expiry.ts";
import { judge } from "./kubeconfig/judge.ts";
import { type KubectlCommand, kubectlOf, type KubectlOptions } from "./kubectl/command.ts";
import type { ProcessGate } from "./kubectl/gate.ts";
import { kubectlProbe } from "./kubectl/probe.ts";
import { kubectlStore } from "./kubectl/store.ts";
import type { ClusterProbe } from "./probe.ts";
import type { RunProcess } from "./process.ts";
import type { SecretStore } from "./store.ts";
import { observe } from "../observe/observe.ts";

/** The parts of a cluster that a transport needs. */
export interface Reachable {
  readonly name: string;
  /** Changes whenever the way to connect changes. */
  readonly version: string;
  readonly kubeconfig: KubeconfigSource;
}

/** How clusters are reached: by kubectl processes, or by HTTPS requests to the API server. */
export interface Transport {
  readonly name: "kubectl" | "api";
  storeOf(cluster: Reachable): SecretStore;
  /** Uses the same connections as the store. */
  probeOf(cluster: Reachable): ClusterProbe;
  /** Closes the connections that it keeps open. */
  close(): void;
}

/**
 * Creates each transport when it is first used.
 * @param makers create the transports, by name
 */
export function transportsOf<Name extends string>(makers: Readonly<Record<Name, () => Transport>>) {
  const made = new Map<Name, Transport>();
  return {
    of(name: Name): Transport {
      const known = made.get(name) ?? makers[name]();
      made.set(name, known);
      return known;
    },
    /** Closes the transports that were created. */
    close: () => made.forEach((each) => each.close()),
  };
}

interface TransportEnvironment {
  /** The environment of kubectl and of credential plugins. */
  readonly kubectlEnv: Record<string, string>;
  /** Runs kubectl and credential plugins. @default runProcess */
  readonly run?: RunProcess;
  /** kubectl's cache folder for API discovery. @default kubectl's own */
  readonly kubectlCache?: string;
}

/** Reaches clusters by kubectl; the gate limits the processes of all clusters together. */
export function kubectlTransport(
  environment: TransportEnvironment,
  gate: ProcessGate,
): Transport {
  const optionsOf = ({ name, kubeconfig }: Reachable): KubectlOptions => ({
    cluster: name,
    kubeconfig: kubeconfig.path,
    env: environment.kubectlEnv,
    gate,
    onCommand: logCommand,
    cacheDir: environment.kubectlCache,
    run: environment.run,
  });
  return {
    name: "kubectl",
    storeOf: (cluster) => kubectlStore(optionsOf(cluster)),
    probeOf: (cluster) =>
      kubectlProbe(kubectlOf(optionsOf(cluster)), cluster.name, () => expiryIn(cluster)),
    close: () => {},
  };
}

/**
 * Reaches clusters over HTTPS, with one store per cluster, which keeps its connections until the
 * kubeconfig changes. Connections carry the kubeconfig's credentials, so two clusters with the same
 * API server do not share them.
 * @param connectSeconds the timeout of a connection
 */
export function apiTransport(environment: TransportEnvironment, connectSeconds: number): Transport {
  const kept = new Map<string, { version: string; store: ApiStore }>();
  const idle = new IdleConnections();
  function storeOf({ name: cluster, kubeconfig, version }: Reachable): ApiStore {
    const known = kept.get(cluster);
    if (known?.version === version) return known.store;
    known?.store.close();
    const store = apiStore({
      cluster,
      kubeconfig,
      env: environment.kubectlEnv,
      connectSeconds,
      run: environment.run,
      idle,
      onCall: (call) => logCall(cluster, call),
    });
    kept.set(cluster, { version, store });
    return store;
  }
  return {
    name: "api",
    storeOf,
    probeOf: (cluster) => storeOf(cluster).probe,
    close: () => kept.forEach(({ store }) => store.close()),
  };
}

/** The expiry of the credential in a kubeconfig that {@link judge} has accepted. */
async function expiryIn({ kubeconfig: { path, content } }: Reachable): Promise<Date | undefined> {
  return await credentialExpiry(path, judge(content.reveal()));
}

function logCall(cluster: string, call: ApiCall): void {
  const { method, path, status, milliseconds, isWrite, failure } = call;
  const { kind, why } = failure?.report ?? { kind: failure && "internal" };
  const details = { cluster, method, path, status, ms: milliseconds, failure: kind, reason: why };
  if (failure?.isRetried) observe("api.request_retried", details);
  else if (kind !== undefined && !isAnswer(kind)) observe("api.request_failed", details);
  else observe(isWrite ? "api.write" : "api.read", details);
}

/** Whether a failure only answers the caller's question: the name is free, the namespace is unknown. */
function isAnswer(kind: KubeErrorKind | "internal"): boolean {
  return ["not_found", "namespace_not_found", "exists", "conflict"].includes(kind);
}

function logCommand(command: KubectlCommand): void {
  const { cluster, args, code, ended, milliseconds, failures } = command;
  const isFine = ended === "exit" &&
    (code === 0 || (failures.length > 0 && failures.every(({ kind }) => isAnswer(kind))));
  observe(isFine ? "kubectl.command" : "kubectl.command_failed", {
    cluster,
    args: args.map(shortened),
    code,
    ms: milliseconds,
    ended: ended === "exit" ? undefined : ended,
    failure: listed(failures.map(({ kind }) => kind)),
    reason: listed(failures.map(({ why }) => why)),
  });
}

/** One object's failure is reported for each object of a List; equal ones are listed once. */
function listed(words: readonly string[]): string | undefined {
  return words.length === 0 ? undefined : [...new Set(words)].join("; ");
}

/** Leaves templates out of the log: they are long and always the same. */
function shortened(arg: string): string {
  return arg.startsWith("--output=go-template=") ? "--output=go-template=…" : arg;
}
