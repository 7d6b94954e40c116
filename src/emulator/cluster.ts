import {
  admitToNamespace,
  checkName,
  checkNamespace,
  checkNoResourceVersion,
  checkResourceVersion,
  checkUid,
} from "./checks.ts";
import { decodeObject } from "./decode.ts";
import type { DeleteOptions } from "./delete_options.ts";
import { deleteObject } from "./deletion.ts";
import { Lister, type ListOptions, type ObjectList } from "./list.ts";
import {
  accountObject,
  buildObject,
  generatedName,
  KIND,
  type KubernetesObject,
  type Manifest,
  manifestMeta,
  namespaceObject,
  type ObjectMeta,
  type Objects,
  type Resource,
  secretObject,
  type SecretSeed,
  type ServiceAccountSeed,
  type V1Namespace,
  type V1NamespacePhase,
  type V1Secret,
  type V1ServiceAccount,
} from "./objects.ts";
import type { AccessAsked, EmulatedDeployment } from "./other_groups.ts";
import { alreadyExists, forbidden, invalid, notFound, type Status } from "./status.ts";
import { ObjectStore } from "./store.ts";
import { createErrors, updateErrors } from "./validation.ts";

export interface CreateOptions {
  readonly dryRun?: boolean;
}

export interface UpdateOptions extends CreateOptions {
  /** Whether a uid in the object is compared first, as for a PUT. A PATCH treats it as a change. */
  readonly uidIsPrecondition?: boolean;
}

export interface ClusterOptions {
  /** @default () => new Date() */
  readonly now?: () => Date;
  /**
   * Whether every namespace gets a service account `default`, which a controller creates on a real
   * cluster. The control plane of the tests has no such controller.
   * @default false
   */
  readonly defaultAccounts?: boolean;
}

/** Namespaces of every cluster. The NamespaceLifecycle admission protects the first three. */
const SYSTEM_NAMESPACES = ["default", "kube-public", "kube-system", "kube-node-lease"];
const IMMORTAL_NAMESPACES = new Set(SYSTEM_NAMESPACES.slice(0, 3));

/**
 * The objects of one cluster and the operations of the API on them, without HTTP. Stored objects are
 * never changed, so that an object that was read before a request keeps its old state.
 *
 * Errors are {@linkcode StatusError}, with the code, reason and message of kube-apiserver 1.35.
 */
export class EmulatedCluster {
  readonly #store: ObjectStore;
  readonly #lister = new Lister();

  readonly #defaultAccounts: boolean;

  /** The answer of access reviews. Nothing else enforces it: the token may do everything. */
  isAllowed: (asked: AccessAsked) => boolean = () => true;
  /** Deployments that can be listed. */
  deployments: readonly EmulatedDeployment[] = [];

  constructor({ now = () => new Date(), defaultAccounts = false }: ClusterOptions = {}) {
    this.#store = new ObjectStore(now);
    this.#defaultAccounts = defaultAccounts;
    for (const name of SYSTEM_NAMESPACES) this.addNamespace(name);
  }

