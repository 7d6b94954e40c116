import { seal } from "../../log/sealed.ts";
import type { KubeError } from "../errors.ts";
import type { AccessQuestion, ClusterProbe, ServerVersion } from "../probe.ts";
import {
  type ItemOutcome,
  type NamespacePhase,
  type PullSecretUse,
  refKey,
  type Removal,
  type SecretData,
  type SecretManifest,
  type SecretStore,
  type ServiceAccount,
  type StoredSecret,
} from "../store.ts";
import { failure, type FaultAt, FaultyCalls, rejected } from "./faults.ts";
import { listedWithData, matches, summary } from "./lists.ts";

export type { StoreCall } from "./faults.ts";

/** A failure to simulate at one call of the store. */
export type StoreFault = FaultAt<FakeCluster>;

/** A service account with its uid and resourceVersion. */
export interface StoredServiceAccount extends ServiceAccount {
  readonly uid: string;
  readonly resourceVersion: string;
}

/**
 * A cluster's secrets, namespaces and service accounts in memory, with simulated failures. The contract
 * suite of the store runs against it.
 */
export class FakeCluster extends FaultyCalls {
  readonly namespaces = new Map<string, NamespacePhase>();
  /** Labels by namespace, without `kubernetes.io/metadata.name`, which every namespace has. */
  readonly namespaceLabels = new Map<string, Readonly<Record<string, string>>>();
  readonly secrets = new Map<string, StoredSecret>();
  readonly accounts = new Map<string, StoredServiceAccount>();
  /** Whether the kubeconfig's user has permission to read and list namespaces. */
  mayReadNamespaces = true;
  /** Why removing this many secrets would not finish in time. */
  tooMany: (count: number) => KubeError | undefined = () => undefined;
  #version = 1;

