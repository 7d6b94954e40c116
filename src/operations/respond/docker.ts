import type { AddDockerResult } from "../../credentials/add_docker.ts";
import type { WriteRefused } from "../../credentials/write/verdict.ts";
import type { StoredSecret } from "../../kube/store.ts";
import type { OperationError } from "../errors.ts";
import type { Face } from "../face.ts";
import { NO_ARGOCD, OWN_LABELS } from "../../clusters/own_settings.ts";
import type { ArgocdLocation } from "../operation.ts";
import type { Json } from "../reply.ts";
import { verifiedField } from "./verified.ts";
import { applied, existing, existsError, nothingWritten, patched, verbOf } from "./written.ts";

/**
 * @param registry as in the request or by default; absent with several registries
 * @throws {OperationError} when nothing was written
 */
export function dockerAnswer(
  added: AddDockerResult,
  place: ArgocdLocation,
  face: Face,
  registry?: string,
): Json {
  const { cluster, name, namespaces, verdict } = added;
  if (verdict.kind !== "written") {
    const exists = ({ current }: WriteRefused) => dockerExists(namespaces, [...current.values()]);
    throw nothingWritten({ cluster, name, verdict }, place, exists, "pull secret");
  }
  const { dryRun = false, attached } = verdict;
  const results = verdict.secrets.map((secret) => ({
    namespace: secret.namespace,
    result: applied(secret),
  }));
  const hints = [...added.hints, ...verdict.hints, ...newArgocdHint(verdict.namespaces, place)];
  const message = `Docker registry secrets ${verbOf(verdict.secrets, dryRun)} in ` +
    `${namespaces.length} namespace(s)`;
  const body = {
    success: true,
    cluster,
    name,
    namespaces,
    ...(registry === undefined ? {} : { registry }),
    results,
    ...patched(attached, dryRun),
    ...(verdict.namespaces.length === 0 ? {} : { namespaces_created: verdict.namespaces }),
    ...verifiedField(added.verified, face),
    ...(dryRun ? { dry_run: true } : {}),
    ...(hints.length === 0 ? {} : { hint: hints.join(". ") }),
    message,
  };
  return { status: 200, body };
}

/** A hint for a cluster without Argo CD: its settings do not say so, so the namespace was created. */
function newArgocdHint(
  created: readonly string[],
  { argocdNamespace, labelsAt }: ArgocdLocation,
): string[] {
  if (argocdNamespace === undefined || !created.includes(argocdNamespace)) return [];
  const file = labelsAt === undefined ? "" : ` in ${labelsAt}`;
  return [
    `Namespace '${argocdNamespace}' is the Argo CD namespace. If this cluster has no Argo CD, set the ` +
    `cluster label ${OWN_LABELS.argocdNamespace}: ${NO_ARGOCD}${file}`,
  ];
}

function dockerExists(
  namespaces: readonly string[],
  current: readonly StoredSecret[],
): OperationError {
  const existingIn = (namespace: string) => current.find((each) => each.namespace === namespace);
  const held = namespaces.filter((namespace) => existingIn(namespace) !== undefined);
  const existing_secrets = Object.fromEntries(
    namespaces.map((namespace) => [namespace, existing(existingIn(namespace))]),
  );
  return existsError({ of: "docker", namespaces: held }, { existing_secrets });
}
