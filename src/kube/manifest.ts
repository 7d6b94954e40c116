import { seal } from "../log/sealed.ts";
import { OAUTH_BASIC } from "./repository_fields.ts";
import {
  type DataQuery,
  type NamespacePhase,
  type Removal,
  type SecretData,
  type SecretManifest,
  type SecretRef,
  type StoredSecret,
  WITHHELD,
  type WriteOptions,
} from "./store.ts";

/** A v1 Secret as in the API. Its values are not sealed, so it only exists while it is sent or parsed. */
export interface WireSecret {
  apiVersion: "v1";
  kind: "Secret";
  metadata: {
    name: string;
    namespace: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: readonly unknown[];
    finalizers?: readonly string[];
    resourceVersion?: string;
    uid?: string;
    creationTimestamp?: string;
    deletionTimestamp?: string;
  };
  type?: string;
  data?: Record<string, string>;
  immutable?: boolean;
}

/** Unseals a manifest to send it. */
export function toWire(secret: SecretManifest): WireSecret {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: secret.name,
      namespace: secret.namespace,
      labels: secret.labels,
      annotations: secret.annotations,
      ownerReferences: secret.ownerReferences,
      finalizers: secret.finalizers,
      resourceVersion: secret.resourceVersion,
    },
    type: secret.type,
    data: secret.data.reveal(),
    immutable: secret.immutable,
  };
}

/** Seals a Secret that the API returned. */
export function fromWire(wire: WireSecret): StoredSecret {
  const { metadata } = wire;
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid ?? "",
    resourceVersion: metadata.resourceVersion ?? "",
    creationTimestamp: metadata.creationTimestamp ?? "",
    deletionTimestamp: metadata.deletionTimestamp,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    ownerReferences: metadata.ownerReferences,
    finalizers: metadata.finalizers,
    type: wire.type ?? "Opaque",
    data: seal(wire.data ?? {}),
    immutable: wire.immutable,
  };
}

/** The annotation in which `kubectl apply` keeps a copy of the whole object, with its values. */
export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * Seals a Secret of a list, without kubectl's last-applied annotation and the values that were not
 * requested.
 * @param keys requested keys; all when absent
 */
export function fromListed(wire: WireSecret, keys?: DataQuery["keys"]): StoredSecret {
  const { [LAST_APPLIED]: _, ...annotations } = wire.metadata.annotations ?? {};
  const data = keys === undefined
    ? wire.data
    : keys.length === 0
    ? {}
    : withheld(wire.data ?? {}, new Set(keys));
  return fromWire({ ...wire, metadata: { ...wire.metadata, annotations }, data });
}

/** Replaces the values of all other keys, except empty ones and {@link OAUTH_BASIC}, by {@link WITHHELD}. */
function withheld(data: SecretData, keys: ReadonlySet<string>): SecretData {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      keys.has(key) || value === "" || value === OAUTH_BASIC ? value : WITHHELD,
    ]),
  );
}

/** The plural of each kind, as in API paths and kubectl arguments. */
export const PLURALS = {
  Secret: "secrets",
  Namespace: "namespaces",
  ServiceAccount: "serviceaccounts",
} as const;

/** The kinds of object that argocd-configurer reads or writes. */
export type ObjectKind = keyof typeof PLURALS;

/** The API path of all objects of a kind, in one namespace or in all. */
export function pathOfAll(kind: ObjectKind, namespace?: string): string {
  const place = kind === "Namespace" || namespace === undefined ? "" : `/namespaces/${namespace}`;
  return `/api/v1${place}/${PLURALS[kind]}`;
}

/** The API path of one object. */
export function pathOf(kind: ObjectKind, { namespace, name }: Partial<SecretRef>): string {
  return `${pathOfAll(kind, namespace)}/${name}`;
}

/**
 * The body of a DELETE request. The API server ignores the query's `dryRun` when there is a body, so the
 * dry run is requested here.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/delete-options/
 */
export function deleteOptions(
  { uid, resourceVersion }: Removal,
  { dryRun = false }: WriteOptions,
): unknown {
  return {
    apiVersion: "v1",
    kind: "DeleteOptions",
    preconditions: { uid, resourceVersion },
    ...(dryRun ? { dryRun: ["All"] } : {}),
  };
}

/** A v1 Namespace as in the API. */
export interface WireNamespace {
  apiVersion: "v1";
  kind: "Namespace";
  metadata: { name: string; labels?: Record<string, string> };
  status?: { phase?: string };
}

/** The manifest of a namespace that argocd-configurer creates, with the managed-by label. */
export function namespaceManifest(name: string): WireNamespace {
  const labels = { "app.kubernetes.io/managed-by": "argocd-configurer" };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

export function namespacePhase(phase: string | undefined): NamespacePhase {
  return phase === "Terminating" ? "Terminating" : "Active";
}
