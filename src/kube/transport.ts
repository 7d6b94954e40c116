import { type KubeconfigSource, loadLibrary } from "./api/connection.ts";
import { IdleConnections } from "./api/idle_connections.ts";
import type { ApiCall } from "./api/send.ts";
import { type ApiStore, apiStore } from "./api/store.ts";
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

/** A cluster, as far as it takes to reach it. */
export interface Reachable {
  readonly name: string;
  /** Another one whenever how to connect has changed. */
  readonly version: string;
  readonly kubeconfig: KubeconfigSource;
}

/** One of the two ways to clusters. */
export interface Transport {
  readonly name: "kubectl" | "api";
  /** Loads what it needs, for which no cluster's time should count: of many the first would have it. */
  ready(): Promise<unknown>;
  storeOf(cluster: Reachable): SecretStore;
  /** By the same way as the store. */
  probeOf(cluster: Reachable): ClusterProbe;
  /** Closes the connections that it keeps. */
  close(): void;
}

/**
 * Both ways, each made when the first cluster is reached by it.
 * @param makers of each, by its name
 */
export function transportsOf<Name extends string>(makers: Readonly<Record<Name, () => Transport>>) {
  const made = new Map<Name, Transport>();
  return {
    of(name: Name): Transport {
      const known = made.get(name) ?? makers[name]();
      made.set(name, known);
      return known;
    },
    /** Closes those that were made. */
    close: () => made.forEach((each) => each.close()),
  };
}

interface Around {
  /** The environment of kubectl and of credential plugins. */
  readonly kubectlEnv: Record<string, string>;
  /** What runs kubectl and exec plugins. @default runProcess */
  readonly run?: RunProcess;
  /** Where kubectl keeps what it discovered of clusters. @default kubectl's own */
  readonly kubectlCache?: string;
}

/** All clusters under one limit of processes. */
export function overKubectl(around: Around, gate: ProcessGate): Transport {
  const optionsOf = ({ name, kubeconfig }: Reachable): KubectlOptions => ({
    cluster: name,
    kubeconfig: kubeconfig.path,
    env: around.kubectlEnv,
    gate,
    onCommand: logCommand,
    cacheDir: around.kubectlCache,
    run: around.run,
  });
  return {
    name: "kubectl",
    ready: () => Promise.resolve(),
    storeOf: (cluster) => kubectlStore(optionsOf(cluster)),
    probeOf: (cluster) =>
      kubectlProbe(kubectlOf(optionsOf(cluster)), cluster.name, () => expiryIn(cluster)),
    close: () => {},
  };
}

/**
 * One store a cluster, which keeps its connections until the kubeconfig changes. They carry that
 * kubeconfig's credentials, so two names of one API server have each their own.
 * @param connectSeconds within which a connection has to be made
 */
export function overApi(around: Around, connectSeconds: number): Transport {
  const kept = new Map<string, { version: string; store: ApiStore }>();
  const idle = new IdleConnections();
  function storeOf({ name: cluster, kubeconfig, version }: Reachable): ApiStore {
    const known = kept.get(cluster);
    if (known?.version === version) return known.store;
    known?.store.close();
    const store = apiStore({
      cluster,
      kubeconfig,
      env: around.kubectlEnv,
      connectSeconds,
      run: around.run,
      idle,
      onCall: (call) => logCall(cluster, call),
    });
    kept.set(cluster, { version, store });
    return store;
  }
  let library: Promise<unknown> | undefined;
  return {
    name: "api",
    ready: () => library ??= loadLibrary(),
    storeOf,
    probeOf: (cluster) => storeOf(cluster).probe,
    close: () => kept.forEach(({ store }) => store.close()),
  };
}

/** What stands in it, as {@link judge} has found it usable. */
async function expiryIn({ kubeconfig: { path, content } }: Reachable): Promise<Date | undefined> {
  return await credentialExpiry(path, judge(content.reveal()));
}

function logCall(cluster: string, call: ApiCall): void {
  const { method, path, status, milliseconds, failure } = call;
  const details = { cluster, method, path, status, ms: milliseconds, failure };
  const isFine = failure === undefined || failure === "not_found";
  observe(isFine ? "api.request" : "api.request_failed", details);
}

function logCommand(command: KubectlCommand): void {
  const { cluster, args, code, ended, milliseconds, failures } = command;
  const failed = code !== 0 || ended !== "exit";
  const details = {
    cluster,
    args: args.map(shortened),
    code,
    ms: milliseconds,
    ...(ended === "exit" ? {} : { ended }),
    ...(failures.length === 0 ? {} : { failures: [...new Set(failures)] }),
  };
  observe(failed ? "kubectl.command_failed" : "kubectl.command", details);
}

/** A template says nothing new each time. */
function shortened(arg: string): string {
  return arg.startsWith("--output=go-template=") ? "--output=go-template=…" : arg;
}
