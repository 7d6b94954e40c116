import type { WriteRefused, WriteVerdict, WrittenSecret } from "../../credentials/write/verdict.ts";
import type { PullSecretUse, StoredSecret } from "../../kube/store.ts";
import { writeFailed } from "../cluster_errors.ts";
import type { Exists } from "../cluster_kinds.ts";
import { OperationError } from "../errors.ts";
import { refusedError } from "../refusal_errors.ts";
import type { ExistingAnswer } from "../write_answers.ts";
import type { ArgocdLocation } from "../operation.ts";

/**
 * The verb for a message about all secrets: `updated` if one was replaced, else `created` if one is new,
 * else `unchanged`; for a dry run in the conditional.
 */
export function verbOf(secrets: readonly WrittenSecret[], dryRun: boolean): string {
  const isAny = (wanted: WrittenSecret["action"]) =>
    secrets.some(({ action }) => action === wanted);
  const verb = isAny("replaced") ? "updated" : isAny("created") ? "created" : undefined;
  if (verb === undefined) return dryRun ? "would be unchanged" : "unchanged";
  return dryRun ? `would be ${verb}` : `${verb} successfully`;
}

/** The result of one secret; in a dry run the expected result. */
export function applied({ namespace, name, action, changes }: WrittenSecret) {
  const isTried = changes !== undefined;
  return {
    success: true,
    namespace,
    output: `secret/${name} ${action}${isTried ? " (dry run)" : ""}`,
    ...(isTried ? { changes } : {}),
  };
}

/** Describes an existing secret that the request may not replace. */
export function existing(found: StoredSecret | undefined): ExistingAnswer {
  if (found === undefined) return { exists: false, description: {} };
  const { name, namespace, type, labels } = found;
  return { exists: true, description: { name, namespace, type, labels } };
}

/**
 * The error for existing secrets of a request without `upsert`.
 * @param body the existing secrets, in the seed's form
 */
export function existsError(which: Exists, body: object): OperationError<"exists"> {
  const fields = { ...body, upsert_required: true };
  return new OperationError("exists", which, {
    body: fields,
    seedBody: (message) => ({ error: true, message, ...fields }),
  });
}

/**
 * The error of a write, requested by a body, that wrote nothing.
 * @param wanted kind of the secret: "pull secret"
 */
export function nothingWritten(
  { cluster, name, verdict }: {
    readonly cluster: string;
    readonly name: string;
    readonly verdict: Exclude<WriteVerdict, { kind: "written" }>;
  },
  { argocdNamespace, labelsAt }: ArgocdLocation,
  exists: (refused: WriteRefused) => OperationError,
  wanted?: string,
): OperationError {
  return verdict.kind === "refused"
    ? refusedError(verdict, {
      ...{ argocdNamespace, labelsAt, by: "body", wanted },
      exists: () => exists(verdict),
    })
    : writeFailed(verdict, { cluster, name });
}

/** Service accounts to which a secret was added or from which it was removed; absent if there are none. */
export function patched(uses: readonly PullSecretUse[], dryRun: boolean) {
  return uses.length === 0 ? {} : {
    service_accounts: uses.map(({ namespace, serviceAccount }) => ({
      namespace,
      name: serviceAccount,
      output: `serviceaccount/${serviceAccount} patched${dryRun ? " (dry run)" : ""}`,
    })),
  };
}
