import type { DockerAdded } from "../../credentials/add_docker.ts";
import type { StoredSecret } from "../../kube/store.ts";
import type { Answer } from "../answer.ts";
import { failedAnswer, failedResult } from "./failed.ts";
import { refusalAnswer } from "./refusals.ts";
import { verifiedField } from "./verified.ts";
import { applied, existing, verbOf } from "./written.ts";

export function dockerAnswer(added: DockerAdded, argocdNamespace: string): Answer {
  const { cluster, name, namespaces, verdict } = added;
  if (verdict.kind === "refused") {
    const targets = (namespace: string) =>
      [...verdict.current.values()].find((each) => each.namespace === namespace);
    return refusalAnswer(verdict.refusals, argocdNamespace) ?? dockerExists(namespaces, targets);
  }
  if (verdict.kind !== "written") {
    const results = "secrets" in verdict ? verdict.secrets.map(failedResult) : [];
    return failedAnswer(verdict, { cluster, name, results });
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
): Answer {
  const held = namespaces.filter((namespace) => existingIn(namespace) !== undefined);
  const existing_secrets = Object.fromEntries(
    namespaces.map((namespace) => [namespace, existing(existingIn(namespace))]),
  );
  const message = `Secrets already exist in namespaces: ${held.join(", ")}`;
  return { status: 409, body: { error: true, message, existing_secrets, upsert_required: true } };
}
