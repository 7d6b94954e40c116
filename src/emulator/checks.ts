import type { DeleteOptions } from "./delete_options.ts";
import type { KubernetesObject, ManifestMeta, Resource, V1Namespace } from "./objects.ts";
import { badRequest, conflict, forbidden, goQuote, notFound, StatusError } from "./status.ts";

/**
 * Checks before an object is written or deleted. The errors have the server's wording.
 *
 * @see k8s.io/apiserver v0.35 pkg/registry/generic/registry/store.go, pkg/storage/interfaces.go
 */

export function checkNamespace(metadata: ManifestMeta, namespace: string): void {
  if (!metadata.namespace || metadata.namespace === namespace) return;
  throw badRequest(
    "the namespace of the provided object does not match the namespace sent on the request",
  );
}

export function checkName(metadata: ManifestMeta, name: string): void {
  if (!metadata.name) {
    throw badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (metadata.name !== name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
    );
  }
}

/** The uid of the sent object, if any, must be that of the stored object. */
export function checkUid(resource: Resource, { uid }: ManifestMeta, old: KubernetesObject): void {
  const { name, namespace } = old.metadata;
  if (!uid || uid === old.metadata.uid) return;
  const key = `/registry/${resource}/${namespace ? `${namespace}/` : ""}${name}`;
  throw conflict(
    resource,
    name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${
      uidMismatch(uid, old)
    }`,
  );
}

/** For a create. A resourceVersion that is not a number is ignored. */
export function checkNoResourceVersion({ resourceVersion }: ManifestMeta): void {
  if (!/^0*[1-9]\d*$/.test(resourceVersion)) return;
  const message = "resourceVersion should not be set on objects to be created";
  throw new StatusError(500, undefined, message);
}

/** An update without resourceVersion, or with "0", is unconditional. */
export function checkResourceVersion(
  resource: Resource,
  metadata: ManifestMeta,
  old: KubernetesObject,
): void {
  const version = metadata.resourceVersion;
  if (!/^\d*$/.test(version)) {
    throw new StatusError(
      500,
      undefined,
      `strconv.ParseUint: parsing ${goQuote(version)}: invalid syntax`,
    );
  }
  if (Number(version) === 0 || version === old.metadata.resourceVersion) return;
  throw conflict(
    resource,
    metadata.name,
    "the object has been modified; please apply your changes to the latest version and try again",
  );
}

/** Namespaces are checked by their own storage, other resources by rest.BeforeDelete: hence two wordings. */
export function checkPreconditions(
  resource: Resource,
  { kind, metadata }: KubernetesObject,
  { uid, resourceVersion }: DeleteOptions,
): void {
  const isNamespace = resource === "namespaces";
  const what = isNamespace ? resource : kind;
  if (uid !== undefined && uid !== metadata.uid) {
    throw conflict(
      what,
      metadata.name,
      isNamespace
        ? uidMismatch(uid, { metadata })
        : `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      what,
      metadata.name,
      isNamespace
        ? `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`
        : `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
  }
}

function uidMismatch(uid: string, { metadata }: Pick<KubernetesObject, "metadata">): string {
  return `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`;
}

/**
 * The NamespaceLifecycle admission of a create, which precedes validation.
 *
 * @see k8s.io/apiserver v0.35 pkg/admission/plugin/namespace/lifecycle/admission.go
 */
export function admitToNamespace(
  resource: Resource,
  name: string,
  namespace: V1Namespace | undefined,
  namespaceName: string,
): void {
  if (!namespace) throw notFound("namespaces", namespaceName);
  if (namespace.status.phase !== "Terminating") return;
  throw forbidden(
    resource,
    name || "Unknown",
    `unable to create new content in namespace ${namespaceName} because it is being terminated`,
    [{
      reason: "NamespaceTerminating",
      message: `namespace ${namespaceName} is being terminated`,
      field: "metadata.namespace",
    }],
  );
}
