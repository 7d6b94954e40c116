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
 * What etcd is to an API server: the objects and the one counter of their versions. Objects are
 * never changed once stored.
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
   * In the order of etcd's keys, which is that of `namespace/name`.
   *
   * @param namespace Empty for all of them.
   */
  all<R extends Resource>(resource: R, namespace = ""): Objects[R][] {
    const sorted = [...this.#objects[resource]].sort(([a], [b]) => a < b ? -1 : 1);
    return sorted.map(([, object]) => object)
      .filter(({ metadata }) => !namespace || metadata.namespace === namespace);
  }

  /** What is in a namespace, of every resource. */
  contents(namespace: string): KubernetesObject[] {
    return [...this.all("secrets", namespace), ...this.all("serviceaccounts", namespace)];
  }

  set(object: KubernetesObject): void {
    const objects: Map<string, KubernetesObject> = this.#objects[RESOURCE[object.kind]];
    objects.set(keyOf(object.metadata), object);
  }

  /**
   * Removes what is in a namespace; and a namespace under deletion once nothing is left in it and no
   * finalizer holds it, until then it stays.
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
   * The metadata of an object about to be stored, with the next resourceVersion.
   *
   * @param dryRun Leaves the counter alone: the old resourceVersion stays, or there is none.
   */
  stamp(meta: ManifestMeta, old?: KubernetesObject, dryRun = false): ObjectMeta {
    const resourceVersion = dryRun
      ? old?.metadata.resourceVersion ?? meta.resourceVersion
      : String(++this.#resourceVersion);
    const creationTimestamp = old?.metadata.creationTimestamp ?? this.timestamp();
    return objectMeta(meta, { creationTimestamp, resourceVersion });
  }

  /** Now, in whole seconds. */
  timestamp(): string {
    return this.#now().toISOString().replace(/\.\d+Z$/, "Z");
  }
}

function keyOf({ namespace, name }: Pick<ObjectMeta, "namespace" | "name">): string {
  return namespace ? `${namespace}/${name}` : name;
}
