import { checkPreconditions } from "./checks.ts";
import type { DeleteOptions } from "./delete_options.ts";
import {
  type KubernetesObject,
  manifestMeta,
  namespaceObject,
  RESOURCE,
  type V1Namespace,
} from "./objects.ts";
import { type Status, successStatus } from "./status.ts";
import type { ObjectStore } from "./store.ts";

/**
 * Deletes an existing object, see {@linkcode EmulatedCluster.delete}.
 *
 * @returns The server's answer: the object for a service account, otherwise a Status.
 */
export function deleteObject(
  store: ObjectStore,
  old: KubernetesObject,
  options: DeleteOptions,
): Status | KubernetesObject {
  const resource = RESOURCE[old.kind];
  checkPreconditions(resource, old, options);
  if (old.kind === "Namespace") return deleteNamespace(store, old, options.dryRun);
  if (!old.metadata.finalizers) {
    if (!options.dryRun) store.remove(old);
    const { name, uid } = old.metadata;
    if (old.kind === "Secret") return successStatus({ name, kind: resource, uid });
    if (options.dryRun) return old;
    // With the resourceVersion of the deletion.
    const resourceVersion = String(store.resourceVersion);
    return { ...old, metadata: { ...old.metadata, resourceVersion } };
  }
  if (old.metadata.deletionTimestamp) return old;
  const meta = manifestMeta(old.metadata);
  meta.deletionTimestamp = store.timestamp();
  meta.deletionGracePeriodSeconds = 0;
  if (meta.generation > 0) meta.generation++;
  const marked = { ...old, metadata: store.stamp(meta, old, options.dryRun) };
  if (!options.dryRun) store.set(marked);
  return marked;
}

function deleteNamespace(store: ObjectStore, old: V1Namespace, dryRun: boolean): V1Namespace {
  const meta = manifestMeta(old.metadata);
  meta.deletionTimestamp ??= store.timestamp();
  const terminating = old.metadata.deletionTimestamp
    ? old
    : namespaceObject(store.stamp(meta, old, dryRun), "Terminating");
  if (dryRun) return terminating;
  store.set(terminating);
  for (const object of store.contents(meta.name)) deleteObject(store, object, { dryRun });
  store.remove(terminating);
  return terminating;
}
