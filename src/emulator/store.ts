import {
  type KubernetesObject,
  type ManifestMeta,
  type Namespace,
  type ObjectMeta,
  objectMeta,
  RESOURCE,
  type Resource,
  type Secret,
  type ServiceAccount,
} from "./objects.ts";

/**
 * What etcd is to an API server: the objects and the one counter of their versions. Objects are
 * never changed once stored.
 */
export class ObjectStore {
  readonly #secrets = new Map<string, Secret>();
  readonly #namespaces = new Map<string, Namespace>();
  readonly #accounts = new Map<string, ServiceAccount>();
  readonly #now: () => Date;
  #resourceVersion = 0;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** The version of the last write. */
  get resourceVersion(): number {
    return this.#resourceVersion;
  }

  secret(namespace: string, name: string): Secret | undefined {
    return this.#secrets.get(`${namespace}/${name}`);
  }

  serviceAccount(namespace: string, name: string): ServiceAccount | undefined {
    return this.#accounts.get(`${namespace}/${name}`);
  }

  namespace(name: string): Namespace | undefined {
    return this.#namespaces.get(name);
  }

  find(resource: Resource, namespace: string, name: string): KubernetesObject | undefined {
    return this.#objects(resource).get(namespace ? `${namespace}/${name}` : name);
  }

  /**
   * In the order of etcd's keys, which is that of `namespace/name`.
   *
   * @param namespace Empty for all of them.
   */
  all(resource: Resource, namespace = ""): KubernetesObject[] {
    const all = sortedByKey(this.#objects(resource));
    return namespace ? all.filter(({ metadata }) => metadata.namespace === namespace) : all;
  }

  secrets(): Secret[] {
    return sortedByKey(this.#secrets);
  }

  namespaces(): Namespace[] {
    return sortedByKey(this.#namespaces);
  }

  /** What is in a namespace, of every resource. */
  contents(namespace: string): KubernetesObject[] {
    return [...this.all("secrets", namespace), ...this.all("serviceaccounts", namespace)];
  }

  set(object: KubernetesObject): void {
    const { namespace, name } = object.metadata;
    if (object.kind === "Secret") this.#secrets.set(`${namespace}/${name}`, object);
    else if (object.kind === "Namespace") this.#namespaces.set(name, object);
    else this.#accounts.set(`${namespace}/${name}`, object);
  }

  /**
   * Removes what is in a namespace; and a namespace under deletion once nothing is left in it and no
   * finalizer holds it, until then it stays.
   */
  remove({ kind, metadata: { namespace = "", name } }: KubernetesObject): void {
    if (kind !== "Namespace") {
      this.#objects(RESOURCE[kind]).delete(`${namespace}/${name}`);
      this.#resourceVersion++;
    }
    const emptied = this.namespace(namespace || name);
    if (!emptied?.metadata.deletionTimestamp || emptied.metadata.finalizers) return;
    if (this.contents(emptied.metadata.name).length > 0) return;
    this.#namespaces.delete(emptied.metadata.name);
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

  #objects(resource: Resource): Map<string, KubernetesObject> {
    if (resource === "secrets") return this.#secrets;
    return resource === "namespaces" ? this.#namespaces : this.#accounts;
  }

  /** Now, in whole seconds. */
  timestamp(): string {
    return this.#now().toISOString().replace(/\.\d+Z$/, "Z");
  }
}

function sortedByKey<T>(objects: ReadonlyMap<string, T>): T[] {
  return [...objects].sort(([a], [b]) => a < b ? -1 : 1).map(([, object]) => object);
}
