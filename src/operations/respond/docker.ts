import type { DockerAdded } from "../../credentials/add_docker.ts";
import type { StoredSecret } from "../../kube/store.ts";
import { writeFailed } from "../cluster_errors.ts";
import { OperationError } from "../errors.ts";
import { refusedError } from "../refusal_errors.ts";
import type { Json } from "../reply.ts";
import { failedResult } from "./failed.ts";
import { verifiedField } from "./verified.ts";
import { applied, existing, existsError, verbOf } from "./written.ts";

/**
 * @param registry the one that it is for, as the request has it or by default; absent of several
 * @throws {OperationError} for what came to nothing
 */
export function dockerAnswer(
  added: DockerAdded,
  argocdNamespace: string,
  registry?: string,
): Json {
  const { cluster, name, namespaces, verdict } = added;
  if (verdict.kind === "refused") {
    const current = [...verdict.current.values()];
    const existingIn = (namespace: string) => current.find((each) => each.namespace === namespace);
    const exists = () => dockerExists(namespaces, existingIn);
    throw refusedError(verdict, { argocdNamespace, by: "body", exists });
  }
  if (verdict.kind !== "written") {
    const results = "secrets" in verdict ? verdict.secrets.map(failedResult) : [];
    throw writeFailed(verdict, { cluster, name, results });
  }
  const { dryRun = false, attached } = verdict;
  const results = verdict.secrets.map((secret) => ({
    namespace: secret.namespace,
    result: applied(secret),
  }));
  const hints = [...added.hints, ...verdict.hints];
  const message = `Docker registry secrets ${verbOf(verdict.secrets, dryRun)} in ` +
    `${namespaces.length} namespace(s)`;
  const body = {
    success: true,
    cluster,
    name,
    namespaces,
    ...(registry === undefined ? {} : { registry }),
    results,
    ...(attached.length === 0 ? {} : {
      service_accounts: attached.map(({ namespace, serviceAccount }) => ({
        namespace,
        name: serviceAccount,
        output: `serviceaccount/${serviceAccount} patched${dryRun ? " (dry run)" : ""}`,
      })),
    }),
    ...(verdict.namespaces.length === 0 ? {} : { namespaces_created: verdict.namespaces }),
    ...verifiedField(added.verified),
    ...(dryRun ? { dry_run: true } : {}),
    ...(hints.length === 0 ? {} : { hint: hints.join(". ") }),
    message,
  };
  return { status: 200, body };
}

function dockerExists(
  namespaces: readonly string[],
  existingIn: (namespace: string) => StoredSecret | undefined,
): OperationError {
  const held = namespaces.filter((namespace) => existingIn(namespace) !== undefined);
  const existing_secrets = Object.fromEntries(
    namespaces.map((namespace) => [namespace, existing(existingIn(namespace))]),
  );
  return existsError({ of: "docker", namespaces: held }, { existing_secrets });
}