  /**
   * Adds a namespace, or sets the phase of an existing one. A finalizer keeps a namespace that is added as
   * Terminating.
   */
  addNamespace(name: string, { phase = "Active" }: { phase?: V1NamespacePhase } = {}): V1Namespace {
    const old = this.namespace(name);
    const uid = old?.metadata.uid ?? crypto.randomUUID();
    const meta = manifestMeta({ name, uid, labels: namespaceLabels(name, {}) });
    if (phase === "Terminating") {
      meta.deletionTimestamp = this.#store.timestamp();
      meta.finalizers = ["emulator.invalid/held"];
    }
    const namespace = namespaceObject(this.#store.stamp(meta, old), phase);
    this.#store.set(namespace);
    if (!old) this.#addDefaultAccount(name);
    return namespace;
  }

  /**
   * Stores a Secret without validation, with a new resourceVersion, as if another client had created or
   * replaced it. Adds a missing namespace.
   */
  put(seed: SecretSeed): V1Secret {
    return this.#put("secrets", seed, secretObject);
  }

  /** As {@linkcode EmulatedCluster.put}, for a service account. */
  putServiceAccount(seed: ServiceAccountSeed): V1ServiceAccount {
    return this.#put("serviceaccounts", seed, accountObject);
  }

  #put<R extends "secrets" | "serviceaccounts">(
    resource: R,
    seed: SecretSeed | ServiceAccountSeed,
    buildObject: (manifest: Manifest, metadata: ObjectMeta) => Objects[R],
  ): Objects[R] {
    const { manifest } = decodeObject({ ...seed }, resource);
    const { metadata } = manifest;
    if (!this.namespace(metadata.namespace)) this.addNamespace(metadata.namespace);
    const old = this.#store.find(resource, metadata.namespace, metadata.name);
    metadata.uid ||= old?.metadata.uid ?? crypto.randomUUID();
    const object = buildObject(manifest, this.#store.stamp(metadata, old));
    this.#store.set(object);
    return object;
  }

  /** Removes a Secret, as if another client had deleted it. */
  remove(namespace: string, name: string): void {
    const secret = this.secret(namespace, name);
    if (secret) this.#store.remove(secret);
  }

  secret(namespace: string, name: string): V1Secret | undefined {
    return this.#store.find("secrets", namespace, name);
  }

  /** All Secrets, sorted by namespace and name. */
  secrets(): V1Secret[] {
    return this.#store.all("secrets");
  }

  serviceAccount(namespace: string, name: string): V1ServiceAccount | undefined {
    return this.#store.find("serviceaccounts", namespace, name);
  }

  namespace(name: string): V1Namespace | undefined {
    return this.#store.find("namespaces", "", name);
  }

  /** @param namespace Empty for a namespace itself. */
  get(resource: Resource, namespace: string, name: string): KubernetesObject {
    const found = this.#store.find(resource, namespace, name);
    if (!found) throw notFound(resource, name);
    return found;
  }

  /** @param namespace Empty for all namespaces. */
  list(resource: Resource, namespace: string, options: ListOptions = {}): ObjectList {
    const all = this.#store.all(resource, namespace);
    return this.#lister.page(resource, all, namespace, this.#store.resourceVersion, options);
  }

  create(
    resource: Resource,
    namespace: string,
    manifest: Manifest,
    { dryRun = false }: CreateOptions = {},
  ): KubernetesObject {
    const metadata = { ...manifest.metadata };
    if (resource === "namespaces") {
      metadata.labels = namespaceLabels(metadata.name, metadata.labels);
    } else {
      checkNamespace(metadata, namespace);
      admitToNamespace(resource, metadata.name, this.namespace(namespace), namespace);
    }
    metadata.namespace = namespace;
    metadata.uid = crypto.randomUUID();
    metadata.deletionTimestamp = undefined;
    metadata.deletionGracePeriodSeconds = undefined;
    if (!metadata.name && metadata.generateName) {
      metadata.name = generatedName(metadata.generateName);
    }
    const errors = createErrors({ ...manifest, metadata }, resource);
    if (errors.length > 0) throw invalid(KIND[resource], metadata.name, errors);
    if (!dryRun) checkNoResourceVersion(metadata);
    const there = this.#store.find(resource, namespace, metadata.name);
    if (there) {
      const deleting = there.metadata.deletionTimestamp !== undefined;
      throw alreadyExists(resource, metadata.name, deleting);
    }
    const stamped = this.#store.stamp(metadata, undefined, dryRun);
    const object = buildObject(resource, manifest, stamped);
    if (dryRun) return object;
    this.#store.set(object);
    if (resource === "namespaces") this.#addDefaultAccount(metadata.name);
    return object;
  }

  /** Replaces an object. An unchanged object keeps its resourceVersion. */
  update(
    resource: Resource,
    namespace: string,
    name: string,
    manifest: Manifest,
    { dryRun = false, uidIsPrecondition = true }: UpdateOptions = {},
  ): KubernetesObject {
    const metadata = { ...manifest.metadata };
    if (resource !== "namespaces") checkNamespace(metadata, namespace);
    checkName(metadata, name);
    const old = this.get(resource, namespace, name);
    if (uidIsPrecondition) checkUid(resource, metadata, old);
    checkResourceVersion(resource, metadata, old);
    metadata.namespace = namespace;
    metadata.uid ||= old.metadata.uid;
    metadata.generation = old.metadata.generation ?? 0;
    metadata.deletionTimestamp = old.metadata.deletionTimestamp ?? metadata.deletionTimestamp;
    metadata.deletionGracePeriodSeconds ??= old.metadata.deletionGracePeriodSeconds;
    if (resource === "namespaces") metadata.labels = namespaceLabels(name, metadata.labels);
    const errors = updateErrors({ ...manifest, metadata }, old, resource);
    if (errors.length > 0) throw invalid(KIND[resource], name, errors);
    const object = (metadata: ObjectMeta) =>
      buildObject(
        resource,
        manifest,
        metadata,
        old.kind === "Namespace" ? old.status.phase : undefined,
      );
    const kept = object(this.#store.stamp(metadata, old, true));
    if (JSON.stringify(kept) === JSON.stringify(old)) return old;
    if (dryRun) return kept;
    if (kept.kind !== "Namespace" && isDoneWith(kept)) {
      this.#store.remove(kept);
      return kept;
    }
    const changed = object(this.#store.stamp(metadata, old));
    this.#store.set(changed);
    if (isDoneWith(changed)) this.#store.remove(changed);
    return changed;
  }

  /**
   * Deletes an object; one with finalizers is marked and stays. A namespace and its contents are deleted
   * immediately; on a real cluster a controller does that a little later.
   */
  delete(
    resource: Resource,
    namespace: string,
    name: string,
    options: DeleteOptions = { dryRun: false },
  ): Status | KubernetesObject {
    if (resource === "namespaces" && IMMORTAL_NAMESPACES.has(name)) {
      throw forbidden(resource, name, "this namespace may not be deleted");
    }
    return deleteObject(this.#store, this.get(resource, namespace, name), options);
  }

  /**
   * Deletes the objects of a namespace that match the selectors.
   *
   * @returns The deleted objects, as they were.
   */
  deleteAll(
    resource: Resource,
    namespace: string,
    selection: ListOptions,
    options: DeleteOptions,
  ): ObjectList {
    const found = this.list(resource, namespace, selection);
    for (const { metadata } of found.items) {
      this.delete(resource, namespace, metadata.name, options);
    }
    return found;
  }

  #addDefaultAccount(namespace: string): void {
    if (!this.#defaultAccounts) return;
    this.putServiceAccount({ metadata: { namespace, name: "default" } });
  }
}

/** Whether the object is being deleted and has no finalizer left. */
function isDoneWith({ metadata }: KubernetesObject): boolean {
  return metadata.deletionTimestamp !== undefined && !metadata.finalizers;
}

function namespaceLabels(name: string, labels: Record<string, string>): Record<string, string> {
  return name ? { ...labels, "kubernetes.io/metadata.name": name } : labels;
}