  /** Stores a secret as another client would; missing fields get defaults. */
  put(
    secret: Partial<StoredSecret> & { namespace: string; name: string },
    data?: SecretData,
  ): StoredSecret {
    const version = String(this.#version++);
    const stored: StoredSecret = {
      type: "Opaque",
      labels: {},
      annotations: {},
      uid: `uid-${version}`,
      creationTimestamp: "2026-01-01T00:00:00Z",
      ...secret,
      data: data === undefined ? secret.data ?? seal({}) : seal(data),
      resourceVersion: version,
    };
    this.secrets.set(refKey(stored), stored);
    return stored;
  }

  /** Stores a service account as another client would. */
  putAccount(
    account: Partial<StoredServiceAccount> & { namespace: string; name: string },
  ): StoredServiceAccount {
    const resourceVersion = String(this.#version++);
    const stored = { pullSecrets: [], uid: `uid-${resourceVersion}`, ...account, resourceVersion };
    this.accounts.set(refKey(stored), stored);
    return stored;
  }

  /** The secrets, unsealed, without the fields that change at each write, for comparisons. */
  dump(): Record<string, unknown> {
    return Object.fromEntries(
      [...this.secrets].sort().map(([key, { data, resourceVersion: _, uid: _uid, ...rest }]) => [
        key,
        JSON.parse(JSON.stringify({ ...rest, data: data.reveal() })),
      ]),
    );
  }

  /** The answers of the probe. */
  readonly shown: {
    version: ServerVersion;
    isAllowed: (question: AccessQuestion) => boolean;
    argocdVersion: string | undefined;
    credentialExpires: Date | undefined;
  } = {
    version: { version: "v1.35.4", clockSkewSeconds: 0 },
    isAllowed: () => true,
    argocdVersion: undefined,
    credentialExpires: undefined,
  };

  probe(): ClusterProbe {
    return {
      version: async (deadline) => {
        await this.query("version", 1, deadline);
        return this.shown.version;
      },
      access: async (questions, deadline) => {
        await this.query("access", questions.length, deadline);
        return questions.map(this.shown.isAllowed);
      },
      argocdVersion: async (_namespace, deadline) => {
        await this.query("argocdVersion", 1, deadline);
        return this.shown.argocdVersion;
      },
      credentialExpires: () => Promise.resolve(this.shown.credentialExpires),
    };
  }

  store(): SecretStore {
    return {
      list: async (query, deadline) => {
        await this.query("list", 1, deadline);
        return [...this.secrets.values()]
          .filter(({ namespace }) => namespace === (query.namespace ?? namespace))
          .filter(({ name }) => name === (query.name ?? name))
          .filter(({ labels }) => matches(labels, query.selector))
          .map((secret) => summary(secret, query));
      },
      listData: async (query, deadline) => {
        await this.query("listData", 1, deadline);
        return [...this.secrets.values()]
          .filter(({ namespace }) => namespace === (query.namespace ?? namespace))
          .filter(({ type }) => type === (query.type ?? type))
          .filter(({ labels }) => matches(labels, query.selector))
          .map((secret) => listedWithData(secret, query));
      },
      read: async (refs, deadline) => {
        await this.query("read", refs.length, deadline);
        const found = refs.flatMap((ref) => this.secrets.get(refKey(ref)) ?? []);
        return {
          secrets: new Map(found.map((secret) => [refKey(secret), secret])),
          namespaces: this.mayReadNamespaces ? new Map(this.namespaces) : undefined,
        };
      },
      create: (secrets, deadline, { dryRun } = {}) =>
        this.write("create", secrets, deadline, dryRun, (it) => this.#create(it, dryRun)),
      replace: (secrets, deadline, { dryRun } = {}) =>
        this.write("replace", secrets, deadline, dryRun, (it) => this.#replace(it, dryRun)),
      remove: (removals, deadline, { dryRun } = {}) =>
        this.write("remove", removals, deadline, dryRun, (it) => this.#remove(it, dryRun)),
      foreseeRemoval: (removals) => {
        const error = this.tooMany(removals.length);
        return error === undefined ? Promise.resolve() : Promise.reject(error);
      },
      namespaces: async (selector, deadline) => {
        await this.query("namespaces", 1, deadline);
        if (!this.mayReadNamespaces) throw failure("forbidden");
        return new Map(
          [...this.namespaces].filter(([name]) => matches(this.#labelsOf(name), selector)),
        );
      },
      createNamespaces: (names, deadline, { dryRun } = {}) =>
        this.write(
          "createNamespaces",
          names,
          deadline,
          dryRun,
          (it) => this.#createNamespace(it, dryRun),
        ),
      serviceAccounts: async (namespace, deadline) => {
        await this.query("serviceAccounts", 1, deadline);
        return [...this.accounts.values()]
          .filter((account) => account.namespace === (namespace ?? account.namespace))
          .map(({ namespace, name, pullSecrets }) => ({ namespace, name, pullSecrets }));
      },
      attach: (uses, deadline, { dryRun } = {}) =>
        this.write(
          "attach",
          uses,
          deadline,
          dryRun,
          (use) => this.#use(use, dryRun, (names) => [...new Set([...names, use.secret])]),
        ),
      detach: (uses, deadline, { dryRun } = {}) =>
        this.write(
          "detach",
          uses,
          deadline,
          dryRun,
          (use) => this.#use(use, dryRun, (names) => names.filter((name) => name !== use.secret)),
        ),
    };
  }

  #labelsOf(namespace: string): Record<string, string> {
    return { ...this.namespaceLabels.get(namespace), "kubernetes.io/metadata.name": namespace };
  }

  #create(secret: SecretManifest, dryRun = false): ItemOutcome {
    const phase = this.namespaces.get(secret.namespace);
    if (phase === undefined) return rejected("namespace_not_found");
    if (phase === "Terminating") return rejected("namespace_terminating");
    if (this.secrets.has(refKey(secret))) return rejected("exists");
    if (dryRun) return NOT_STORED;
    const { uid, resourceVersion } = this.put(secret, secret.data.reveal());
    return { kind: "done", uid, resourceVersion };
  }

  #replace(secret: SecretManifest, dryRun = false): ItemOutcome {
    const current = this.secrets.get(refKey(secret));
    if (current === undefined) return rejected("not_found");
    if (secret.resourceVersion !== current.resourceVersion) return rejected("conflict");
    if (secret.type !== current.type || current.immutable) return rejected("invalid");
    const { uid, creationTimestamp } = current;
    if (dryRun) return { kind: "done", uid, resourceVersion: current.resourceVersion };
    const { resourceVersion } = this.put({ ...secret, uid, creationTimestamp });
    return { kind: "done", uid, resourceVersion };
  }

  #remove({ uid, resourceVersion, ...ref }: Removal, dryRun = false): ItemOutcome {
    const current = this.secrets.get(refKey(ref));
    if (current === undefined) return rejected("not_found");
    if (current.uid !== uid || current.resourceVersion !== resourceVersion) {
      return rejected("conflict");
    }
    if (!dryRun) this.secrets.delete(refKey(ref));
    return { kind: "done", uid, resourceVersion };
  }

  #createNamespace(name: string, dryRun = false): ItemOutcome {
    if (this.namespaces.has(name)) return rejected("exists");
    if (dryRun) return NOT_STORED;
    this.namespaces.set(name, "Active");
    this.namespaceLabels.set(name, { "app.kubernetes.io/managed-by": "argocd-configurer" });
    const resourceVersion = String(this.#version++);
    return { kind: "done", uid: `uid-${resourceVersion}`, resourceVersion };
  }

  #use(
    { namespace, serviceAccount: name }: PullSecretUse,
    dryRun: boolean | undefined,
    change: (names: readonly string[]) => readonly string[],
  ): ItemOutcome {
    const current = this.accounts.get(refKey({ namespace, name }));
    if (current === undefined) return rejected("not_found");
    const pullSecrets = change(current.pullSecrets);
    const isChanged = pullSecrets.length !== current.pullSecrets.length;
    const { uid, resourceVersion } = isChanged && !dryRun
      ? this.putAccount({ ...current, pullSecrets })
      : current;
    return { kind: "done", uid, resourceVersion };
  }
}

/** The outcome of a create in a dry run: without a resourceVersion. */
const NOT_STORED: ItemOutcome = { kind: "done", uid: "uid-dry-run", resourceVersion: "" };
