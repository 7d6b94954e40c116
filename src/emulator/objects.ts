/** ObjectMeta of Kubernetes, as the server stores and sends it: empty fields are absent. */
export interface ObjectMeta {
  readonly name: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid: string;
  /** Absent only in the answer to a dry-run create. */
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

export interface V1Secret {
  readonly kind: "Secret";
  readonly apiVersion: "v1";
  readonly metadata: ObjectMeta;
  readonly immutable?: boolean;
  /** Values in canonical base64. */
  readonly data?: Readonly<Record<string, string>>;
  readonly type: string;
}

export type V1NamespacePhase = "Active" | "Terminating";

export interface V1Namespace {
  readonly kind: "Namespace";
  readonly apiVersion: "v1";
  readonly metadata: ObjectMeta;
  readonly spec: { readonly finalizers: readonly string[] };
  readonly status: { readonly phase: V1NamespacePhase };
}

/** A service account's reference to a secret. */
export interface SecretReference {
  readonly name?: string;
}

export interface V1ServiceAccount {
  readonly kind: "ServiceAccount";
  readonly apiVersion: "v1";
  readonly metadata: ObjectMeta;
  readonly secrets?: readonly SecretReference[];
  readonly imagePullSecrets?: readonly SecretReference[];
  readonly automountServiceAccountToken?: boolean;
}

/** The supported resources, by their names in URLs. */
export interface Objects {
  readonly secrets: V1Secret;
  readonly namespaces: V1Namespace;
  readonly serviceaccounts: V1ServiceAccount;
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

/** The metadata that a client sent. Validation checks what is required. */
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
 * A decoded request body with defaults. `data`, `type` and `immutable` belong to a Secret, the fields after
 * them to a ServiceAccount.
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

/** Metadata as Go encodes it: the same order, empty fields left out, map keys sorted. */
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

/** @param phase for a namespace */
export function buildObject(
  resource: Resource,
  manifest: Manifest,
  metadata: ObjectMeta,
  phase: V1NamespacePhase = "Active",
): KubernetesObject {
  if (resource === "secrets") return secretObject(manifest, metadata);
  if (resource === "serviceaccounts") return accountObject(manifest, metadata);
  return namespaceObject(metadata, phase);
}

export function accountObject(manifest: Manifest, metadata: ObjectMeta): V1ServiceAccount {
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

export function secretObject(manifest: Manifest, metadata: ObjectMeta): V1Secret {
  return {
    kind: "Secret",
    apiVersion: "v1",
    metadata,
    ...(manifest.immutable !== undefined && { immutable: manifest.immutable }),
    ...nonEmptyMap("data", manifest.data),
    type: manifest.type,
  };
}

export function namespaceObject(metadata: ObjectMeta, phase: V1NamespacePhase): V1Namespace {
  return {
    kind: "Namespace",
    apiVersion: "v1",
    metadata,
    spec: { finalizers: ["kubernetes"] },
    status: { phase },
  };
}

/** Complete metadata from some of its fields, for a new object or to change a stored one. */
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

/** `Object.fromEntries` defines own properties, so that a key may be `__proto__`. */
function nonEmptyMap<K extends string>(
  field: K,
  map: Record<string, string>,
): Partial<Record<K, Record<string, string>>> {
  const entries = Object.entries(map);
  if (entries.length === 0) return {};
  entries.sort(([a], [b]) => a < b ? -1 : 1);
  return { [field]: Object.fromEntries(entries) } as Record<K, Record<string, string>>;
}

/** A secret that a test or the demo puts into a cluster. Missing fields get the server's defaults. */
export interface SecretSeed extends Partial<Pick<V1Secret, "type" | "data" | "immutable">> {
  readonly metadata: Partial<ObjectMeta> & Place;
  /** Values in plain text; those of `data` are in base64. */
  readonly stringData?: Readonly<Record<string, string>>;
}

/** A service account, likewise. */
export interface ServiceAccountSeed {
  readonly metadata: Place;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
}

type Place = Required<Pick<ObjectMeta, "name" | "namespace">>;

/**
 * The name of an object that is created with `generateName`.
 *
 * @see k8s.io/apiserver v0.35 pkg/storage/names/generate.go
 */
export function generatedName(base: string): string {
  const alphabet = "bcdfghjklmnpqrstvwxz2456789";
  const random = crypto.getRandomValues(new Uint8Array(5));
  return base.slice(0, 58) + Array.from(random, (n) => alphabet[n % alphabet.length]).join("");
}
