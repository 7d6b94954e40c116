import {
  type KubernetesObject,
  type ManifestMeta,
  type ObjectMeta,
  objectMeta,
  type Objects,
  RESOURCE,
  type Resource,
} from "./objects.ts";

/**
 * The counterpart of etcd: the objects and the counter of their versions. Stored objects are never
 * changed.
 */
export class ObjectStore {
  readonly #objects: { readonly [R in Resource]: Map<string, Objects[R]> } = {
    secrets: new Map(),
    namespaces: new Map(),
    serviceaccounts: new Map(),
  };
  readonly #now: () => Date;
  #resourceVersion = 0;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** The version of the last write. */
  get resourceVersion(): number {
    return this.#resourceVersion;
  }

  /** @param namespace Empty for a namespace itself. */
  find<R extends Resource>(resource: R, namespace: string, name: string): Objects[R] | undefined {
    return this.#objects[resource].get(keyOf({ namespace, name }));
  }

  /**
   * Sorted by `namespace/name`, like etcd's keys.
   *
   * @param namespace Empty for all namespaces.
   */
  all<R extends Resource>(resource: R, namespace = ""): Objects[R][] {
    const sorted = [...this.#objects[resource]].sort(([a], [b]) => a < b ? -1 : 1);
    return sorted.map(([, object]) => object)
      .filter(({ metadata }) => !namespace || metadata.namespace === namespace);
  }

  /** All objects in a namespace, of every resource. */
  contents(namespace: string): KubernetesObject[] {
    return [...this.all("secrets", namespace), ...this.all("serviceaccounts", namespace)];
  }

  set(object: KubernetesObject): void {
    const objects: Map<string, KubernetesObject> = this.#objects[RESOURCE[object.kind]];
    objects.set(keyOf(object.metadata), object);
  }

  /**
   * Removes an object. A namespace that is being deleted is removed when it is empty and has no finalizer.
   */
  remove({ kind, metadata }: KubernetesObject): void {
    if (kind !== "Namespace") {
      this.#objects[RESOURCE[kind]].delete(keyOf(metadata));
      this.#resourceVersion++;
    }
    const emptied = this.find("namespaces", "", metadata.namespace || metadata.name);
    if (!emptied?.metadata.deletionTimestamp || emptied.metadata.finalizers) return;
    if (this.contents(emptied.metadata.name).length > 0) return;
    this.#objects.namespaces.delete(emptied.metadata.name);
    this.#resourceVersion++;
  }

  /**
   * Returns the metadata of an object to be stored, with the next resourceVersion.
   *
   * @param dryRun does not advance the counter: the old resourceVersion stays, if there is one
   */
  stamp(meta: ManifestMeta, old?: KubernetesObject, dryRun = false): ObjectMeta {
    const resourceVersion = dryRun
      ? old?.metadata.resourceVersion ?? meta.resourceVersion
      : String(++this.#resourceVersion);
    const creationTimestamp = old?.metadata.creationTimestamp ?? this.timestamp();
    return objectMeta(meta, { creationTimestamp, resourceVersion });
  }

  /** The current time in whole seconds. */
  timestamp(): string {
    return this.#now().toISOString().replace(/\.\d+Z$/, "Z");
  }
}

function keyOf({ namespace, name }: Pick<ObjectMeta, "namespace" | "name">): string {
  return namespace ? `${namespace}/${name}` : name;
}
