import assert from "node:assert/strict";
import type { AuditLog } from "../../src/audit/audit_log.ts";
import { checkTurns, clusterChecker } from "../../src/clusters/check_clusters.ts";
import { clusterChooser } from "../../src/clusters/choose.ts";
import { clusterDescriber } from "../../src/clusters/describe.ts";
import { inMemory, usable } from "../../src/clusters/fake/in_memory.ts";
import type { OpenCluster } from "../../src/clusters/open.ts";
import { type ClusterSource, listClusters } from "../../src/clusters/source.ts";
import type { VerifyOne } from "../../src/credentials/verify_credential.ts";
import { CheckMemory } from "../../src/credentials/checks/memory.ts";
import { Locks } from "../../src/credentials/write/locks.ts";
import type { KubeError } from "../../src/kube/errors.ts";
import { Rotations } from "../../src/fleet/rotation/rotations.ts";
import { FakeCluster } from "../../src/kube/fake/store.ts";
import { unusableStore } from "../../src/kube/lazy_store.ts";
import { defaultGateLimits } from "../../src/kube/kubectl/gate.ts";
import { configureLog } from "../../src/log/logger.ts";
import { FINDS_A_MINUTE, TRIES_A_MINUTE } from "../../src/operations/call.ts";
import { Limits } from "../../src/operations/limits.ts";
import type { Services } from "../../src/operations/operation.ts";
import { fleetQueue, serverLimits } from "../../src/operations/server_limits.ts";
import { OPERATIONS } from "../../src/operations/table.ts";
import { PerMinute } from "../../src/rate_limit/per_minute.ts";
import { type App, createApp } from "../../src/server/app.ts";
import type { ServerDeps } from "../../src/server/env.ts";

export const DOCKER_LABELS = {
  "jjo.finance/secret-type": "docker-creds",
  "mcops.tech/secret-type": "docker-creds",
};

export interface Stage {
  readonly app: App;
  /** The cluster named `test-cluster`. */
  readonly cluster: FakeCluster;
  /** Names of the opened clusters, in order. */
  readonly opened: string[];
  /** Names of the clusters that responded to a check. */
  readonly answered: string[];
  /** The log lines so far. */
  readonly logged: string[];
  /** Bugs that a write has survived. */
  readonly faults: unknown[];
}

export interface StageOptions {
  /** How `test-cluster` opens, if not as a {@link FakeCluster}. */
  readonly refused?: KubeError;
  /** @default 10 */
  readonly seconds?: number;
  /** Of `test-cluster`; `null` when it has no Argo CD. @default argocd */
  readonly argocdNamespace?: string | null;
  readonly deps?: Partial<Omit<ServerDeps, "services" | "gates">> & {
    readonly gates?: Partial<ServerDeps["gates"]>;
  };
  readonly services?: Partial<Services>;
  readonly clusters?: Partial<Services["clusters"]>;
  /** @default it has `production-cluster` and `test-cluster` */
  readonly sources?: readonly ClusterSource[];
  /** @default false */
  readonly isStopping?: boolean;
  readonly logFormat?: "text" | "json";
  /** @default writes are not audited */
  readonly auditLog?: AuditLog;
  /** @default no server can be reached */
  readonly verifyOne?: VerifyOne;
}

const noneToAsk: VerifyOne = () =>
  Promise.resolve({
    reachable: false,
    accepted: undefined,
    may: [],
    asked: "https://registry.example/",
    why: "Nothing is there",
  });

/** The app over an in-memory cluster with the namespaces of the seed's requests. */
export function stage(options: StageOptions = {}): Stage {
  const cluster = new FakeCluster();
  for (const name of ["default", "kube-system", "argocd"]) cluster.namespaces.set(name, "Active");
  const opened: string[] = [];
  const logged: string[] = [];
  const faults: unknown[] = [];
  configureLog({
    format: options.logFormat ?? "json",
    level: "debug",
    write: (line) => logged.push(line),
  });
  const seconds = options.seconds ?? 10;
  const open: OpenCluster = (name) => {
    opened.push(name);
    if (name !== "test-cluster") {
      const file = `clusters/${name}.kubeconfig`;
      return Promise.resolve({
        ...{ kind: "cluster_not_found", cluster: name, file, argocdNamespace: "argocd" },
      });
    }
    const store = options.refused ? unusableStore(options.refused) : cluster.store();
    const { argocdNamespace = "argocd" } = options;
    return Promise.resolve({
      ...{ kind: "open", name, store, lockScope: "https://test:6443" },
      ...{
        seconds,
        argocdNamespace: argocdNamespace ?? undefined,
        labelsAt: "clusters/labels.yaml",
      },
    });
  };
  const answered: string[] = [];
  const { isStopping = false } = options;
  const { sources = [inMemory(usable("production-cluster"), usable("test-cluster"))] } = options;
  const services: Services = {
    version: "1.2.3",
    settings: {
      dockerLabels: DOCKER_LABELS,
    },
    clusters: {
      names: async () => (await listClusters(sources)).clusters.map(({ name }) => name),
      list: () => listClusters(sources),
      choose: clusterChooser(sources),
      open,
      describe: clusterDescriber(sources, () => "api"),
      check: clusterChecker({
        sources,
        probeOf: () => cluster.probe(),
        breakers: { answered: (_server, name) => answered.push(name) },
        turns: checkTurns(),
        argocdNamespaceOf: () => "argocd",
        secondsOf: () => seconds,
        isStopping: () => isStopping,
      }),
      ...options.clusters,
    },
    operations: OPERATIONS,
    locks: new Locks(),
    verifyOne: options.verifyOne ?? noneToAsk,
    onBug: (error) => faults.push(error),
    pause: () => new Promise<void>((resolve) => setTimeout(resolve, 1)),
    fingerprint: () => Promise.resolve("fingerprint"),
    checks: new CheckMemory(),
    rotations: new Rotations(),
    auditLog: options.auditLog,
    ...options.services,
  };
  const { gates, ...deps } = options.deps ?? {};
  const { maxRequests = 256 } = deps;
  const app = createApp({
    services,
    gates: {
      limits: new Limits(serverLimits({ maxRequests, seconds })),
      fleet: fleetQueue(32, defaultGateLimits(2)),
      tries: new PerMinute({ allowed: TRIES_A_MINUTE }),
      finds: new PerMinute({ allowed: FINDS_A_MINUTE }),
      ...gates,
    },
    allowedHosts: [],
    corsOrigins: [],
    ...deps,
  });
  return { app, cluster, opened, answered, logged, faults };
}

/** A stored value of a secret as text. */
export function stored(cluster: FakeCluster, ref: string, key: string): string {
  const value = cluster.secrets.get(ref)?.data.reveal()[key];
  assert.ok(value !== undefined, `${ref} has no ${key}`);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.fromBase64(value));
}

/** The only entry of a stored pull secret. */
export function storedLogin(cluster: FakeCluster, ref: string, registry = "ghcr.io") {
  return JSON.parse(stored(cluster, ref, ".dockerconfigjson")).auths[registry];
}
