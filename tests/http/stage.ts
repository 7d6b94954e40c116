import assert from "node:assert/strict";
import type { AuditLog } from "../../src/audit/audit_log.ts";
import { addDocker } from "../../src/credentials/add_docker.ts";
import { addRepo } from "../../src/credentials/add_repo.ts";
import { listSecrets } from "../../src/credentials/list.ts";
import { removeSecrets } from "../../src/credentials/remove_secrets.ts";
import { showSecret } from "../../src/credentials/show_secret.ts";
import type { OpenCluster } from "../../src/credentials/stores.ts";
import {
  verifyDocker,
  type VerifyOne,
  verifyRepo,
} from "../../src/credentials/verify_credential.ts";
import { Locks } from "../../src/credentials/write/locks.ts";
import type { KubeError } from "../../src/kube/errors.ts";
import { FakeCluster } from "../../src/kube/fake/store.ts";
import { configureLog } from "../../src/log/logger.ts";
import { type App, createApp } from "../../src/server/app.ts";
import type { ServerDeps, UseCases } from "../../src/server/endpoint.ts";

export const DOCKER_LABELS = {
  "jjo.finance/secret-type": "docker-creds",
  "mcops.tech/secret-type": "docker-creds",
};

export interface Stage {
  readonly app: App;
  /** What is behind the name `test-cluster`. */
  readonly cluster: FakeCluster;
  /** Names of the clusters that were opened, in order. */
  readonly opened: string[];
  /** What was logged since, one line each. */
  readonly logged: string[];
  /** Bugs that a write has survived. */
  readonly faults: unknown[];
}

export interface StageOptions {
  /** How `test-cluster` opens, when not with a {@link FakeCluster}. */
  readonly refused?: KubeError;
  /** @default 10 */
  readonly seconds?: number;
  readonly deps?: Partial<Omit<ServerDeps, "useCases">>;
  readonly useCases?: Partial<UseCases>;
  readonly logFormat?: "text" | "json";
  /** @default writes are not recorded */
  readonly auditLog?: AuditLog;
  /** @default nowhere is there anything to ask */
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

/** The app over a cluster in memory with the namespaces that the seed's requests name. */
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
  const open: OpenCluster = (name) => {
    opened.push(name);
    if (name !== "test-cluster") {
      const file = `clusters/${name}.kubeconfig`;
      return Promise.resolve({ kind: "cluster_not_found", cluster: name, file });
    }
    if (options.refused) return Promise.resolve({ kind: "refused", error: options.refused });
    return Promise.resolve({ kind: "open", store: cluster.store() });
  };
  const seconds = options.seconds ?? 10;
  const settings = { argocdNamespace: "argocd", dockerLabels: DOCKER_LABELS };
  const names = {
    argocdNamespace: "argocd",
    dockerNamespaces: ["kube-system", "default", "argocd"],
  };
  const { verifyOne = noneToAsk } = options;
  const services = {
    verifyOne,
    open,
    record: options.auditLog,
    locks: new Locks(),
    seconds,
    onFault: (error: unknown) => faults.push(error),
    pause: () => new Promise<void>((resolve) => setTimeout(resolve, 1)),
  };
  const app = createApp({
    version: "1.2.3",
    argocdNamespace: "argocd",
    allowedHosts: [],
    corsOrigins: [],
    auditLog: options.auditLog,
    ...options.deps,
    useCases: {
      clusterNames: () => Promise.resolve(["production-cluster", "test-cluster"]),
      listSecrets: (name) =>
        listSecrets(name, open, {
          ...settings,
          seconds,
          dockerNamespaces: names.dockerNamespaces,
        }),
      addDocker: (request) => addDocker(request, settings, services),
      addRepo: (request) => addRepo(request, settings, services),
      removeSecrets: (request) => removeSecrets(request, names, services),
      showSecret: (request) =>
        showSecret(request, {
          ...names,
          open,
          seconds,
          fingerprint: () => Promise.resolve("fingerprint"),
        }),
      verifyDocker: (credentials) => verifyDocker(credentials, verifyOne),
      verifyRepo: (request) => verifyRepo(request, verifyOne),
      ...options.useCases,
    },
  });
  return { app, cluster, opened, logged, faults };
}

/** A stored value of a secret as text. */
export function stored(cluster: FakeCluster, ref: string, key: string): string {
  const value = cluster.secrets.get(ref)?.data.reveal()[key];
  assert.ok(value !== undefined, `${ref} has no ${key}`);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.fromBase64(value));
}

/** The one entry of a stored pull secret. */
export function storedLogin(cluster: FakeCluster, ref: string, registry = "ghcr.io") {
  return JSON.parse(stored(cluster, ref, ".dockerconfigjson")).auths[registry];
}
