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
import { generatedName } from "./generated_name.ts";
import { Lister, type ListOptions, type ObjectList } from "./list.ts";
import {
  accountObject,
  KIND,
  type KubernetesObject,
  type Manifest,
  manifestMeta,
  type Namespace,
  namespaceObject,
  type NamespacePhase,
  type ObjectMeta,
  objectOf,
  type Objects,
  type Resource,
  type Secret,
  secretObject,
  type ServiceAccount,
} from "./objects.ts";
import type { AccessAsked, EmulatedDeployment } from "./other_groups.ts";
import type { SecretSeed, ServiceAccountSeed } from "./seeds.ts";
import { alreadyExists, forbidden, invalid, notFound, type Status } from "./status.ts";
import { ObjectStore } from "./store.ts";
import { createErrors, updateErrors } from "./validation.ts";

export interface WriteOptions {
  readonly dryRun?: boolean;
}

export interface UpdateOptions extends WriteOptions {
  /** A uid in the object is compared first, as for a PUT; a PATCH finds it changed instead. */
  readonly uidIsPrecondition?: boolean;
}

export interface ClusterOptions {
  /** @default () => new Date() */
  readonly now?: () => Date;
  /**
   * Whether every namespace gets its service account `default`, by which a controller follows the
   * API server on a real cluster; without one, as in the tests' control plane, there is none.
   * @default false
   */
  readonly defaultAccounts?: boolean;
}

/** Namespaces of every cluster; a NamespaceLifecycle admission keeps the first three. */
const SYSTEM_NAMESPACES = ["default", "kube-public", "kube-system", "kube-node-lease"];
const IMMORTAL_NAMESPACES = new Set(SYSTEM_NAMESPACES.slice(0, 3));

/**
 * The objects of one cluster and what the API does with them, without HTTP. Objects are never
 * changed once stored, so that one taken out before a request is what was there before it.
 *
 * Errors are {@linkcode StatusError}, with the code, reason and message of kube-apiserver 1.35.
 */
export class EmulatedCluster {
  readonly #store: ObjectStore;
  readonly #lister = new Lister();

  readonly #defaultAccounts: boolean;

  /** What access reviews say. Nothing else obeys it: who has the token may do all. */
  isAllowed: (asked: AccessAsked) => boolean = () => true;
  /** Those that can be listed. */
  deployments: readonly EmulatedDeployment[] = [];

  constructor({ now = () => new Date(), defaultAccounts = false }: ClusterOptions = {}) {
    this.#store = new ObjectStore(now);
    this.#defaultAccounts = defaultAccounts;
    for (const name of SYSTEM_NAMESPACES) this.addNamespace(name);
  }

  /**
   * Adds a namespace, or sets the phase of the one that is there. One seeded as Terminating stays
   * so, held by a finalizer.
   */
  addNamespace(name: string, { phase = "Active" }: { phase?: NamespacePhase } = {}): Namespace {
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
   * Stores a Secret as it is, with a new resourceVersion; over one of that name, as if some other
   * client had replaced it. A missing namespace is added.
   */
  put(seed: SecretSeed): Secret {
    return this.#put("secrets", seed, secretObject);
  }

  /** As {@linkcode EmulatedCluster.put}, for a service account. */
  putServiceAccount(seed: ServiceAccountSeed): ServiceAccount {
    return this.#put("serviceaccounts", seed, accountObject);
  }

  #put<R extends "secrets" | "serviceaccounts">(
    resource: R,
    seed: SecretSeed | ServiceAccountSeed,
    objectOf: (manifest: Manifest, metadata: ObjectMeta) => Objects[R],
  ): Objects[R] {
    const { manifest } = decodeObject({ ...seed }, resource);
    const { metadata } = manifest;
    if (!this.namespace(metadata.namespace)) this.addNamespace(metadata.namespace);
    const old = this.#store.find(resource, metadata.namespace, metadata.name);
    metadata.uid ||= old?.metadata.uid ?? crypto.randomUUID();
    const object = objectOf(manifest, this.#store.stamp(metadata, old));
    this.#store.set(object);
    return object;
  }

  /** Takes a Secret away, as if some other client had deleted it. */
  remove(namespace: string, name: string): void {
    const secret = this.secret(namespace, name);
    if (secret) this.#store.remove(secret);
  }

  secret(namespace: string, name: string): Secret | undefined {
    return this.#store.find("secrets", namespace, name);
  }

  /** All of them, sorted by namespace and name. */
  secrets(): Secret[] {
    return this.#store.all("secrets");
  }

  serviceAccount(namespace: string, name: string): ServiceAccount | undefined {
    return this.#store.find("serviceaccounts", namespace, name);
  }

  namespace(name: string): Namespace | undefined {
    return this.#store.find("namespaces", "", name);
  }

  /** @param namespace Empty for a namespace itself. */
  get(resource: Resource, namespace: string, name: string): KubernetesObject {
    const found = this.#store.find(resource, namespace, name);
    if (!found) throw notFound(resource, name);
    return found;
  }

  /** @param namespace Empty for all of them. */
  list(resource: Resource, namespace: string, options: ListOptions = {}): ObjectList {
    const all = this.#store.all(resource, namespace);
    return this.#lister.page(resource, all, namespace, this.#store.resourceVersion, options);
  }

  create(
    resource: Resource,
    namespace: string,
    manifest: Manifest,
    { dryRun = false }: WriteOptions = {},
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
    const object = objectOf(resource, manifest, stamped);
    if (dryRun) return object;
    this.#store.set(object);
    if (resource === "namespaces") this.#addDefaultAccount(metadata.name);
    return object;
  }

  /** Replaces an object; one that stays as it is keeps its resourceVersion. */
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
      objectOf(
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
   * Deletes an object; one with finalizers is marked and stays. A namespace goes at once with
   * what is in it, which on a real cluster its controller does a little later.
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
   * Deletes each of a namespace's objects that the selectors mean.
   *
   * @returns The list of them, as they were.
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

/** Under deletion, and no finalizer holds it any more. */
function isDoneWith({ metadata }: KubernetesObject): boolean {
  return metadata.deletionTimestamp !== undefined && !metadata.finalizers;
}

function namespaceLabels(name: string, labels: Record<string, string>): Record<string, string> {
  return name ? { ...labels, "kubernetes.io/metadata.name": name } : labels;
}
