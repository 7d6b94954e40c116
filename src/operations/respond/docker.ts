import type { DockerAdded } from "../../credentials/add_docker.ts";
import type { Refused } from "../../credentials/write/verdict.ts";
import type { StoredSecret } from "../../kube/store.ts";
import type { OperationError } from "../errors.ts";
import { NO_ARGOCD, OWN_LABELS } from "../../clusters/own_settings.ts";
import type { Place } from "../operation.ts";
import type { Json } from "../reply.ts";
import { verifiedField } from "./verified.ts";
import { applied, existing, existsError, nothingWritten, patched, verbOf } from "./written.ts";

/**
 * @param registry the one that it is for, as the request has it or by default; absent of several
 * @throws {OperationError} for what came to nothing
 */
export function dockerAnswer(
  added: DockerAdded,
  place: Place,
  registry?: string,
): Json {
  const { cluster, name, namespaces, verdict } = added;
  if (verdict.kind !== "written") {
    const exists = ({ current }: Refused) => dockerExists(namespaces, [...current.values()]);
    throw nothingWritten({ cluster, name, verdict }, place, exists);
  }
  const { dryRun = false, attached } = verdict;
  const results = verdict.secrets.map((secret) => ({
    namespace: secret.namespace,
    result: applied(secret),
  }));
  const hints = [...added.hints, ...verdict.hints, ...ofNewArgocd(verdict.namespaces, place)];
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
    ...verifiedField(added.verified),
    ...(dryRun ? { dry_run: true } : {}),
    ...(hints.length === 0 ? {} : { hint: hints.join(". ") }),
    message,
  };
  return { status: 200, body };
}

/** A cluster without Argo CD gets its namespace only because nobody has said so. */
function ofNewArgocd(created: readonly string[], { argocdNamespace, labelsAt }: Place): string[] {
  if (argocdNamespace === undefined || !created.includes(argocdNamespace)) return [];
  const file = labelsAt === undefined ? "" : ` in ${labelsAt}`;
  return [
    `Namespace '${argocdNamespace}' is Argo CD's own: if this cluster has no Argo CD, set its label ` +
    `${OWN_LABELS.argocdNamespace}: ${NO_ARGOCD}${file}`,
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
