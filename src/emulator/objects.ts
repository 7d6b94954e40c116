/** What Kubernetes calls ObjectMeta, as the server stores and sends it: empty fields are absent. */
export interface ObjectMeta {
  readonly name: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid: string;
  /** Missing only from the answer to a dry-run create. */
  readonly resourceVersion: string;
  readonly generation?: number;
  /** RFC 3339 in UTC, whole seconds. */
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly unknown[];
  readonly finalizers?: readonly string[];
}

export interface Secret {
  readonly kind: "Secret";
  readonly apiVersion: "v1";
  readonly metadata: ObjectMeta;
  readonly immutable?: boolean;
  /** Values in base64, in its canonical form. */
  readonly data?: Readonly<Record<string, string>>;
  readonly type: string;
}

export type NamespacePhase = "Active" | "Terminating";

export interface Namespace {
  readonly kind: "Namespace";
  readonly apiVersion: "v1";
  readonly metadata: ObjectMeta;
  readonly spec: { readonly finalizers: readonly string[] };
  readonly status: { readonly phase: NamespacePhase };
}

/** What a service account names a secret by. */
export interface SecretReference {
  readonly name?: string;
}

export interface ServiceAccount {
  readonly kind: "ServiceAccount";
  readonly apiVersion: "v1";
  readonly metadata: ObjectMeta;
  readonly secrets?: readonly SecretReference[];
  readonly imagePullSecrets?: readonly SecretReference[];
  readonly automountServiceAccountToken?: boolean;
}

/** The resources served, by their names in URLs. */
export interface Objects {
  readonly secrets: Secret;
  readonly namespaces: Namespace;
  readonly serviceaccounts: ServiceAccount;
}

export type Resource = keyof Objects;
export type KubernetesObject = Objects[Resource];

export const KIND: { readonly [R in Resource]: Objects[R]["kind"] } = {
  secrets: "Secret",
  namespaces: "Namespace",
  serviceaccounts: "ServiceAccount",
};

export const RESOURCE: Readonly<Record<KubernetesObject["kind"], Resource>> = {
  Secret: "secrets",
  Namespace: "namespaces",
  ServiceAccount: "serviceaccounts",
};

/** The metadata a client sent: nothing in it is required until validation. */
export interface ManifestMeta {
  name: string;
  generateName: string;
  namespace: string;
  uid: string;
  resourceVersion: string;
  generation: number;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  ownerReferences: unknown[];
  finalizers: string[];
}

/**
 * A decoded and defaulted request body; `data`, `type` and `immutable` are a Secret's, the others
 * beside the metadata a ServiceAccount's.
 */
export interface Manifest {
  metadata: ManifestMeta;
  data: Record<string, string>;
  type: string;
  immutable?: boolean;
  secrets: SecretReference[];
  imagePullSecrets: SecretReference[];
  automountServiceAccountToken?: boolean;
}

/** Metadata in the order and with the omissions of Go's encoder, map keys sorted. */
export function objectMeta(
  meta: ManifestMeta,
  system: { creationTimestamp: string; resourceVersion: string },
): ObjectMeta {
  return {
    name: meta.name,
    ...(meta.generateName && { generateName: meta.generateName }),
    ...(meta.namespace && { namespace: meta.namespace }),
    uid: meta.uid,
    ...(system.resourceVersion && { resourceVersion: system.resourceVersion }) as {
      resourceVersion: string;
    },
    ...(meta.generation && { generation: meta.generation }),
    creationTimestamp: system.creationTimestamp,
    ...(meta.deletionTimestamp && { deletionTimestamp: meta.deletionTimestamp }),
    ...(meta.deletionGracePeriodSeconds !== undefined &&
      { deletionGracePeriodSeconds: meta.deletionGracePeriodSeconds }),
    ...nonEmptyMap("labels", meta.labels),
    ...nonEmptyMap("annotations", meta.annotations),
    ...(meta.ownerReferences.length > 0 && { ownerReferences: meta.ownerReferences }),
    ...(meta.finalizers.length > 0 && { finalizers: meta.finalizers }),
  };
}

/** @param phase Of a namespace. */
export function objectOf(
  resource: Resource,
  manifest: Manifest,
  metadata: ObjectMeta,
  phase: NamespacePhase = "Active",
): KubernetesObject {
  if (resource === "secrets") return secretObject(manifest, metadata);
  if (resource === "serviceaccounts") return accountObject(manifest, metadata);
  return namespaceObject(metadata, phase);
}

export function accountObject(manifest: Manifest, metadata: ObjectMeta): ServiceAccount {
  const { secrets, imagePullSecrets, automountServiceAccountToken } = manifest;
  return {
    kind: "ServiceAccount",
    apiVersion: "v1",
    metadata,
    ...(secrets.length > 0 && { secrets }),
    ...(imagePullSecrets.length > 0 && { imagePullSecrets }),
    ...(automountServiceAccountToken !== undefined && { automountServiceAccountToken }),
  };
}

export function secretObject(manifest: Manifest, metadata: ObjectMeta): Secret {
  return {
    kind: "Secret",
    apiVersion: "v1",
    metadata,
    ...(manifest.immutable !== undefined && { immutable: manifest.immutable }),
    ...nonEmptyMap("data", manifest.data),
    type: manifest.type,
  };
}

export function namespaceObject(metadata: ObjectMeta, phase: NamespacePhase): Namespace {
  return {
    kind: "Namespace",
    apiVersion: "v1",
    metadata,
    spec: { finalizers: ["kubernetes"] },
    status: { phase },
  };
}

/** Metadata that is all there, of some of its fields: of a new object, or of a stored one to change. */
export function manifestMeta(meta: Partial<ObjectMeta>): ManifestMeta {
  return {
    ...{ name: "", generateName: "", namespace: "", uid: "", resourceVersion: "", generation: 0 },
    ...meta,
    labels: { ...meta.labels },
    annotations: { ...meta.annotations },
    ownerReferences: [...meta.ownerReferences ?? []],
    finalizers: [...meta.finalizers ?? []],
  };
}

/** `Object.fromEntries` defines own properties, so that a key `__proto__` is a key. */
function nonEmptyMap<K extends string>(
  field: K,
  map: Record<string, string>,
): Partial<Record<K, Record<string, string>>> {
  const entries = Object.entries(map);
  if (entries.length === 0) return {};
  entries.sort(([a], [b]) => a < b ? -1 : 1);
  return { [field]: Object.fromEntries(entries) } as Record<K, Record<string, string>>;
}
